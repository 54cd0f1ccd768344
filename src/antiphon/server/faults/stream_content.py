"""Streams whose parts do not add up to the whole."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

from antiphon.server.faults.base import Events, Fault, one
from antiphon.server.faults.shaping import (
    EARLY,
    ENDINGS,
    drop,
    drop_nth,
    edit,
    edit_item,
    edit_response,
    in_item,
    in_parts,
    without,
)
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


def prefilled(event: Event) -> Event:
    part = event["part"]
    return {**event, "part": {**part, "text": "Hello"}} if part["type"] == "output_text" else event


async def say_nothing(events: Events) -> AsyncIterator[Event]:
    async for event in events:
        if event["type"] == "response.output_text.done":
            place = {name: event[name] for name in ("item_id", "output_index", "content_index")}
            yield {"type": "response.output_text.delta", **place, "delta": "", "logprobs": []}
        yield event


def stretch(part: Json) -> Json:
    return {**part, "text": part["text"] + " "}


def hide_final_usage(event: Event) -> Event:
    return {**event, "response": without(event["response"], "usage")}


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
        breaks=one("stream.delta.has-deltas", "stream.sum.text"),
        implies=one("sse.arrives-as-made"),
        events=drop("response.output_text.delta"),
    ),
    Fault(
        name="no-arguments-deltas",
        says="Arguments come whole in their done event, without deltas.",
        breaks=one("stream.delta.has-deltas", "stream.sum.arguments"),
        events=drop("response.function_call_arguments.delta"),
    ),
    Fault(
        name="text-done-differs",
        says="The text of output_text.done has a space more than its deltas and its part.",
        breaks=one("stream.sum.text", "stream.sum.text-part"),
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
        breaks=one("stream.sum.arguments", "stream.sum.arguments-item"),
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
        name="final-output-empty",
        says="The response in the terminal event has an empty output.",
        breaks=one("stream.final.output-equals-items"),
        implies=one(
            "stream.final.equals-retrieved",
            "stream.output-index.is-place",
            "stream.item-id.in-final",
            "stream.content-index.is-place",
            "create.same-with-stream",
            "tools.required-calls",
            "tools.streamed-call-complete",
            "structured.streamed-valid",
        ),
        events=edit_response(*ENDINGS, output=[]),
    ),
    Fault(
        name="final-usage-missing",
        says="The response in the terminal event has no usage.",
        breaks=one("stream.usage.in-terminal", "response.field.usage"),
        implies=one(
            "stream.final.equals-retrieved", "stream.final.same-keys-as-plain", "stream.lifecycle.whole-response"
        ),
        events=edit(*ENDINGS, by=hide_final_usage),
    ),
    Fault(
        name="early-usage-zero",
        says="Usage is all zeros instead of null before the end.",
        breaks=one("stream.usage.null-until-terminal", "usage.null-until-finished"),
        events=edit_response(
            *EARLY,
            usage={
                "input_tokens": 0,
                "input_tokens_details": {"cache_write_tokens": 0, "cached_tokens": 0},
                "output_tokens": 0,
                "output_tokens_details": {"reasoning_tokens": 0},
                "total_tokens": 0,
            },
        ),
    ),
    Fault(
        name="early-status-completed",
        says="The response in response.in_progress is already completed.",
        breaks=one("stream.lifecycle.early-status"),
        implies=one("response.field.usage"),
        events=edit_response("response.in_progress", status="completed"),
    ),
    Fault(
        name="early-response-bare",
        says="response.created carries an id and a status and nothing else.",
        breaks=one("stream.lifecycle.whole-response"),
        implies=one(
            "stream.lifecycle.early-output-empty",
            "stream.lifecycle.constant-created-at",
            "stream.lifecycle.constant-model",
            "stream.lifecycle.early-nulls",
            "stream.schema.lifecycle",
            "metadata.in-stream",
        ),
        events=edit(
            "response.created",
            by=lambda event: {
                **event,
                "response": {name: event["response"][name] for name in ("id", "object", "status")},
            },
        ),
    ),
    Fault(
        name="message-added-filled",
        says="A message is announced with its content.",
        breaks=one("stream.added.message-empty"),
        events=edit_item(
            "response.output_item.added",
            of="message",
            content=[{"type": "output_text", "annotations": [], "logprobs": [], "text": "Hello"}],
        ),
    ),
    Fault(
        name="function-call-added-filled",
        says="A function call is announced with its arguments.",
        breaks=one("stream.added.function-call-empty"),
        events=edit_item("response.output_item.added", of="function_call", arguments="{}"),
    ),
    Fault(
        name="part-added-filled",
        says="A text part is announced with text.",
        breaks=one("stream.part.added-empty"),
        events=edit("response.content_part.added", by=prefilled),
    ),
    Fault(
        name="item-added-completed",
        says="A message is announced as completed.",
        breaks=one("stream.item.added-status"),
        events=edit_item("response.output_item.added", of="message", status="completed"),
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
        name="obfuscation-on-done",
        says="Events other than deltas carry obfuscation.",
        breaks=one("stream.obfuscation.only-on-deltas"),
        implies=one("stream.obfuscation.off"),
        numbered=edit("response.output_text.done", by=lambda event: {**event, "obfuscation": "abc"}),
    ),
    Fault(
        name="obfuscation-not-switched-off",
        says="Deltas carry obfuscation though the request switches it off.",
        breaks=one("stream.obfuscation.off"),
        policy={"obfuscates_always": True},
    ),
    Fault(
        name="sealed-only-at-the-end",
        says="Encrypted content stands in the terminal event and not in the done event of its item.",
        breaks=one("stream.encrypted-content.in-done"),
        events=seal_late,
    ),
)
