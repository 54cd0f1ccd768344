"""Deltas that do not add up to the finished content."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from antiphon.server.behaviour.fault import Events
from antiphon.server.faults.base import fault
from antiphon.server.faults.edits import in_item, in_parts, lose, put
from antiphon.server.faults.rewrites import (
    drop,
    drop_nth,
    edit,
    event_at,
    in_text_part,
    insert_after,
    number_lane,
    shift,
)
from antiphon.server.json_values import Event, Json


async def repeat_delta(events: Events) -> AsyncIterator[Event]:
    repeated = False
    async for event in events:
        yield event
        if event["type"] == "response.output_text.delta" and not repeated:
            repeated = True
            yield event


async def say_nothing(events: Events) -> AsyncIterator[Event]:
    async for event in events:
        if event["type"] == "response.output_text.done":
            place = {name: event[name] for name in ("item_id", "output_index", "content_index")}
            yield {"type": "response.output_text.delta", **place, "delta": "", "logprobs": []}
        yield event


def stretch(part: Json) -> Json:
    return {**part, "text": part["text"] + " "}


def reason_aloud(event: Event) -> Iterator[Event]:
    """Reasoning text beside the summary; its end comes twice and is not what was streamed."""
    part: Json = {"type": "reasoning_text", "text": ""}
    yield event_at(event, "response.content_part.added", content_index=0, part=part)
    yield number_lane(event_at(event, "response.reasoning_text.delta", content_index=0, delta="Hm."))
    for _ in range(2):
        yield event_at(event, "response.reasoning_text.done", content_index=0, text="Hm!")
    yield event_at(event, "response.content_part.done", content_index=0, part={**part, "text": "Hm!"})


PARTIAL_IMAGE = "response.image_generation_call.partial_image"


def change_output(event: Event) -> Event:
    return {**event, "output": [{**each, "stdout": each["stdout"] + "!"} for each in event["output"]]}


FAULTS = (
    fault(
        "no-text-deltas",
        "A text comes whole in its done event, without deltas.",
        "stream.delta.has-deltas",
        events=drop("response.output_text.delta"),
        implies="sse.arrives-as-made",
    ),
    fault(
        "no-arguments-deltas",
        "Arguments come whole in their done event, without deltas.",
        "stream.delta.has-deltas",
        events=drop("response.function_call_arguments.delta"),
    ),
    fault("empty-delta", "A stream holds an empty delta.", "stream.delta.not-empty", events=say_nothing),
    fault(
        "delta-in-a-box",
        "The delta of a custom tool's input is an object.",
        "stream.delta.string",
        events=edit(
            "response.custom_tool_call_input.delta", by=lambda event: {**event, "delta": {"text": event["delta"]}}
        ),
    ),
    fault(
        "delta-logprobs-missing",
        "Text deltas carry no logprobs.",
        "stream.logprobs.list",
        events=edit("response.output_text.delta", by=lose("logprobs")),
        implies="stream.schema.output-text",
    ),
    fault(
        "obfuscation-on-done",
        "Events other than deltas carry obfuscation.",
        "stream.obfuscation.only-on-deltas",
        numbered=edit("response.output_text.done", by=put(obfuscation="abc")),
        implies="stream.obfuscation.all-or-none stream.obfuscation.off",
    ),
    fault(
        "obfuscation-not-switched-off",
        "Deltas carry obfuscation though the request switches it off.",
        "stream.obfuscation.off",
        policy={"obfuscates_always": True},
    ),
    fault(
        "text-delta-lost",
        "One delta of a text never arrives.",
        "stream.sum.text",
        events=drop_nth("response.output_text.delta"),
    ),
    fault("text-delta-twice", "The first delta of a text is sent twice.", "stream.sum.text", events=repeat_delta),
    fault(
        "text-done-differs",
        "The text of output_text.done has a space more than its deltas and its part.",
        "stream.sum.text",
        events=edit("response.output_text.done", by=lambda event: {**event, "text": event["text"] + " "}),
        implies="stream.sum.text-part",
    ),
    fault(
        "part-done-differs",
        "A part that is done has a space more than the text that was streamed.",
        "stream.sum.text-part",
        events=edit("response.content_part.done", by=in_text_part(lambda part: {**part, "text": part["text"] + " "})),
    ),
    fault(
        "item-text-differs",
        "The text inside an item has a space more than what was streamed.",
        "stream.sum.text-item",
        item=in_parts(stretch),
        implies="modes.turn-appended modes.input-listed",
    ),
    fault(
        "refusal-delta-lost",
        "One delta of a refusal never arrives.",
        "stream.sum.refusal",
        events=drop_nth("response.refusal.delta"),
    ),
    fault(
        "arguments-delta-lost",
        "One delta of function arguments never arrives.",
        "stream.sum.arguments",
        events=drop_nth("response.function_call_arguments.delta"),
    ),
    fault(
        "arguments-done-differ",
        "The arguments of the done event have a space more than the deltas and the item.",
        "stream.sum.arguments",
        events=edit(
            "response.function_call_arguments.done", by=lambda event: {**event, "arguments": event["arguments"] + " "}
        ),
    ),
    fault(
        "item-arguments-differ",
        "The arguments inside a function call have a space more than what was streamed.",
        "stream.sum.arguments-item",
        item=in_item(
            "function_call", lambda item: {**item, "arguments": item["arguments"] and item["arguments"] + " "}
        ),
        implies="input-items.calls-as-sent modes.input-listed modes.turn-appended",
    ),
    fault(
        "custom-input-differs",
        "The input inside a custom tool call has a space more than what was streamed.",
        "stream.sum.custom-input",
        item=in_item("custom_tool_call", lambda item: {**item, "input": item["input"] and item["input"] + " "}),
        implies="tools.custom-input-fits",
    ),
    fault(
        "code-delta-lost",
        "One delta of interpreter code never arrives.",
        "stream.sum.code",
        events=drop_nth("response.code_interpreter_call_code.delta"),
    ),
    fault(
        "summary-delta-lost",
        "One delta of a reasoning summary never arrives.",
        "stream.sum.summary",
        events=drop_nth("response.reasoning_summary_text.delta"),
    ),
    fault(
        "reasoning-aloud",
        "Reasoning text is streamed that does not add up.",
        "stream.sum.reasoning-text stream.order.reasoning-text stream.schema.reasoning-text",
        events=insert_after("response.reasoning_summary_part.done", reason_aloud),
    ),
    fault(
        "mcp-arguments-delta-lost",
        "One delta of remote arguments never arrives.",
        "stream.sum.mcp-arguments",
        events=drop_nth("response.mcp_call_arguments.delta"),
    ),
    fault(
        "shell-command-delta-lost",
        "One delta of a shell command never arrives.",
        "stream.sum.shell-command",
        events=drop_nth("response.shell_call_command.delta"),
    ),
    fault(
        "shell-output-differs",
        "The output of a shell command has a character more when it is done.",
        "stream.sum.shell-output",
        events=edit("response.shell_call_output_content.done", by=change_output),
    ),
    fault(
        "patch-diff-shortened",
        "The diff of the done event lacks its last character.",
        "stream.sum.patch-diff",
        events=edit(
            "response.apply_patch_call_operation_diff.done", by=lambda event: {**event, "diff": event["diff"][:-1]}
        ),
    ),
    fault(
        "annotations-not-announced",
        "Annotations stand in the part but are never announced.",
        "stream.sum.annotations",
        events=drop("response.output_text.annotation.added"),
    ),
    fault(
        "partial-image-from-one",
        "The first partial image has the index 1.",
        "stream.partial-image.index",
        events=edit(PARTIAL_IMAGE, by=shift("partial_image_index")),
    ),
    fault(
        "partial-image-as-address",
        "A partial image is an address.",
        "stream.partial-image.base64",
        events=edit(
            "response.image_generation_call.partial_image",
            by=put(partial_image_b64="https://example.com/image.png"),
        ),
    ),
)
