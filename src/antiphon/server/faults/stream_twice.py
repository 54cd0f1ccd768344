"""Events of blocks that are told twice, after their end, or in the wrong item, by the order that this breaks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping

from antiphon.server.faults.base import Events, Fault, one
from antiphon.server.faults.shaping import Rewrite, swap
from antiphon.server.store import Event

TWICE: Mapping[str, str] = {
    "response.refusal.done": "stream.order.refusal-part",
    "response.function_call_arguments.done": "stream.order.function-call",
    "response.custom_tool_call_input.done": "stream.order.custom-tool-call",
    "response.reasoning_summary_text.done": "stream.order.reasoning-summary",
    "response.code_interpreter_call.interpreting": "stream.order.code-interpreter-call",
    "response.image_generation_call.generating": "stream.order.image-generation-call",
    "response.mcp_list_tools.in_progress": "stream.order.mcp-list-tools",
    "response.mcp_call.in_progress": "stream.order.mcp-call",
    "response.shell_call_command.done": "stream.order.shell-call",
    "response.shell_call_output_content.done": "stream.order.shell-call-output",
    "response.apply_patch_call_operation_diff.done": "stream.order.apply-patch-call",
}


def twice(*types: str) -> Rewrite:
    async def rewrite(events: Events) -> AsyncIterator[Event]:
        async for event in events:
            yield event
            if event["type"] in types:
                yield dict(event)

    return rewrite


def within(kind: str, make: Callable[[Event], Event]) -> Rewrite:
    """An event more after the announcement of an item of one type."""

    async def rewrite(events: Events) -> AsyncIterator[Event]:
        async for event in events:
            yield event
            if event["type"] == "response.output_item.added" and event["item"]["type"] == kind:
                yield make(event)

    return rewrite


def searching(event: Event) -> Event:
    place = {"output_index": event["output_index"], "item_id": event["item"]["id"]}
    return {"type": "response.web_search_call.searching", **place}


def part_added(event: Event) -> Event:
    place = {"output_index": event["output_index"], "item_id": event["item"]["id"], "content_index": 0}
    part = {"type": "output_text", "annotations": [], "logprobs": [], "text": ""}
    return {"type": "response.content_part.added", **place, "part": part}


async def part_within_part(events: Events) -> AsyncIterator[Event]:
    """A second part is opened, and closed again, before the first is closed."""
    async for event in events:
        if event["type"] == "response.refusal.done":
            yield event
            place = {name: event[name] for name in ("output_index", "item_id")} | {"content_index": 1}
            part = {"type": "refusal", "refusal": ""}
            yield {"type": "response.content_part.added", **place, "part": part}
            yield {"type": "response.refusal.delta", **place, "delta": "No."}
            yield {"type": "response.refusal.done", **place, "refusal": "No."}
            yield {"type": "response.content_part.done", **place, "part": {**part, "refusal": "No."}}
        else:
            yield event


async def late_event(events: Events) -> AsyncIterator[Event]:
    """The completion of a code interpreter call is told again when its item is done."""
    held: Event | None = None
    async for event in events:
        yield event
        if event["type"] == "response.code_interpreter_call.completed":
            held = event
        elif held and event["type"] == "response.output_item.done":
            yield dict(held)
            held = None


async def noted_late(events: Events) -> AsyncIterator[Event]:
    """An annotation is announced when the whole text was told."""
    held: list[Event] = []
    async for event in events:
        if event["type"] == "response.output_text.annotation.added":
            held.append(event)
            continue
        yield event
        if event["type"] == "response.output_text.done":
            for each in held:
                yield each
            held = []


FAULTS = (
    Fault(
        name="annotations-after-text",
        says="Annotations are announced when the whole text was told.",
        breaks=one("stream.order.text-part"),
        events=noted_late,
    ),
    *(
        Fault(
            name=f"{type.removeprefix('response.').replace('.', '-').replace('_', '-')}-twice",
            says=f"{type} is sent twice.",
            breaks=one(broken),
            events=twice(type),
        )
        for type, broken in TWICE.items()
    ),
    Fault(
        name="part-done-twice",
        says="A content part is closed twice.",
        breaks=one("stream.part.done-once"),
        events=twice("response.content_part.done"),
    ),
    Fault(
        name="created-twice",
        says="response.created is sent twice.",
        breaks=one("stream.lifecycle.one-created"),
        events=twice("response.created"),
    ),
    Fault(
        name="queued-before-created",
        says="response.queued comes before response.created.",
        breaks=one("stream.queued-after-created"),
        events=swap(lambda event: event["type"] == "response.created" and event["response"]["background"]),
    ),
    Fault(
        name="part-within-part",
        says="A part is opened before the one before it is closed.",
        breaks=one("stream.order.message", "stream.content-index.is-place"),
        events=part_within_part,
    ),
    Fault(
        name="event-after-item-done",
        says="An event of an item follows its output_item.done.",
        breaks=one("stream.item.done-after-events"),
        events=late_event,
    ),
    Fault(
        name="search-within-computer-call",
        says="A computer call has the event of a search.",
        breaks=one("stream.order.atomic"),
        events=within("computer_call", searching),
    ),
    Fault(
        name="search-within-compaction",
        says="A compaction has the event of a search.",
        breaks=one("stream.order.compaction"),
        events=within("compaction", searching),
    ),
    Fault(
        name="search-within-custom-call",
        says="A custom tool call has the event of a search.",
        breaks=one("stream.order.event-fits-item"),
        events=within("custom_tool_call", searching),
    ),
    Fault(
        name="part-within-call",
        says="A content part is opened in a file search.",
        breaks=one("stream.part.in-message"),
        events=within("file_search_call", part_added),
    ),
)
