"""Items of a stream that are not announced or finished as they should be."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

from antiphon.server.behaviour.fault import Events
from antiphon.server.faults.base import fault
from antiphon.server.faults.edits import in_item, lose, without
from antiphon.server.faults.rewrites import ADDED, DONE, drop, edit, edit_item, put_item, repeat_events
from antiphon.server.json_values import Event


def lose_lists(event: Event) -> Event:
    return {**event, "item": without(event["item"], "content", "summary")}


async def close_late(events: Events) -> AsyncIterator[Event]:
    """The done event of an item comes after the added event of the next."""
    held: Event | None = None
    async for event in events:
        if event["type"] == "response.output_item.done":
            held = event
            continue
        if held and event["type"] != "response.output_item.added":
            yield held
            held = None
        yield event
        if held:
            yield held
            held = None


EARLY_CONTENT: Mapping[str, dict[str, Any]] = {
    "custom_tool_call": {"input": "hello"},
    "code_interpreter_call": {"code": "print()"},
    "mcp_call": {"arguments": "{}"},
    "mcp_list_tools": {"tools": [{"name": "hello", "input_schema": {}}]},
}
"""What calls are filled with too early."""


async def leave_lists_open(events: Events) -> AsyncIterator[Event]:
    async for event in events:
        if event["type"] != DONE or event["item"]["type"] != "mcp_list_tools":
            yield event


async def repeat_late(events: Events) -> AsyncIterator[Event]:
    """The completion of a code interpreter call is told again when its item is done."""
    held: Event | None = None
    async for event in events:
        yield event
        if event["type"] == "response.code_interpreter_call.completed":
            held = event
        elif held and event["type"] == "response.output_item.done":
            yield dict(held)
            held = None


FAULTS = (
    fault(
        "item-added-lost",
        "Items are never announced.",
        "stream.item.added-before-use stream.item.done-was-added",
        events=drop("response.output_item.added"),
        implies="stream.output-index.is-place stream.item-id.constant stream.output-index.constant",
    ),
    fault(
        "item-done-lost",
        "Items are never closed.",
        "stream.item.done-for-added",
        events=drop("response.output_item.done"),
        implies="stream.item.done-for-tool-lists stream.final.output-equals-items stream.item.no-overlap "
        "stream.item-id.in-final",
    ),
    fault(
        "item-added-twice",
        "Every item is announced twice.",
        "stream.item.added-once",
        events=repeat_events(ADDED),
        implies="stream.output-index.contiguous stream.output-index.unique stream.item-id.unique "
        "stream.item.no-overlap",
    ),
    fault(
        "tool-list-not-closed",
        "A list of remote tools is never done.",
        "stream.item.done-for-tool-lists",
        events=leave_lists_open,
    ),
    fault(
        "event-after-item-done",
        "An event of an item follows its output_item.done.",
        "stream.item.done-after-events",
        events=repeat_late,
    ),
    fault(
        "items-overlap",
        "An item is closed only after the next one was announced.",
        "stream.item.no-overlap",
        events=close_late,
    ),
    fault(
        "item-added-completed",
        "A function call is announced as completed.",
        "stream.item.added-status",
        events=put_item("response.output_item.added", of="function_call", status="completed"),
    ),
    fault(
        "item-done-in-progress",
        "A custom tool call is in progress when it is done.",
        "stream.item.done-status",
        events=put_item(DONE, of="custom_tool_call", status="in_progress"),
    ),
    fault(
        "item-added-as-other",
        "A computer call is announced as a local shell call.",
        "stream.item.same-type",
        events=put_item(ADDED, of="computer_call", type="local_shell_call"),
        implies="item.schema.local-shell-call",
    ),
    fault(
        "call-name-lost",
        "A function call has no name when it is done.",
        "stream.item.same-call-id",
        events=put_item("response.output_item.done", of="function_call", name=""),
        implies="tools.streamed-call-complete",
    ),
    fault(
        "call-id-changes",
        "A function call is announced with another call_id than it is done with.",
        "stream.item.same-call-id",
        events=put_item("response.output_item.added", of="function_call", call_id="call_elsewhere"),
    ),
    fault(
        "first-item-cut",
        "An item that others follow is done as incomplete.",
        "stream.item.only-last-incomplete",
        events=put_item(DONE, of="web_search_call", status="incomplete"),
        implies="stream.final.output-equals-items",
    ),
    fault(
        "added-without-lists",
        "Items are announced without their lists of content and summary.",
        "stream.added.message-empty stream.added.reasoning-empty",
        events=edit("response.output_item.added", by=lose_lists),
    ),
    fault(
        "message-added-filled",
        "A message is announced with its content.",
        "stream.added.message-empty",
        events=put_item(
            "response.output_item.added",
            of="message",
            content=[{"type": "output_text", "annotations": [], "logprobs": [], "text": "Hello"}],
        ),
    ),
    fault(
        "function-call-added-filled",
        "A function call is announced with its arguments.",
        "stream.added.function-call-empty",
        events=put_item("response.output_item.added", of="function_call", arguments="{}"),
    ),
    fault(
        "function-call-announced-nameless",
        "A function call is announced without its name.",
        "stream.added.function-call-named",
        events=edit_item(ADDED, by=in_item("function_call", lose("name"))),
        implies="item.schema.function-call",
    ),
    fault(
        "calls-announced-filled",
        "Calls are announced with what they are filled with later.",
        "stream.added.custom-call-empty stream.added.code-empty stream.added.mcp-call-empty "
        "stream.added.mcp-list-empty",
        events=edit_item(ADDED, by=lambda item: {**item, **EARLY_CONTENT.get(item["type"], {})}),
    ),
    fault(
        "sealed-only-at-the-end",
        "Encrypted content stands in the terminal event and not in the done event of its item.",
        "stream.encrypted-content.in-done",
        events=edit_item(ADDED, DONE, by=lose("encrypted_content")),
        implies="item.compaction-encrypted",
    ),
)
