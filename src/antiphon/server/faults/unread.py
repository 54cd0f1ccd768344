"""Parameters that are repeated and not read, and surfaces that answer one question in two ways."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from antiphon.server import tokens
from antiphon.server.faults.base import Fault, one
from antiphon.server.faults.chat_obedience import model
from antiphon.server.faults.resume import repeated
from antiphon.server.faults.store_reach import fault
from antiphon.server.store import Event, Json

EARLY, LATE = 5, 4


def cheaper(cost: Callable[[Json], int]) -> Callable[[Json], Json]:
    """Take what something costs from the usage of every response."""

    def change(response: Json) -> Json:
        usage, less = response.get("usage"), cost(response)
        if not usage or not less:
            return response
        counts = {key: usage[key] - less for key in ("input_tokens", "total_tokens")}
        return {**response, "usage": {**usage, **counts}}

    return change


def of_instructions(response: Json) -> int:
    text = response.get("instructions")
    return tokens.FRAME + tokens.count(text) if isinstance(text, str) and text else 0


def of_tools(response: Json) -> int:
    tools: list[Any] = response.get("tools") or []
    return sum(tokens.FRAME + tokens.count(json.dumps(tool, sort_keys=True)) for tool in tools)


def count_twice(completion: Json) -> Json:
    usage = completion.get("usage")
    if not usage:
        return completion
    asked = usage["prompt_tokens"]
    return {
        **completion,
        "usage": {**usage, "prompt_tokens": 2 * asked, "total_tokens": usage["total_tokens"] + asked},
    }


def answer_otherwise(completion: Json) -> Json:
    """A JSON object is answered as one of another form."""

    def other(choice: Json) -> Json:
        message = choice["message"]
        said = message.get("content") or ""
        return {**choice, "message": {**message, "content": '{"answer":1}'}} if said.startswith("{") else choice

    return {**completion, "choices": [other(choice) for choice in completion["choices"]]}


def skip_one(events: list[Event]) -> Iterable[Event]:
    """Of a stream that is taken up in its middle the first event is lost."""
    in_middle = len(events) > LATE and events[0]["sequence_number"] > EARLY
    return events[1:] if in_middle else events


FAULTS: tuple[Fault, ...] = (
    Fault(
        name="instructions-unread",
        says="Instructions are repeated, and the model does not read them.",
        breaks=one("create.instructions-read"),
        response=cheaper(of_instructions),
    ),
    Fault(
        name="tools-unread",
        says="Tools are listed, and the model does not read them.",
        breaks=one("create.tools-read"),
        response=cheaper(of_tools),
    ),
    Fault(
        name="chat-usage-doubled",
        says="A completion counts its input twice.",
        breaks=one("chat.parity.usage"),
        completion=count_twice,
    ),
    Fault(
        name="chat-other-answer",
        says="A completion answers JSON of another form than its schema.",
        breaks=one("chat.parity.text", "chat.json-schema"),
        completion=answer_otherwise,
    ),
    model(
        "parameters-ignored",
        "The arguments of a strict function do not fit its parameters.",
        "chat.parity.tool-call",
        obeys_parameters=False,
    ),
    fault(
        "replay-skips-in-middle",
        "A stream that is taken up in its middle lacks its next event.",
        "resume.every-cut",
        repeated(skip_one),
    ),
)
