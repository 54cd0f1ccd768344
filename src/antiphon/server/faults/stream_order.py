"""Events that are lost, doubled or out of place."""

from __future__ import annotations

from collections.abc import AsyncIterator

from antiphon.server.faults.base import Events, Fault, one
from antiphon.server.faults.shaping import ENDINGS, drop, edit, edit_response, swap
from antiphon.server.store import Event


async def end_twice(events: Events) -> AsyncIterator[Event]:
    async for event in events:
        yield event
        if event["type"] in ENDINGS:
            yield event


async def speak_after_end(events: Events) -> AsyncIterator[Event]:
    started: Event | None = None
    async for event in events:
        if event["type"] == "response.in_progress":
            started = event
        yield event
        if event["type"] in ENDINGS and started:
            yield started


async def invent(events: Events) -> AsyncIterator[Event]:
    async for event in events:
        yield event
        if event["type"] == "response.in_progress":
            yield {"type": "response.heartbeat"}


def flat(event: Event) -> Event:
    return {"type": "error", **{name: event["error"][name] for name in ("code", "message", "param")}}


FAULTS = (
    Fault(
        name="created-lost",
        says="A stream begins without response.created.",
        breaks=one("stream.first-is-created"),
        implies=one(
            "stream.queued-after-created",
            "stream.lifecycle.one-created",
            "stream.in-progress-follows",
            "resume.full-replay",
        ),
        events=drop("response.created"),
    ),
    Fault(
        name="created-late",
        says="response.created comes after the event that should follow it.",
        breaks=one("stream.first-is-created"),
        implies=one("stream.in-progress-follows", "stream.queued-after-created", "background.stream-order"),
        events=swap(lambda event: event["type"] == "response.created"),
    ),
    Fault(
        name="in-progress-lost",
        says="response.in_progress is never sent.",
        breaks=one("stream.in-progress-follows"),
        events=drop("response.in_progress"),
    ),
    Fault(
        name="terminal-lost",
        says="A stream just stops, without a terminal event.",
        breaks=one("stream.terminal.exactly-one"),
        implies=one(
            "stream.terminal.last",
            "stream.cut-ends-incomplete",
            "resume.ends-with-terminal",
            "concurrency.streams-complete",
            "stream.final.equals-retrieved",
            "stream.final.output-list",
            "sse.body-ends",
        ),
        events=drop(*ENDINGS),
    ),
    Fault(
        name="terminal-twice",
        says="The terminal event is sent twice.",
        breaks=one("stream.terminal.exactly-one"),
        implies=one("stream.terminal.last", "sse.nothing-after-terminal"),
        events=end_twice,
    ),
    Fault(
        name="event-after-terminal",
        says="An event follows the terminal one.",
        breaks=one("stream.terminal.last"),
        implies=one("stream.terminal.exactly-one", "sse.nothing-after-terminal"),
        events=speak_after_end,
    ),
    Fault(
        name="incomplete-as-completed-event",
        says="A cut stream ends with response.completed, though the response inside is incomplete.",
        breaks=one("stream.terminal.type-fits-status", "stream.cut-ends-incomplete"),
        events=edit("response.incomplete", by=lambda event: {**event, "type": "response.completed"}),
    ),
    Fault(
        name="cancelled-event",
        says="The stream of a cancelled response ends with response.cancelled.",
        breaks=one("stream.terminal.no-cancelled-event"),
        implies=one("stream.unknown-event-types", "stream.terminal.exactly-one"),
        policy={"cancel_event": "response.cancelled"},
    ),
    Fault(
        name="unknown-event",
        says="A stream holds an event type that no source knows.",
        breaks=one("stream.unknown-event-types"),
        implies=one("stream.extension.named"),
        events=invent,
    ),
    Fault(
        name="error-flat",
        says="The error event of a stream is flat.",
        breaks=one("stream.error.nested"),
        events=edit("error", by=flat),
    ),
    Fault(
        name="failed-without-error",
        says="response.failed carries a response whose error is null.",
        breaks=one("stream.failed.has-error"),
        implies=one("response.error.when-failed", "stream.final.equals-retrieved"),
        events=edit_response("response.failed", error=None),
    ),
    Fault(
        name="goes-on-after-error",
        says="After an error event the stream ends as if nothing had happened.",
        breaks=one("stream.error.ends-stream"),
        implies=one("stream.usage.in-terminal", "stream.terminal.type-fits-status", "stream.unknown-event-types"),
        events=edit("response.failed", by=lambda event: {**event, "type": "response.completed"}),
    ),
)
