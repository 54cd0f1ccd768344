"""Events with a member that is missing or of a wrong type, and announcements that hold too much."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

from antiphon.server.faults.base import Events, Fault, one
from antiphon.server.faults.shaping import EARLY, ENDINGS, edit, edit_item, without
from antiphon.server.store import Event

FAMILIES = (
    "content-part", "output-text", "refusal", "function-call-arguments", "custom-tool-call-input",
    "reasoning-summary-part", "reasoning-summary-text", "web-search-call", "file-search-call", "code-interpreter-call",
    "code-interpreter-call-code", "image-generation-call", "mcp-list-tools", "mcp-call", "mcp-call-arguments",
    "shell-call-command", "shell-call-output-content", "apply-patch-call-operation-diff",
)  # fmt: skip
"""The families of events of which the name is the beginning of their types."""


def beginning(family: str) -> str:
    return f"response.{family.replace('-', '_')}."


async def numbered_lanes(events: Events) -> AsyncIterator[Event]:
    """Every event of a family names its lane by a number."""
    begin = tuple(beginning(family) for family in FAMILIES)
    async for event in events:
        yield {**event, "stream_id": 5} if event["type"].startswith(begin) else event


FILLED: Mapping[str, dict[str, Any]] = {
    "custom_tool_call": {"input": "hello"},
    "code_interpreter_call": {"code": "print()"},
    "mcp_call": {"arguments": "{}"},
    "mcp_list_tools": {"tools": [{"name": "hello", "input_schema": {}}]},
}


def shifted(name: str) -> Any:
    return lambda event: {**event, name: event[name] + 1}


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


def boxed(event: Event) -> Event:
    return {**event, "delta": {"text": event["delta"]}}


def diff_shortened(event: Event) -> Event:
    return {**event, "diff": event["diff"][:-1]}


def output_changed(event: Event) -> Event:
    return {**event, "output": [{**each, "stdout": each["stdout"] + "!"} for each in event["output"]]}


def part_stretched(event: Event) -> Event:
    part = event["part"]
    return {**event, "part": {**part, "text": part["text"] + " "}} if part["type"] == "output_text" else event


def part_renamed(event: Event) -> Event:
    part = event["part"]
    return {**event, "part": {**part, "type": "refusal"}} if part["type"] == "output_text" else event


def other_place(event: Event) -> Event:
    return {**event, "output_index": event["output_index"] + 7}


async def first_item_cut(events: Events) -> AsyncIterator[Event]:
    """The first of several items is done as incomplete."""
    async for event in events:
        first = event["type"] == "response.output_item.done" and event["item"]["type"] == "web_search_call"
        yield {**event, "item": {**event["item"], "status": "incomplete"}} if first else event


def final_ids(event: Event) -> Event:
    response = event["response"]
    output = [{**item, "id": "ctc_" + "1" * 48} if item["type"] == "custom_tool_call" else item
              for item in response["output"]]  # fmt: skip
    return {**event, "response": {**response, "output": output}}


async def lists_left_open(events: Events) -> AsyncIterator[Event]:
    async for event in events:
        if event["type"] != "response.output_item.done" or event["item"]["type"] != "mcp_list_tools":
            yield event


LIFECYCLE = (*EARLY, *ENDINGS)


def told_by(event: Event, type: str, **members: Any) -> Event:
    """An event at the place of another."""
    place: dict[str, Any] = {name: event[name] for name in ("item_id", "output_index") if name in event}
    return {"type": type, **place, **members}


async def reasons_aloud(events: Events) -> AsyncIterator[Event]:
    """Reasoning text is streamed besides the summary; its end is told twice and is not what was streamed."""
    async for event in events:
        yield event
        if event["type"] == "response.reasoning_summary_part.done":
            part = {"type": "reasoning_text", "text": ""}
            yield told_by(event, "response.content_part.added", content_index=0, part=part)
            yield told_by(event, "response.reasoning_text.delta", content_index=0, delta="Hm.", stream_id=5)
            for _ in range(2):
                yield told_by(event, "response.reasoning_text.done", content_index=0, text="Hm!")
            yield told_by(event, "response.content_part.done", content_index=0, part={**part, "text": "Hm!"})


async def notices(events: Events) -> AsyncIterator[Event]:
    """Notices that are seldom sent, each with a member that is a number."""
    async for event in events:
        yield event
        if event["type"] == "response.in_progress":
            yield {"type": "keepalive", "stream_id": 5}
            yield {"type": "response.audio.transcript.delta", "delta": "Hello", "stream_id": 5}
        elif event["type"] == "response.output_item.added" and event["item"]["type"] == "compaction":
            place = {"item_id": event["item"]["id"], "output_index": event["output_index"]}
            yield {"type": "response.compaction.compacting", **place, "stream_id": 5}


async def one_item_id(events: Events) -> AsyncIterator[Event]:
    """All items of a stream share the id of the first."""
    first = ""
    async for event in events:
        if "item" in event:
            first = first or event["item"]["id"]
            event = {**event, "item": {**event["item"], "id": first}}
        yield {**event, "item_id": first} if "item_id" in event else event


FAULTS = (
    Fault(
        name="reasoning-aloud",
        says="Reasoning text is streamed that does not add up.",
        breaks=one("stream.sum.reasoning-text", "stream.order.reasoning-text", "stream.schema.reasoning-text"),
        events=reasons_aloud,
    ),
    Fault(
        name="notices-misshapen",
        says="Notices name a lane by a number.",
        breaks=one("stream.schema.keepalive", "stream.schema.audio", "stream.schema.compaction"),
        events=notices,
    ),
    Fault(
        name="lifecycle-lane-number",
        says="Lifecycle events name a lane by a number.",
        breaks=one("stream.schema.lifecycle"),
        events=edit(*LIFECYCLE, by=lambda event: {**event, "stream_id": 5}),
    ),
    Fault(
        name="stream-items-share-id",
        says="All items of a stream share the id of the first.",
        breaks=one("stream.item-id.unique"),
        events=one_item_id,
    ),
    Fault(
        name="stream-id-number",
        says="Events name a lane by a number.",
        breaks=one(*(f"stream.schema.{family}" for family in FAMILIES)),
        events=numbered_lanes,
    ),
    *(
        Fault(
            name=f"{name.replace('_', '-')}-from-one",
            says=f"The first {name} is 1.",
            breaks=one(f"stream.{name.replace('_', '-')}.contiguous"),
            events=edit(*types, by=shifted(name)),
        )
        for name, types in INDICES.items()
    ),
    Fault(
        name="partial-image-from-one",
        says="The first partial image has the index 1.",
        breaks=one("stream.partial-image.index"),
        events=edit("response.image_generation_call.partial_image", by=shifted("partial_image_index")),
    ),
    Fault(
        name="partial-image-as-address",
        says="A partial image is an address.",
        breaks=one("stream.partial-image.base64"),
        events=edit(
            "response.image_generation_call.partial_image",
            by=lambda event: {**event, "partial_image_b64": "https://example.com/image.png"},
        ),
    ),
    Fault(
        name="delta-in-a-box",
        says="The delta of a custom tool's input is an object.",
        breaks=one("stream.delta.string"),
        events=edit("response.custom_tool_call_input.delta", by=boxed),
    ),
    Fault(
        name="patch-diff-shortened",
        says="The diff of the done event lacks its last character.",
        breaks=one("stream.sum.patch-diff"),
        events=edit("response.apply_patch_call_operation_diff.done", by=diff_shortened),
    ),
    Fault(
        name="shell-output-differs",
        says="The output of a shell command has a character more when it is done.",
        breaks=one("stream.sum.shell-output"),
        events=edit("response.shell_call_output_content.done", by=output_changed),
    ),
    Fault(
        name="part-done-differs",
        says="A part that is done has a space more than the text that was streamed.",
        breaks=one("stream.sum.text-part"),
        events=edit("response.content_part.done", by=part_stretched),
    ),
    Fault(
        name="part-done-of-other-type",
        says="A part of text is closed as a refusal.",
        breaks=one("stream.part.same-type"),
        events=edit("response.content_part.done", by=part_renamed),
    ),
    Fault(
        name="output-index-wanders",
        says="The progress of a file search has another output_index than its item.",
        breaks=one("stream.output-index.constant"),
        events=edit("response.file_search_call.searching", by=other_place),
    ),
    Fault(
        name="item-id-unsaid",
        says="The done event of a custom tool's input does not name its item.",
        breaks=one("stream.item-id.present"),
        events=edit("response.custom_tool_call_input.done", by=lambda event: without(event, "item_id")),
    ),
    Fault(
        name="content-index-unsaid",
        says="The done event of a refusal does not say which part it is of.",
        breaks=one("stream.content-index.present"),
        events=edit("response.refusal.done", by=lambda event: without(event, "content_index")),
    ),
    Fault(
        name="final-item-renamed",
        says="A custom tool call has another id in the final output.",
        breaks=one("stream.item-id.in-final"),
        events=edit(*ENDINGS, by=final_ids),
    ),
    Fault(
        name="first-item-cut",
        says="An item that others follow is done as incomplete.",
        breaks=one("stream.item.only-last-incomplete"),
        events=first_item_cut,
    ),
    Fault(
        name="item-done-in-progress",
        says="A custom tool call is in progress when it is done.",
        breaks=one("stream.item.done-status"),
        events=edit_item("response.output_item.done", of="custom_tool_call", status="in_progress"),
    ),
    Fault(
        name="item-added-as-other",
        says="A computer call is announced as a local shell call.",
        breaks=one("stream.item.same-type"),
        events=edit_item("response.output_item.added", of="computer_call", type="local_shell_call"),
    ),
    Fault(
        name="item-done-no-object",
        says="The item of a done computer call is its id alone.",
        breaks=one("stream.schema.output-item"),
        events=edit(
            "response.output_item.done",
            by=lambda event: (
                {**event, "item": event["item"]["id"]} if event["item"]["type"] == "computer_call" else event
            ),
        ),
    ),
    Fault(
        name="calls-announced-filled",
        says="Calls are announced with what they are filled with later.",
        breaks=one(
            "stream.added.custom-call-empty",
            "stream.added.code-empty",
            "stream.added.mcp-call-empty",
            "stream.added.mcp-list-empty",
        ),
        events=edit(
            "response.output_item.added",
            by=lambda event: {**event, "item": {**event["item"], **FILLED.get(event["item"]["type"], {})}},
        ),
    ),
    Fault(
        name="function-call-announced-nameless",
        says="A function call is announced without its name.",
        breaks=one("stream.added.function-call-named"),
        events=edit(
            "response.output_item.added",
            by=lambda event: (
                {**event, "item": without(event["item"], "name")} if event["item"]["type"] == "function_call" else event
            ),
        ),
    ),
    Fault(
        name="tool-list-not-closed",
        says="A list of remote tools is never done.",
        breaks=one("stream.item.done-for-tool-lists"),
        events=lists_left_open,
    ),
    Fault(
        name="error-numbered-late",
        says="The error event of a stream skips a number.",
        breaks=one("stream.error.numbered"),
        numbered=edit("error", by=lambda event: {**event, "sequence_number": event["sequence_number"] + 3}),
    ),
    Fault(
        name="error-event-without-message",
        says="The error event of a stream has no message.",
        breaks=one("stream.error.shape"),
        events=edit("error", by=lambda event: {**event, "error": without(event["error"], "message")}),
    ),
    Fault(
        name="error-event-lane-number",
        says="The error event of a stream names a lane by a number.",
        breaks=one("stream.schema.error"),
        events=edit("error", by=lambda event: {**event, "stream_id": 5}),
    ),
    Fault(
        name="incomplete-event-without-reason",
        says="The response in response.incomplete has no details.",
        breaks=one("stream.incomplete.has-reason"),
        events=edit(
            "response.incomplete",
            by=lambda event: {**event, "response": {**event["response"], "incomplete_details": None}},
        ),
    ),
)
