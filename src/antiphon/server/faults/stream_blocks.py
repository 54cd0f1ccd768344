"""Items and parts of a stream that are not opened or closed as they should."""

from __future__ import annotations

from collections.abc import AsyncIterator

from antiphon.server.faults.base import Events, Fault, one
from antiphon.server.faults.shaping import drop, swap
from antiphon.server.store import Event


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


FAULTS = (
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
        implies=one(
            "stream.item.done-for-tool-lists",
            "stream.final.output-equals-items",
            "stream.item.no-overlap",
            "stream.item-id.in-final",
        ),
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
        events=swap(lambda event: event["type"] == "response.web_search_call.in_progress"),
    ),
    Fault(
        name="search-events-lost",
        says="A file search tells nothing of its progress but its end.",
        breaks=one("stream.order.file-search-call"),
        events=drop("response.file_search_call.in_progress", "response.file_search_call.searching"),
    ),
)
