"""Items of a stream that are announced as something else than they become, or are not done as they should be."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

from antiphon.server.faults.base import Events, breaking
from antiphon.server.faults.shaping import Edit, Rewrite, edit, edit_item, in_item, without
from antiphon.server.store import Event

ADDED, DONE = "response.output_item.added", "response.output_item.done"
FILLED: Mapping[str, dict[str, Any]] = {
    "custom_tool_call": {"input": "hello"},
    "code_interpreter_call": {"code": "print()"},
    "mcp_call": {"arguments": "{}"},
    "mcp_list_tools": {"tools": [{"name": "hello", "input_schema": {}}]},
}
"""What calls are filled with too early."""


def items(type: str, by: Edit) -> Rewrite:
    """Change the item inside the events of a type."""
    return edit(type, by=lambda event: {**event, "item": by(event["item"])})


async def first_item_cut(events: Events) -> AsyncIterator[Event]:
    """The first of several items is done as incomplete."""
    async for event in events:
        first = event["type"] == DONE and event["item"]["type"] == "web_search_call"
        yield {**event, "item": {**event["item"], "status": "incomplete"}} if first else event


async def lists_left_open(events: Events) -> AsyncIterator[Event]:
    async for event in events:
        if event["type"] != DONE or event["item"]["type"] != "mcp_list_tools":
            yield event


FAULTS = (
    breaking(
        "first-item-cut",
        "An item that others follow is done as incomplete.",
        "stream.item.only-last-incomplete",
        events=first_item_cut,
    ),
    breaking(
        "item-done-in-progress",
        "A custom tool call is in progress when it is done.",
        "stream.item.done-status",
        events=edit_item(DONE, of="custom_tool_call", status="in_progress"),
    ),
    breaking(
        "item-added-as-other",
        "A computer call is announced as a local shell call.",
        "stream.item.same-type",
        events=edit_item(ADDED, of="computer_call", type="local_shell_call"),
    ),
    breaking(
        "item-done-no-object",
        "The item of a done computer call is its id alone.",
        "stream.schema.output-item",
        events=items(DONE, in_item("computer_call", lambda item: item["id"])),
    ),
    breaking(
        "calls-announced-filled",
        "Calls are announced with what they are filled with later.",
        "stream.added.custom-call-empty stream.added.code-empty stream.added.mcp-call-empty "
        "stream.added.mcp-list-empty",
        events=items(ADDED, lambda item: {**item, **FILLED.get(item["type"], {})}),
    ),
    breaking(
        "function-call-announced-nameless",
        "A function call is announced without its name.",
        "stream.added.function-call-named",
        events=items(ADDED, in_item("function_call", lambda item: without(item, "name"))),
    ),
    breaking(
        "tool-list-not-closed",
        "A list of remote tools is never done.",
        "stream.item.done-for-tool-lists",
        events=lists_left_open,
    ),
)
