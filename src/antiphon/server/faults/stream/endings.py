"""Endings of a stream: the terminal event, the final response, errors."""

from __future__ import annotations

from collections.abc import AsyncIterator

from antiphon.server.behaviour.fault import Events
from antiphon.server.faults.base import fault
from antiphon.server.faults.edits import lose, put, without
from antiphon.server.faults.requests import change_request, fail_when
from antiphon.server.faults.rewrites import (
    EARLY,
    ENDINGS,
    drop,
    edit,
    edit_response,
    put_response,
    repeat_events,
    shift,
)
from antiphon.server.json_values import Event, Json


def is_stored_stream(body: Json) -> bool:
    return body.get("stream") is True and body.get("store") is True and "background" not in body


def end_later(response: Json) -> Json:
    ended = response.get("completed_at")
    return {**response, "completed_at": ended + 1} if ended else response


def drop_wrong_limit(body: Json) -> Json:
    """A stream whose limit is dropped where it is no number."""
    wrong = body.get("stream") is True and isinstance(body.get("max_output_tokens"), str)
    return without(body, "max_output_tokens") if wrong else body


def move_output(event: Event) -> Event:
    response = event["response"]
    return {**event, "output": response["output"], "response": without(response, "output")}


async def speak_after_end(events: Events) -> AsyncIterator[Event]:
    started: Event | None = None
    async for event in events:
        if event["type"] == "response.in_progress":
            started = event
        yield event
        if event["type"] in ENDINGS and started:
            yield started


def flatten(event: Event) -> Event:
    return {"type": "error", **{name: event["error"][name] for name in ("code", "message", "param")}}


FAULTS = (
    fault(
        "stored-streams-fail",
        "A stream of a text that is to be stored ends failed.",
        "stream.completes",
        request=fail_when(lambda body: is_stored_stream(body) and isinstance(body.get("input"), str)),
        implies="chain.after-cut",
    ),
    fault(
        "terminal-lost",
        "A stream just stops, without a terminal event.",
        "stream.terminal.exactly-one",
        delivery=drop(*ENDINGS),
        implies="stream.terminal.last stream.cut-ends-incomplete resume.ends-with-terminal "
        "concurrency.streams-complete stream.final.equals-retrieved stream.final.output-list sse.body-ends "
        "background.get-while-streaming compact.in-create resume.while-running",
    ),
    fault(
        "terminal-twice",
        "The terminal event is sent twice.",
        "stream.terminal.exactly-one",
        events=repeat_events(*ENDINGS),
        implies="stream.terminal.last sse.nothing-after-terminal",
    ),
    fault(
        "event-after-terminal",
        "An event follows the terminal one.",
        "stream.terminal.last",
        events=speak_after_end,
        implies="stream.terminal.exactly-one sse.nothing-after-terminal compact.in-create "
        "stream.final.equals-retrieved",
    ),
    fault(
        "incomplete-as-completed-event",
        "A cut stream ends with response.completed, though the response inside is incomplete.",
        "stream.terminal.type-fits-status stream.cut-ends-incomplete",
        events=edit("response.incomplete", by=put(type="response.completed")),
    ),
    fault(
        "cancelled-event",
        "The stream of a cancelled response ends with response.cancelled.",
        "stream.terminal.no-cancelled-event",
        policy={"cancel_event": "response.cancelled"},
        implies="stream.unknown-event-types stream.terminal.exactly-one",
    ),
    fault(
        "early-usage-zero",
        "Usage is all zeros instead of null before the end.",
        "stream.usage.null-until-terminal",
        events=put_response(
            *EARLY,
            usage={
                "input_tokens": 0,
                "input_tokens_details": {"cache_write_tokens": 0, "cached_tokens": 0},
                "output_tokens": 0,
                "output_tokens_details": {"reasoning_tokens": 0},
                "total_tokens": 0,
            },
        ),
        implies="usage.null-until-finished",
    ),
    fault(
        "final-usage-missing",
        "The response in the terminal event has no usage.",
        "stream.usage.in-terminal",
        events=edit_response(*ENDINGS, by=lose("usage")),
        implies="response.field.usage stream.final.equals-retrieved stream.final.same-keys-as-plain "
        "stream.lifecycle.whole-response background.poll-equals store.get-equals-create",
    ),
    fault(
        "final-output-empty",
        "The response in the terminal event has an empty output.",
        "stream.final.output-equals-items",
        events=put_response(*ENDINGS, output=[]),
    ),
    fault(
        "output-beside-response",
        "The output stands next to the response in the terminal event, and not in it.",
        "stream.final.output-list",
        events=edit(*ENDINGS, by=move_output),
        implies="stream.final.output-equals-items stream.final.same-keys-as-plain",
    ),
    fault(
        "final-output-null",
        "The output of the response in the terminal event is null.",
        "stream.final.output-list",
        events=put_response(*ENDINGS, output=None),
        implies="stream.final.output-equals-items",
    ),
    fault(
        "stream-ends-later",
        "A stream says that its response was completed a second later than what is stored.",
        "stream.final.equals-retrieved",
        events=edit_response(*ENDINGS, by=end_later),
    ),
    fault(
        "stream-lacks-a-key",
        "A response at the end of its stream lacks a key.",
        "stream.final.same-keys-as-plain",
        events=edit(*ENDINGS, by=lambda event: {**event, "response": without(event["response"], "billing")}),
        implies="stream.final.equals-retrieved",
    ),
    fault(
        "wrong-limit-streams",
        "A stream is begun though its limit is no number.",
        "stream.error.refused-before-start",
        request=change_request(drop_wrong_limit),
    ),
    fault(
        "goes-on-after-error",
        "After an error event the stream ends as if nothing had happened.",
        "stream.error.ends-stream",
        events=edit("response.failed", by=put(type="response.completed")),
        implies="stream.usage.in-terminal stream.terminal.type-fits-status stream.unknown-event-types",
    ),
    fault(
        "error-flat", "The error event of a stream is flat.", "stream.error.nested", events=edit("error", by=flatten)
    ),
    fault(
        "error-event-without-message",
        "The error event of a stream has no message.",
        "stream.error.shape",
        events=edit("error", by=lambda event: {**event, "error": without(event["error"], "message")}),
    ),
    fault(
        "error-numbered-late",
        "The error event of a stream skips a number.",
        "stream.error.numbered",
        numbered=edit("error", by=shift("sequence_number", 3)),
    ),
    fault(
        "failed-without-error",
        "response.failed carries a response whose error is null.",
        "stream.failed.has-error",
        events=put_response("response.failed", error=None),
        implies="response.error.when-failed stream.final.equals-retrieved",
    ),
    fault(
        "incomplete-event-without-reason",
        "The response in response.incomplete has no details.",
        "stream.incomplete.has-reason",
        events=put_response("response.incomplete", incomplete_details=None),
    ),
)
