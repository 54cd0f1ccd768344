"""Creates of which the stream is not what the plain answer is, or is begun where it should not be."""

from __future__ import annotations

from typing import Any

from antiphon.server.faults.base import Fault, one
from antiphon.server.faults.create_asking import changing
from antiphon.server.faults.shaping import ENDINGS, edit, edit_item, without
from antiphon.server.store import Event, Json


def never_calls(body: Json) -> Json:
    """A stream that need not call a tool."""
    forced = body.get("stream") is True and body.get("tool_choice") == "required"
    return {**body, "tool_choice": "auto"} if forced else body


def counts_more(event: Event) -> Event:
    """The end of a stream with one more token of input than there was."""
    used: dict[str, Any] | None = event["response"].get("usage")
    if not used:
        return event
    more = {"input_tokens": used["input_tokens"] + 1, "total_tokens": used["total_tokens"] + 1}
    return {**event, "response": {**event["response"], "usage": {**used, **more}}}


def ends_later(event: Event) -> Event:
    response = event["response"]
    ended = response.get("completed_at")
    return {**event, "response": {**response, "completed_at": ended + 1}} if ended else event


def lenient_stream(body: Json) -> Json:
    """A stream whose limit is dropped where it is no number."""
    wrong = body.get("stream") is True and isinstance(body.get("max_output_tokens"), str)
    return without(body, "max_output_tokens") if wrong else body


def cut_as_stream(body: Json) -> Json:
    return {**body, "stream": True} if body.get("max_output_tokens") == 16 else body


NO_STREAMED_CALL = (
    "stream.added.function-call-empty stream.added.function-call-named stream.sum.arguments stream.sum.arguments-item "
    "stream.order.function-call stream.order.function-call-done stream.schema.function-call-arguments "
    "tools.parallel-off tools.hosted-refused-or-run tools.streamed-call-complete item.schema.local-shell-call"
)
FAULTS = (
    changing(
        "streams-never-call", "A stream that must call a tool need not.",
        "create.same-with-stream tools.required-calls response.echo.tool-choice", never_calls, NO_STREAMED_CALL,
    ),
    changing(
        "wrong-limit-streams", "A stream is begun though its limit is no number.",
        "stream.error.refused-before-start", lenient_stream,
    ),
    changing(
        "cut-as-stream", "What is to be cut short is streamed unasked.", "create.answer-is-json", cut_as_stream,
        "stream.final.same-keys-as-plain",
    ),
    Fault(
        name="streams-count-more",
        says="The same input counts one token more when it is streamed.",
        breaks=one("usage.text-stays-put"),
        implies=one("background.poll-equals", "store.get-equals-create", "stream.final.equals-retrieved"),
        events=edit(*ENDINGS, by=counts_more),
    ),
    Fault(
        name="stream-ends-later",
        says="A stream says that its response was completed a second later than what is stored.",
        breaks=one("stream.final.equals-retrieved"),
        events=edit(*ENDINGS, by=ends_later),
    ),
    Fault(
        name="stream-lacks-a-key",
        says="A response at the end of its stream lacks a key.",
        breaks=one("stream.final.same-keys-as-plain"),
        implies=one("stream.final.equals-retrieved"),
        events=edit(*ENDINGS, by=lambda event: {**event, "response": without(event["response"], "billing")}),
    ),
    Fault(
        name="streamed-call-without-status",
        says="Streamed function calls have no status when they are done.",
        breaks=one("tools.streamed-call-complete"),
        implies=one("stream.final.output-equals-items"),
        events=edit_item("response.output_item.done", of="function_call", status=None),
    ),
)  # fmt: skip
