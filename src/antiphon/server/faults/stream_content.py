"""Streams whose parts do not add up to the whole."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

from antiphon.server.faults.base import Events, Fault, one
from antiphon.server.faults.shaping import drop, drop_nth, edit, in_item, in_parts, without
from antiphon.server.store import Event, Json

LOST: Mapping[str, tuple[str, str, str]] = {
    "text": ("response.output_text.delta", "a text", "stream.sum.text"),
    "arguments": ("response.function_call_arguments.delta", "function arguments", "stream.sum.arguments"),
    "summary": ("response.reasoning_summary_text.delta", "a reasoning summary", "stream.sum.summary"),
    "refusal": ("response.refusal.delta", "a refusal", "stream.sum.refusal"),
    "code": ("response.code_interpreter_call_code.delta", "interpreter code", "stream.sum.code"),
    "mcp-arguments": ("response.mcp_call_arguments.delta", "remote arguments", "stream.sum.mcp-arguments"),
    "shell-command": ("response.shell_call_command.delta", "a shell command", "stream.sum.shell-command"),
}


async def repeat_delta(events: Events) -> AsyncIterator[Event]:
    repeated = False
    async for event in events:
        yield event
        if event["type"] == "response.output_text.delta" and not repeated:
            repeated = True
            yield event


async def seal_late(events: Events) -> AsyncIterator[Event]:
    async for event in events:
        if event["type"].startswith("response.output_item."):
            event = {**event, "item": without(event["item"], "encrypted_content")}
        yield event


async def say_nothing(events: Events) -> AsyncIterator[Event]:
    async for event in events:
        if event["type"] == "response.output_text.done":
            place = {name: event[name] for name in ("item_id", "output_index", "content_index")}
            yield {"type": "response.output_text.delta", **place, "delta": "", "logprobs": []}
        yield event


def stretch(part: Json) -> Json:
    return {**part, "text": part["text"] + " "}


FAULTS = (
    *(
        Fault(
            name=f"{name}-delta-lost",
            says=f"One delta of {what} never arrives.",
            breaks=one(broken),
            events=drop_nth(type),
        )
        for name, (type, what, broken) in LOST.items()
    ),
    Fault(
        name="text-delta-twice",
        says="The first delta of a text is sent twice.",
        breaks=one("stream.sum.text"),
        events=repeat_delta,
    ),
    Fault(
        name="no-text-deltas",
        says="A text comes whole in its done event, without deltas.",
        breaks=one("stream.delta.has-deltas"),
        implies=one("sse.arrives-as-made"),
        events=drop("response.output_text.delta"),
    ),
    Fault(
        name="no-arguments-deltas",
        says="Arguments come whole in their done event, without deltas.",
        breaks=one("stream.delta.has-deltas"),
        events=drop("response.function_call_arguments.delta"),
    ),
    Fault(
        name="text-done-differs",
        says="The text of output_text.done has a space more than its deltas and its part.",
        breaks=one("stream.sum.text"),
        implies=one("stream.sum.text-part"),
        events=edit("response.output_text.done", by=lambda event: {**event, "text": event["text"] + " "}),
    ),
    Fault(
        name="item-text-differs",
        says="The text inside an item has a space more than what was streamed.",
        breaks=one("stream.sum.text-item"),
        item=in_parts(stretch),
    ),
    Fault(
        name="arguments-done-differ",
        says="The arguments of the done event have a space more than the deltas and the item.",
        breaks=one("stream.sum.arguments"),
        events=edit(
            "response.function_call_arguments.done",
            by=lambda event: {**event, "arguments": event["arguments"] + " "},
        ),
    ),
    Fault(
        name="item-arguments-differ",
        says="The arguments inside a function call have a space more than what was streamed.",
        breaks=one("stream.sum.arguments-item"),
        item=in_item(
            "function_call", lambda item: {**item, "arguments": item["arguments"] and item["arguments"] + " "}
        ),
    ),
    Fault(
        name="custom-input-differs",
        says="The input inside a custom tool call has a space more than what was streamed.",
        breaks=one("stream.sum.custom-input"),
        item=in_item("custom_tool_call", lambda item: {**item, "input": item["input"] and item["input"] + " "}),
    ),
    Fault(
        name="annotations-not-announced",
        says="Annotations stand in the part but are never announced.",
        breaks=one("stream.sum.annotations"),
        events=drop("response.output_text.annotation.added"),
    ),
    Fault(
        name="delta-logprobs-missing",
        says="Text deltas carry no logprobs.",
        breaks=one("stream.logprobs.list"),
        implies=one("stream.schema.output-text"),
        events=edit("response.output_text.delta", by=lambda event: without(event, "logprobs")),
    ),
    Fault(
        name="empty-delta",
        says="A stream holds an empty delta.",
        breaks=one("stream.delta.not-empty"),
        events=say_nothing,
    ),
    Fault(
        name="sealed-only-at-the-end",
        says="Encrypted content stands in the terminal event and not in the done event of its item.",
        breaks=one("stream.encrypted-content.in-done"),
        events=seal_late,
    ),
)
