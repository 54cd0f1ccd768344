"""Events that are lost, doubled or out of place."""

from __future__ import annotations

from collections.abc import AsyncIterator

from antiphon.server.faults.base import Events, Fault, one
from antiphon.server.faults.shaping import ENDINGS, drop, edit, edit_response
from antiphon.server.store import Event


async def swap_first(events: Events) -> AsyncIterator[Event]:
    held: Event | None = None
    async for event in events:
        if event["type"] == "response.created":
            held = event
            continue
        yield event
        if held:
            yield held
            held = None


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


async def announce_twice(events: Events) -> AsyncIterator[Event]:
    async for event in events:
        yield event
        if event["type"] == "response.output_item.added":
            yield event


async def close_late(events: Events) -> AsyncIterator[Event]:
    """The done event of an item comes after the added event of the next."""
    held: Event | None = None
    async for event in events:
        if event["type"] == "response.output_item.done":
            held = event
            continue
        if held and event["type"] != "response.output_item.added":
            yield held
            held = None
        yield event
        if held:
            yield held
            held = None


async def invent(events: Events) -> AsyncIterator[Event]:
    async for event in events:
        yield event
        if event["type"] == "response.in_progress":
            yield {"type": "response.heartbeat"}


def flat(event: Event) -> Event:
    return {"type": "error", **{name: event["error"][name] for name in ("code", "message", "param")}}


async def search_backwards(events: Events) -> AsyncIterator[Event]:
    held: Event | None = None
    async for event in events:
        if event["type"] == "response.web_search_call.in_progress":
            held = event
            continue
        yield event
        if held:
            yield held
            held = None


FAULTS = (
    Fault(
        name="created-lost",
        says="A stream begins without response.created.",
        breaks=one("stream.first-is-created"),
        implies=one("stream.lifecycle.one-created", "stream.in-progress-follows", "resume.full-replay"),
        events=drop("response.created"),
    ),
    Fault(
        name="created-late",
        says="response.created comes after the event that should follow it.",
        breaks=one("stream.first-is-created"),
        implies=one("stream.in-progress-follows", "stream.queued-after-created", "background.stream-order"),
        events=swap_first,
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
        implies=one("sse.nothing-after-terminal"),
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
        name="item-added-lost",
        says="Items are never announced.",
        breaks=one("stream.item.added-before-use", "stream.item.done-was-added"),
        implies=one("stream.output-index.is-place", "stream.item-id.constant", "stream.output-index.constant"),
        events=drop("response.output_item.added"),
    ),
    Fault(
        name="item-added-twice",
        says="Every item is announced twice.",
        breaks=one("stream.item.added-once"),
        implies=one(
            "stream.output-index.contiguous",
            "stream.output-index.unique",
            "stream.item-id.unique",
            "stream.item.no-overlap",
        ),
        events=announce_twice,
    ),
    Fault(
        name="item-done-lost",
        says="Items are never closed.",
        breaks=one("stream.item.done-for-added"),
        implies=one("stream.final.output-equals-items", "stream.item.no-overlap", "stream.item-id.in-final"),
        events=drop("response.output_item.done"),
    ),
    Fault(
        name="items-overlap",
        says="An item is closed only after the next one was announced.",
        breaks=one("stream.item.no-overlap"),
        events=close_late,
    ),
    Fault(
        name="part-added-lost",
        says="Content parts are never announced.",
        breaks=one("stream.part.added-before-delta"),
        implies=one("stream.order.message", "stream.order.text-part", "stream.order.refusal-part"),
        events=drop("response.content_part.added"),
    ),
    Fault(
        name="part-done-lost",
        says="Content parts are never closed.",
        breaks=one("stream.part.done-closes"),
        implies=one("stream.order.message", "stream.order.text-part"),
        events=drop("response.content_part.done"),
    ),
    Fault(
        name="text-done-lost",
        says="The whole text of a part is never told.",
        breaks=one("stream.part.text-done"),
        implies=one("stream.order.text-part"),
        events=drop("response.output_text.done"),
    ),
    Fault(
        name="arguments-done-lost",
        says="The arguments of a function call are never told whole.",
        breaks=one("stream.order.function-call-done"),
        implies=one("stream.order.function-call"),
        events=drop("response.function_call_arguments.done"),
    ),
    Fault(
        name="searching-before-in-progress",
        says="A web search is searching before it is in progress.",
        breaks=one("stream.order.web-search-call"),
        events=search_backwards,
    ),
    Fault(
        name="search-events-lost",
        says="A file search tells nothing of its progress but its end.",
        breaks=one("stream.order.file-search-call"),
        events=drop("response.file_search_call.in_progress", "response.file_search_call.searching"),
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
        breaks=one("stream.failed.has-error", "response.error.when-failed"),
        implies=one("stream.final.equals-retrieved"),
        events=edit_response("response.failed", error=None),
    ),
    Fault(
        name="goes-on-after-error",
        says="After an error event the stream ends as if nothing had happened.",
        breaks=one("stream.error.ends-stream"),
        implies=one("stream.terminal.type-fits-status", "stream.unknown-event-types"),
        events=edit("response.failed", by=lambda event: {**event, "type": "response.completed"}),
    ),
)
