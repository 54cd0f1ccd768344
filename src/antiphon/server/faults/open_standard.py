"""What only the open standard asks for, and how to fail it: fields, extensions, raw reasoning, the done marker."""

from __future__ import annotations

from collections.abc import AsyncIterator

from antiphon.server.faults.base import Events, Fault, Frames, Reply, one
from antiphon.server.faults.bodies import lose, put
from antiphon.server.faults.shaping import told_by
from antiphon.server.store import Event, Json

OPEN = one("open-responses-2026-04-24")
FIELDS = ("max_tool_calls", "top_logprobs", "prompt_cache_key", "safety_identifier")


def unsaid(field: str) -> Fault:
    name = field.replace("_", "-")
    return Fault(
        name=f"open-{name}-unsaid",
        says=f"A response of the open standard does not have {field}.",
        breaks=one(f"response.field.{name}", "response.all-open-fields"),
        implies=one(f"response.echo.{name}"),
        needs=OPEN,
        response=lose(field),
    )


async def no_done(frames: Frames) -> AsyncIterator[bytes]:
    async for frame in frames:
        if frame != b"data: [DONE]\n\n":
            yield frame


def note(reply: Reply) -> Reply:
    """A plain answer that is cut begins with an item of an extension that has no status."""
    shown = reply.body
    if reply.operation == "create-response" and isinstance(shown, dict) and shown.get("status") == "incomplete":
        item = {"id": "note_" + shown["id"].removeprefix("resp_"), "type": "acme:note"}
        reply.body = {**shown, "output": [item, *shown["output"]]}
    return reply


async def whisper(events: Events) -> AsyncIterator[Event]:
    """An event of an extension whose name has no slug."""
    async for event in events:
        yield event
        if event["type"] == "response.in_progress":
            yield {"type": "acme.whisper"}


async def finished_note(events: Events) -> AsyncIterator[Event]:
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


async def raw_reasoning(events: Events) -> AsyncIterator[Event]:
    """Raw reasoning is streamed besides the summary, each event with a number where a lane has a name."""
    async for event in events:
        yield event
        if event["type"] == "response.reasoning_summary_part.done":
            yield told_by(event, "response.reasoning.delta", content_index=0, delta="Hm.", stream_id=5)
            yield told_by(event, "response.reasoning.done", content_index=0, text="Hm.", stream_id=5)


FAULTS = (
    *map(unsaid, FIELDS),
    Fault(
        name="open-penalty-as-text",
        says="The penalty of a response is a text.",
        breaks=one("response.field.penalties"),
        needs=OPEN,
        response=put(presence_penalty="0"),
    ),
    Fault(
        name="prompt-cache-key-unchecked",
        says="A prompt_cache_key of any length is taken.",
        breaks=one("errors.trigger.prompt-cache-key-length"),
        implies=one(
            "errors.trigger.prompt-cache-key-length.detail",
            "errors.trigger.prompt-cache-key-type",
            "errors.trigger.prompt-cache-key-type.detail",
            "response.echo.prompt-cache-key",
        ),
        needs=OPEN,
        policy={"unchecked": one("prompt_cache_key")},
    ),
    Fault(
        name="done-marker-missing",
        says="A stream of the open standard ends without a done marker.",
        breaks=one("sse.done-marker"),
        needs=OPEN,
        frames=no_done,
    ),
    Fault(
        name="extension-item-bare",
        says="An answer holds an item of an extension that has no status.",
        breaks=one("item.type-namespaced"),
        needs=OPEN,
        reply=note,
    ),
    Fault(
        name="extension-event-bare",
        says="The event of an extension is not named slug:name.",
        breaks=one("stream.extension.named"),
        needs=OPEN,
        events=whisper,
    ),
    Fault(
        name="extension-item-finished",
        says="The item of an extension is announced as completed.",
        breaks=one("stream.extension.item-status"),
        implies=one("create.same-with-stream", "stream.item.added-status", "item.type-namespaced"),
        needs=OPEN,
        events=finished_note,
    ),
    Fault(
        name="raw-reasoning-misshapen",
        says="The events of raw reasoning name a lane by a number.",
        breaks=one("stream.schema.reasoning"),
        implies=one("stream.sum.reasoning-text", "stream.order.reasoning-text"),
        needs=OPEN,
        events=raw_reasoning,
    ),
)
