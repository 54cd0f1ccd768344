"""Events that no schema allows, or with a member of a wrong type."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from antiphon.server.behaviour.fault import Events
from antiphon.server.faults.base import OPEN_STANDARD, fault
from antiphon.server.faults.edits import in_item
from antiphon.server.faults.rewrites import DONE, EARLY, ENDINGS, edit, edit_item, event_at, insert_after, number_lane
from antiphon.server.json_values import Event, Json


async def add_finished_note(events: Events) -> AsyncIterator[Event]:
    """An item of an extension is announced as completed, before the end."""
    async for event in events:
        if event["type"] == "response.completed":
            response: Json = event["response"]
            item = {"id": "note_" + response["id"].removeprefix("resp_"), "type": "acme:note", "status": "completed"}
            place = {"output_index": len(response["output"])}
            yield {"type": "response.output_item.added", **place, "item": item}
            yield {"type": "response.output_item.done", **place, "item": item}
            event = {**event, "response": {**response, "output": [*response["output"], item]}}
        yield event


def reason_raw(event: Event) -> Iterator[Event]:
    """Raw reasoning beside the summary, each event with a number as the name of its lane."""
    yield number_lane(event_at(event, "response.reasoning.delta", content_index=0, delta="Hm."))
    yield number_lane(event_at(event, "response.reasoning.done", content_index=0, text="Hm."))


FAMILIES = (
    "content-part", "output-text", "refusal", "function-call-arguments", "custom-tool-call-input",
    "reasoning-summary-part", "reasoning-summary-text", "web-search-call", "file-search-call", "code-interpreter-call",
    "code-interpreter-call-code", "image-generation-call", "mcp-list-tools", "mcp-call", "mcp-call-arguments",
    "shell-call-command", "shell-call-output-content", "apply-patch-call-operation-diff",
)  # fmt: skip
"""The families of events of which the name is the beginning of their types."""


def type_prefix(family: str) -> str:
    return f"response.{family.replace('-', '_')}."


async def number_lanes(events: Events) -> AsyncIterator[Event]:
    """Every event of a family names its lane by a number."""
    begin = tuple(type_prefix(family) for family in FAMILIES)
    async for event in events:
        yield number_lane(event) if event["type"].startswith(begin) else event


async def send_notices(events: Events) -> AsyncIterator[Event]:
    """Notices that are seldom sent, each with a lane that is a number."""
    async for event in events:
        yield event
        if event["type"] == "response.in_progress":
            yield number_lane({"type": "keepalive"})
            yield number_lane({"type": "response.audio.transcript.delta", "delta": "Hello"})
        elif event["type"] == "response.output_item.added" and event["item"]["type"] == "compaction":
            place = {"item_id": event["item"]["id"], "output_index": event["output_index"]}
            yield number_lane({"type": "response.compaction.compacting", **place})


FAULTS = (
    fault(
        "unknown-event",
        "A stream holds an event type that no source knows.",
        "stream.unknown-event-types",
        events=insert_after("response.in_progress", lambda event: [{"type": "response.heartbeat"}]),
        implies="stream.extension.named",
    ),
    fault(
        "extension-event-bare",
        "The event of an extension is not named slug:name.",
        "stream.extension.named",
        events=insert_after("response.in_progress", lambda event: [{"type": "acme.whisper"}]),
        needs=OPEN_STANDARD,
    ),
    fault(
        "extension-item-finished",
        "The item of an extension is announced as completed.",
        "stream.extension.item-status",
        events=add_finished_note,
        implies="create.replay-rich create.same-with-stream item.type-namespaced stream.item.added-status",
        needs=OPEN_STANDARD,
    ),
    fault(
        "lifecycle-lane-number",
        "Lifecycle events name a lane by a number.",
        "stream.schema.lifecycle",
        events=edit(*EARLY, *ENDINGS, by=number_lane),
    ),
    fault(
        "error-event-lane-number",
        "The error event of a stream names a lane by a number.",
        "stream.schema.error",
        events=edit("error", by=number_lane),
    ),
    fault(
        "item-done-no-object",
        "The item of a done computer call is its id alone.",
        "stream.schema.output-item",
        events=edit_item(DONE, by=in_item("computer_call", lambda item: item["id"])),
        implies="stream.final.output-equals-items",
    ),
    fault(
        "stream-id-number",
        "Events name a lane by a number.",
        "stream.schema.content-part stream.schema.output-text stream.schema.refusal "
        "stream.schema.function-call-arguments stream.schema.custom-tool-call-input "
        "stream.schema.reasoning-summary-part stream.schema.reasoning-summary-text stream.schema.web-search-call "
        "stream.schema.file-search-call stream.schema.code-interpreter-call stream.schema.code-interpreter-call-code "
        "stream.schema.image-generation-call stream.schema.mcp-list-tools stream.schema.mcp-call "
        "stream.schema.mcp-call-arguments stream.schema.shell-call-command stream.schema.shell-call-output-content "
        "stream.schema.apply-patch-call-operation-diff",
        events=number_lanes,
    ),
    fault(
        "raw-reasoning-misshapen",
        "The events of raw reasoning name a lane by a number.",
        "stream.schema.reasoning",
        events=insert_after("response.reasoning_summary_part.done", reason_raw),
        implies="stream.sum.reasoning-text stream.order.reasoning-text",
        needs=OPEN_STANDARD,
    ),
    fault(
        "notices-misshapen",
        "Notices name a lane by a number.",
        "stream.schema.keepalive stream.schema.audio stream.schema.compaction",
        events=send_notices,
        implies="sse.keepalive-tolerated-form",
    ),
)
