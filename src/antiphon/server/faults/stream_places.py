"""Events that name the wrong item, part or place, or none at all."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

from antiphon.server.faults.base import Events, breaking
from antiphon.server.faults.shaping import ENDINGS, Edit, edit, without
from antiphon.server.store import Event

PARTIAL_IMAGE = "response.image_generation_call.partial_image"
INDICES: Mapping[str, tuple[str, ...]] = {
    "summary_index": (
        "response.reasoning_summary_part.added",
        "response.reasoning_summary_part.done",
        "response.reasoning_summary_text.delta",
        "response.reasoning_summary_text.done",
    ),
    "annotation_index": ("response.output_text.annotation.added",),
    "command_index": (
        "response.shell_call_command.added",
        "response.shell_call_command.delta",
        "response.shell_call_command.done",
    ),
}


def shifted(name: str, by: int = 1) -> Edit:
    return lambda event: {**event, name: event[name] + by}


def lacking(name: str) -> Edit:
    return lambda event: without(event, name)


def final_ids(event: Event) -> Event:
    response = event["response"]
    output = [{**item, "id": "ctc_" + "1" * 48} if item["type"] == "custom_tool_call" else item
              for item in response["output"]]  # fmt: skip
    return {**event, "response": {**response, "output": output}}


async def one_item_id(events: Events) -> AsyncIterator[Event]:
    """All items of a stream share the id of the first."""
    first = ""
    async for event in events:
        if "item" in event:
            first = first or event["item"]["id"]
            event = {**event, "item": {**event["item"], "id": first}}
        yield {**event, "item_id": first} if "item_id" in event else event


FAULTS = (
    *(
        breaking(
            f"{name.replace('_', '-')}-from-one",
            f"The first {name} is 1.",
            f"stream.{name.replace('_', '-')}.contiguous",
            events=edit(*types, by=shifted(name)),
        )
        for name, types in INDICES.items()
    ),
    breaking(
        "partial-image-from-one",
        "The first partial image has the index 1.",
        "stream.partial-image.index",
        events=edit(PARTIAL_IMAGE, by=shifted("partial_image_index")),
    ),
    breaking(
        "output-index-wanders",
        "The progress of a file search has another output_index than its item.",
        "stream.output-index.constant",
        events=edit("response.file_search_call.searching", by=shifted("output_index", 7)),
    ),
    breaking(
        "item-id-unsaid",
        "The done event of a custom tool's input does not name its item.",
        "stream.item-id.present",
        events=edit("response.custom_tool_call_input.done", by=lacking("item_id")),
    ),
    breaking(
        "content-index-unsaid",
        "The done event of a refusal does not say which part it is of.",
        "stream.content-index.present",
        events=edit("response.refusal.done", by=lacking("content_index")),
    ),
    breaking(
        "final-item-renamed",
        "A custom tool call has another id in the final output.",
        "stream.item-id.in-final",
        events=edit(*ENDINGS, by=final_ids),
    ),
    breaking(
        "stream-items-share-id",
        "All items of a stream share the id of the first.",
        "stream.item-id.unique",
        events=one_item_id,
    ),
    breaking(
        "error-numbered-late",
        "The error event of a stream skips a number.",
        "stream.error.numbered",
        numbered=edit("error", by=shifted("sequence_number", 3)),
    ),
)
