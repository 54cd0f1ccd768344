"""Events that name their lane by a number, by the schema that this breaks, and events that are seldom sent."""

from __future__ import annotations

from collections.abc import AsyncIterator

from antiphon.server.faults.base import Events, Fault, breaking, one
from antiphon.server.faults.shaping import EARLY, ENDINGS, edit, told_by
from antiphon.server.store import Event, Json

WRONG = 5
"""A number where the name of a lane belongs."""
FAMILIES = (
    "content-part", "output-text", "refusal", "function-call-arguments", "custom-tool-call-input",
    "reasoning-summary-part", "reasoning-summary-text", "web-search-call", "file-search-call", "code-interpreter-call",
    "code-interpreter-call-code", "image-generation-call", "mcp-list-tools", "mcp-call", "mcp-call-arguments",
    "shell-call-command", "shell-call-output-content", "apply-patch-call-operation-diff",
)  # fmt: skip
"""The families of events of which the name is the beginning of their types."""


def beginning(family: str) -> str:
    return f"response.{family.replace('-', '_')}."


def laned(event: Event) -> Event:
    return {**event, "stream_id": WRONG}


async def numbered_lanes(events: Events) -> AsyncIterator[Event]:
    """Every event of a family names its lane by a number."""
    begin = tuple(beginning(family) for family in FAMILIES)
    async for event in events:
        yield laned(event) if event["type"].startswith(begin) else event


async def reasons_aloud(events: Events) -> AsyncIterator[Event]:
    """Reasoning text is streamed besides the summary; its end is told twice and is not what was streamed."""
    async for event in events:
        yield event
        if event["type"] == "response.reasoning_summary_part.done":
            part: Json = {"type": "reasoning_text", "text": ""}
            yield told_by(event, "response.content_part.added", content_index=0, part=part)
            yield laned(told_by(event, "response.reasoning_text.delta", content_index=0, delta="Hm."))
            for _ in range(2):
                yield told_by(event, "response.reasoning_text.done", content_index=0, text="Hm!")
            yield told_by(event, "response.content_part.done", content_index=0, part={**part, "text": "Hm!"})


async def notices(events: Events) -> AsyncIterator[Event]:
    """Notices that are seldom sent, each with a lane that is a number."""
    async for event in events:
        yield event
        if event["type"] == "response.in_progress":
            yield laned({"type": "keepalive"})
            yield laned({"type": "response.audio.transcript.delta", "delta": "Hello"})
        elif event["type"] == "response.output_item.added" and event["item"]["type"] == "compaction":
            place = {"item_id": event["item"]["id"], "output_index": event["output_index"]}
            yield laned({"type": "response.compaction.compacting", **place})


FAULTS = (
    Fault(
        name="stream-id-number",
        says="Events name a lane by a number.",
        breaks=one(*(f"stream.schema.{family}" for family in FAMILIES)),
        events=numbered_lanes,
    ),
    breaking(
        "lifecycle-lane-number",
        "Lifecycle events name a lane by a number.",
        "stream.schema.lifecycle",
        events=edit(*EARLY, *ENDINGS, by=laned),
    ),
    breaking(
        "error-event-lane-number",
        "The error event of a stream names a lane by a number.",
        "stream.schema.error",
        events=edit("error", by=laned),
    ),
    breaking(
        "notices-misshapen",
        "Notices name a lane by a number.",
        "stream.schema.keepalive stream.schema.audio stream.schema.compaction",
        events=notices,
    ),
    breaking(
        "reasoning-aloud",
        "Reasoning text is streamed that does not add up.",
        "stream.sum.reasoning-text stream.order.reasoning-text stream.schema.reasoning-text",
        events=reasons_aloud,
    ),
)
