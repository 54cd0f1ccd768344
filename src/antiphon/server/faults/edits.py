"""Edits of JSON objects: of a response, its items and their parts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from antiphon.server.store import Json

Edit = Callable[[Json], Json]


def without(value: Json, *names: str) -> Json:
    """An object without these members."""
    return {name: inner for name, inner in value.items() if name not in names}


def put(**values: Any) -> Edit:
    """Set members of an object."""
    return lambda value: {**value, **values}


def lose(name: str) -> Edit:
    """Lose a member of an object."""
    return lambda value: without(value, name)


def in_data(by: Edit) -> Edit:
    """Change every entry of a list."""
    return lambda body: {**body, "data": [by(entry) for entry in body["data"]]}


def in_choices(by: Edit) -> Edit:
    """Change every choice of a chat completion, or of a chunk of its stream."""
    return lambda value: {**value, "choices": [by(choice) for choice in value["choices"]]}


def raise_total(value: Json) -> Json:
    """Count one token more in all than there were."""
    return {**value, "usage": {**value["usage"], "total_tokens": value["usage"]["total_tokens"] + 1}}


def content_as_text(item: Json) -> Json:
    """Make the content of a message one text."""
    if item["type"] != "message":
        return item
    return {**item, "content": "".join(part.get("text", "") for part in item["content"])}


def in_item(of: str, by: Edit) -> Edit:
    """Change the items of one type only."""
    return lambda item: by(item) if item["type"] == of else item


def in_parts(by: Edit, of: str = "output_text") -> Edit:
    """Change the parts of one type in every message."""

    def change(item: Json) -> Json:
        if item["type"] != "message" or not isinstance(item["content"], list):
            return item
        return {**item, "content": [by(part) if part["type"] == of else part for part in item["content"]]}

    return change


def in_assistant(by: Edit) -> Edit:
    """Change the messages of the assistant only."""
    return in_item("message", lambda item: by(item) if item["role"] == "assistant" else item)


def when_status(status: str, change: Edit) -> Edit:
    """Change the responses of one status."""
    return lambda response: change(response) if response["status"] == status else response


def when_remote_tools(change: Edit) -> Edit:
    """Change the responses that a remote tool was offered for."""
    return lambda response: change(response) if any(each["type"] == "mcp" for each in response["tools"]) else response


def when_conversation(change: Edit) -> Edit:
    """Change the responses that belong to a conversation."""
    return lambda response: change(response) if response.get("conversation") else response
