"""Edits of JSON objects: of a response, its items and their parts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from antiphon.server.json_values import Json

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


def in_item(of: str, by: Edit) -> Edit:
    """Change the items, parts or tools of one type only."""
    return lambda item: by(item) if item["type"] == of else item


def in_member(name: str, by: Callable[[Any], Any]) -> Edit:
    """Change a member of an object that has it and where it is not null or empty."""
    return lambda value: {**value, name: by(value[name])} if value.get(name) else value


def in_each(name: str, by: Edit) -> Edit:
    """Change every entry of a list that is a member of an object."""
    return in_member(name, lambda entries: [by(entry) for entry in entries])


def raise_total(value: Json) -> Json:
    """Count one token more in all than there were."""
    return {**value, "usage": {**value["usage"], "total_tokens": value["usage"]["total_tokens"] + 1}}


def content_as_text(item: Json) -> Json:
    """Make the content of a message one text."""
    if item["type"] != "message":
        return item
    return {**item, "content": "".join(part.get("text", "") for part in item["content"])}


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


def end_as_stop(choice: Json) -> Json:
    """A choice of a completion that is left for its calls, as one that is not."""
    return {**choice, "finish_reason": "stop"} if choice["finish_reason"] == "tool_calls" else choice


def first_part(message: Json) -> Json:
    """A message with its first part alone."""
    content = message.get("content")
    return {**message, "content": content[:1]} if isinstance(content, list) else message
