"""Faults of modes: what a plain completion does right is done wrong in a stream, or after earlier turns."""

from __future__ import annotations

from antiphon.server.faults.base import fault
from antiphon.server.faults.chat.refusals import PATH, refuse_completion
from antiphon.server.faults.edits import Edit, first_part, in_each, in_member, without
from antiphon.server.faults.requests import Request, change_request
from antiphon.server.faults.rewrites import edit
from antiphon.server.json_values import Json

ZERO = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}


def in_stream(change: Edit) -> Request:
    """Read something else than what was sent, where a stream is asked for."""
    return change_request(lambda body: change(body) if body.get("stream") else body, at=PATH)


def lose(*names: str) -> Request:
    """Fields are not looked at in a stream."""
    return in_stream(lambda body: without(body, *names))


def in_messages(by: Edit) -> Edit:
    return in_each("messages", by)


def has_turns(body: Json) -> bool:
    """An answer is among the messages."""
    given = body.get("messages")
    return isinstance(given, list) and any(each.get("role") == "assistant" for each in given if isinstance(each, dict))


def drop_rules(body: Json) -> Json:
    """System messages are not read where there are earlier turns."""
    if not has_turns(body):
        return body
    return {**body, "messages": [each for each in body["messages"] if each.get("role") != "system"]}


def drop_turns(body: Json) -> Json:
    """What came before the last message of the user is not read, but for system messages."""
    if not has_turns(body):
        return body
    *earlier, last = body["messages"]
    return {**body, "messages": [*(each for each in earlier if each.get("role") == "system"), last]}


def drop_unused_tools(body: Json) -> Json:
    """Tools are not read where none may be called."""
    return without(body, "tools", "tool_choice") if body.get("tool_choice") == "none" else body


def end_whole(choice: Json) -> Json:
    return {**choice, "finish_reason": "stop"} if choice["finish_reason"] == "length" else choice


FAULTS = (
    fault(
        "chat-stream-stop-ignored",
        "Stop sequences are ignored in a stream.",
        "chat.modes.stop-holds",
        request=lose("stop"),
    ),
    fault(
        "chat-stream-older-limit-ignored",
        "The older limit max_tokens is ignored in a stream.",
        "chat.modes.limit-holds",
        request=lose("max_tokens"),
    ),
    fault(
        "chat-stream-format-ignored",
        "A format is ignored in a stream.",
        "chat.modes.format-holds",
        request=lose("response_format"),
    ),
    fault(
        "chat-stream-choice-ignored",
        "The model chooses freely in a stream.",
        "chat.modes.choice-holds",
        request=lose("tool_choice"),
    ),
    fault(
        "chat-stream-logprobs-ignored",
        "Probabilities of tokens do not come in a stream.",
        "chat.modes.logprobs-hold",
        request=lose("logprobs", "top_logprobs"),
    ),
    fault(
        "chat-stream-cut-as-stop",
        "A streamed choice that was cut says stop.",
        "chat.modes.finish-holds",
        chunks=edit(by=in_each("choices", end_whole)),
    ),
    fault(
        "chat-stream-usage-zero",
        "The usage of a stream is all zeros.",
        "chat.modes.usage-counted",
        chunks=edit(by=in_member("usage", lambda usage: {**usage, **ZERO})),
    ),
    fault(
        "chat-turns-uninstructed",
        "A system message is not read where there are earlier turns.",
        "chat.modes.instructions-read",
        request=change_request(drop_rules, at=PATH),
    ),
    fault(
        "chat-stream-unused-tools-unread",
        "Tools that must not be called are not read in a stream.",
        "chat.modes.tools-read",
        request=in_stream(drop_unused_tools),
    ),
    fault(
        "chat-stream-first-part-only",
        "Only the first part of a message is read in a stream.",
        "chat.modes.parts-read",
        request=in_stream(in_messages(first_part)),
    ),
    fault(
        "chat-stream-forgets",
        "Earlier turns are not read in a stream.",
        "chat.modes.turns-read",
        request=in_stream(drop_turns),
    ),
    fault(
        "chat-stream-format-beside-tools-refused",
        "A schema is refused in a stream beside tools.",
        "chat.modes.taken",
        request=refuse_completion(
            lambda body: body.get("stream") and body.get("tools") and body.get("response_format")
        ),
    ),
)
