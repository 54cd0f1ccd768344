"""Events of items and parts that are lost, repeated or out of order."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

from antiphon.server.behaviour.fault import Events
from antiphon.server.faults.base import fault
from antiphon.server.faults.edits import put
from antiphon.server.faults.rewrites import ADDED, Rewrite, drop, edit, in_text_part, insert_after, repeat_events, swap
from antiphon.server.json_values import Event


def insert_into(kind: str, make: Callable[[Event], Event]) -> Rewrite:
    """Send one event more after the announcement of an item of one type."""
    return insert_after(ADDED, lambda event: [make(event)] if event["item"]["type"] == kind else [])


def search(event: Event) -> Event:
    place = {"output_index": event["output_index"], "item_id": event["item"]["id"]}
    return {"type": "response.web_search_call.searching", **place}


def open_part(event: Event) -> Event:
    place = {"output_index": event["output_index"], "item_id": event["item"]["id"], "content_index": 0}
    part = {"type": "output_text", "annotations": [], "logprobs": [], "text": ""}
    return {"type": "response.content_part.added", **place, "part": part}


async def nest_part(events: Events) -> AsyncIterator[Event]:
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


async def annotate_late(events: Events) -> AsyncIterator[Event]:
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
    fault(
        "part-added-lost",
        "Content parts are never announced.",
        "stream.part.added-before-delta",
        events=drop("response.content_part.added"),
        implies="stream.order.message stream.order.text-part stream.order.refusal-part",
    ),
    fault(
        "part-added-filled",
        "A text part is announced with text.",
        "stream.part.added-empty",
        events=edit("response.content_part.added", by=in_text_part(put(text="Hello"))),
    ),
    fault(
        "part-done-lost",
        "Content parts are never closed.",
        "stream.part.done-closes",
        events=drop("response.content_part.done"),
        implies="stream.order.message stream.order.text-part",
    ),
    fault(
        "part-done-twice",
        "A content part is closed twice.",
        "stream.part.done-once",
        events=repeat_events("response.content_part.done"),
    ),
    fault(
        "part-done-of-other-type",
        "A part of text is closed as a refusal.",
        "stream.part.same-type",
        events=edit("response.content_part.done", by=in_text_part(put(type="refusal"))),
        implies="stream.schema.content-part",
    ),
    fault(
        "text-done-lost",
        "The whole text of a part is never told.",
        "stream.part.text-done",
        events=drop("response.output_text.done"),
        implies="stream.order.text-part",
    ),
    fault(
        "part-within-call",
        "A content part is opened in a file search.",
        "stream.part.in-message",
        events=insert_into("file_search_call", open_part),
    ),
    fault(
        "part-within-part",
        "A part is opened before the one before it is closed.",
        "stream.order.message stream.content-index.is-place",
        events=nest_part,
    ),
    fault(
        "annotations-after-text",
        "Annotations are announced when the whole text was told.",
        "stream.order.text-part",
        events=annotate_late,
    ),
    fault(
        "refusal-done-twice",
        "response.refusal.done is sent twice.",
        "stream.order.refusal-part",
        events=repeat_events("response.refusal.done"),
    ),
    fault(
        "function-call-arguments-done-twice",
        "response.function_call_arguments.done is sent twice.",
        "stream.order.function-call",
        events=repeat_events("response.function_call_arguments.done"),
    ),
    fault(
        "arguments-done-lost",
        "The arguments of a function call are never told whole.",
        "stream.order.function-call-done",
        events=drop("response.function_call_arguments.done"),
        implies="stream.order.function-call",
    ),
    fault(
        "custom-tool-call-input-done-twice",
        "response.custom_tool_call_input.done is sent twice.",
        "stream.order.custom-tool-call",
        events=repeat_events("response.custom_tool_call_input.done"),
    ),
    fault(
        "reasoning-summary-text-done-twice",
        "response.reasoning_summary_text.done is sent twice.",
        "stream.order.reasoning-summary",
        events=repeat_events("response.reasoning_summary_text.done"),
    ),
    fault(
        "searching-before-in-progress",
        "A web search is searching before it is in progress.",
        "stream.order.web-search-call",
        events=swap(lambda event: event["type"] == "response.web_search_call.in_progress"),
    ),
    fault(
        "search-events-lost",
        "A file search tells nothing of its progress but its end.",
        "stream.order.file-search-call",
        events=drop("response.file_search_call.in_progress", "response.file_search_call.searching"),
    ),
    fault(
        "code-interpreter-call-interpreting-twice",
        "response.code_interpreter_call.interpreting is sent twice.",
        "stream.order.code-interpreter-call",
        events=repeat_events("response.code_interpreter_call.interpreting"),
    ),
    fault(
        "image-generation-call-generating-twice",
        "response.image_generation_call.generating is sent twice.",
        "stream.order.image-generation-call",
        events=repeat_events("response.image_generation_call.generating"),
    ),
    fault(
        "mcp-list-tools-in-progress-twice",
        "response.mcp_list_tools.in_progress is sent twice.",
        "stream.order.mcp-list-tools",
        events=repeat_events("response.mcp_list_tools.in_progress"),
    ),
    fault(
        "mcp-call-completed-twice",
        "response.mcp_call.completed is sent twice.",
        "stream.order.mcp-call",
        events=repeat_events("response.mcp_call.completed"),
    ),
    fault(
        "shell-call-command-done-twice",
        "response.shell_call_command.done is sent twice.",
        "stream.order.shell-call",
        events=repeat_events("response.shell_call_command.done"),
    ),
    fault(
        "shell-call-output-content-done-twice",
        "response.shell_call_output_content.done is sent twice.",
        "stream.order.shell-call-output",
        events=repeat_events("response.shell_call_output_content.done"),
    ),
    fault(
        "apply-patch-call-operation-diff-done-twice",
        "response.apply_patch_call_operation_diff.done is sent twice.",
        "stream.order.apply-patch-call",
        events=repeat_events("response.apply_patch_call_operation_diff.done"),
    ),
    fault(
        "search-within-compaction",
        "A compaction has the event of a search.",
        "stream.order.compaction",
        events=insert_into("compaction", search),
    ),
    fault(
        "search-within-computer-call",
        "A computer call has the event of a search.",
        "stream.order.atomic",
        events=insert_into("computer_call", search),
    ),
    fault(
        "search-within-custom-call",
        "A custom tool call has the event of a search.",
        "stream.order.event-fits-item",
        events=insert_into("custom_tool_call", search),
    ),
)
