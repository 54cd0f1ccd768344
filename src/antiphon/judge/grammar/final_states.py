"""Final states: what an item and its blocks must have when they are done, judged after the last event.

It waits for the end of the stream, because an event that comes too late is one mistake, and not a second one for its
absence before.
"""

from __future__ import annotations

from typing import Any

from antiphon.judge.grammar.problems import Problems
from antiphon.judge.grammar.stream_state import BlockState, ItemState
from antiphon.judge.walk_requirements import DONE_AFTER_EVENTS

ITEM_DONE = "response.output_item.done"


def finish(item: ItemState, problems: Problems) -> None:
    """Report what was open or unfinished when an item or one of its blocks was closed."""
    if DONE_AFTER_EVENTS in item.blamed:
        return
    for blocks in item.blocks.values():
        for block in blocks:
            _finish_block(item, block, problems)
    if item.done_at is not None:
        _finish_item(item, item.done_at, problems)


def _finish_block(item: ItemState, block: BlockState, problems: Problems) -> None:
    table, machine = block.row, block.machine
    if block.closed_at is None:
        if item.done_at is not None and not block.ghost and "unclosed" in table.blame:
            expected = f"{table.closes} of {table.index} {block.number}"
            problems.add(table.blame["unclosed"], item.done_at, expected, ITEM_DONE)
        return
    if machine is None or block.state is None or block.state in machine.ends:
        return
    if not block.blamed & {table.blame["again"], table.blame.get("type")}:
        allowed = ", ".join(machine.states.get(block.state, {}))
        problems.add(machine.unfinished, block.closed_at, allowed, table.closes)


def _finish_item(item: ItemState, done_at: int, problems: Problems) -> None:
    body = item.done if isinstance(item.done, dict) else {}
    machine = item.machine
    if machine is None or item.state is None or item.state in machine.ends:
        return
    value: Any = body
    for key in machine.empty_place:
        value = value.get(key) if isinstance(value, dict) else None
    if item.state in machine.empty_ends and not value:
        return
    if body.get("status") in (None, "completed"):
        item.bad_places |= {"/" + "/".join(machine.empty_place)} if machine.empty_place else set()
        allowed = ", ".join(machine.states[item.state])
        problems.add(machine.unfinished, done_at, allowed, ITEM_DONE, f"{item.name} is {item.state}")
