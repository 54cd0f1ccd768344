"""Numbered blocks in the analysis: content parts, summary parts, shell commands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from antiphon.contract.streams import BlockRow, EventRow, StateMachine, Tables
from antiphon.judge.grammar.problems import Problems
from antiphon.judge.grammar.stream_state import BlockState, ItemState, StreamText
from antiphon.judge.grammar.text_accumulator import TextAccumulator
from antiphon.judge.walk_requirements import ANNOTATION_INDEX, ANNOTATIONS, CONTENT_IS_PLACE

ANNOTATION = "response.output_text.annotation.added"


class Blocks:
    """Effects of block events on the blocks of an item."""

    def __init__(self, tables: Tables, problems: Problems, hearing: TextAccumulator) -> None:
        self._tables = tables
        self._problems = problems
        self._accumulator = hearing
        self._seen: set[tuple[str, str]] = set()
        self._annotated = False

    def take(self, number: int, event: Mapping[str, Any], row: EventRow, item: ItemState) -> StreamText | None:
        """Apply an event to its block; returns the text that it adds to, if any."""
        table = self._tables.blocks[row.block or ""]
        index = event.get(table.index)
        if type(index) is not int:
            if "absent" in table.blame:
                self._problems.add(table.blame["absent"], number, "an integer", index, pointer=f"/{table.index}")
            index = None
        if row.role == "opens":
            self._open(number, event, table, item, index)
            return None
        block, late = self._find(number, row, table, item, index)
        if late and row.role != "delta":
            return None
        if not late and not self._step(number, event, row, block):
            return None
        heard = self._accumulator.accumulate(number, event, row, block.texts, partly=item.partly or block.ghost)
        if row.role == "closes":
            self._close(number, event, block, item)
        return None if late else heard

    def _open(self, number: int, event: Mapping[str, Any], table: BlockRow, item: ItemState, index: int | None) -> None:
        blocks = item.blocks.setdefault(table.name, [])
        recent = [block for block in _recent(blocks) if block.index == index]
        known = next((block for block in recent if block.ghost or block.closed_at is None), None)
        part = event.get("part")
        kind = _type(part) or _only(table)
        if known is not None and known.ghost:
            known.ghost, known.kind = False, kind
            return
        expected = len(blocks)
        begins = not blocks and (item.partly or item.ghost)
        doubtful = index is not None and index != expected and not begins
        if doubtful:
            self._problems.add(table.blame["gap"], number, expected, index, pointer=f"/{table.index}")
            if known is not None:
                return
        machine = table.kinds.get(kind)
        if begins and index:
            expected = index
        block = BlockState(table, kind, machine, expected, index, machine.start if machine else None, number, doubtful)
        blocks.append(block)
        self._seen.add((table.name, kind))
        if machine and machine.text and isinstance(part, dict) and part.get(machine.text):
            self._problems.add(table.blame["full"], number, "", part[machine.text], pointer=f"/part/{machine.text}")

    def _find(
        self, number: int, row: EventRow, table: BlockRow, item: ItemState, index: int | None
    ) -> tuple[BlockState, bool]:
        """The block of an event, and whether the event comes too late."""
        blocks = item.blocks.setdefault(table.name, [])
        recent = _recent(blocks)
        opened = [block for block in recent if block.closed_at is None]
        for block in opened:
            if index is None or block.index == index:
                return block, False
        for block in opened:
            if block.doubtful and block.number == index:
                block.index, block.doubtful = index, False
                return block, False
        late = next((block for block in recent if index is None or block.index == index), None)
        if late is not None:
            requirement = table.blame["again"]
            self._problems.add_once(late.blamed, requirement, number, f"nothing after {table.closes}", row.type)
            return late, True
        if len(opened) == 1 and "moved" in table.blame:
            self._problems.add_once(opened[0].blamed, table.blame["moved"], number, opened[0].index, index)
            opened[0].doubtful = True
            return opened[0], False
        return self._unopened(number, row, table, item, index), False

    def _unopened(self, number: int, row: EventRow, table: BlockRow, item: ItemState, index: int | None) -> BlockState:
        blocks = item.blocks[table.name]
        begins = not blocks and (item.partly or item.ghost)
        if table.opens is not None and not begins:
            self._problems.add(table.blame["unopened"], number, table.opens, row.type)
        elif table.opens is None and "gap" in table.blame and index not in (None, len(blocks)) and not begins:
            self._problems.add(table.blame["gap"], number, len(blocks), index, pointer=f"/{table.index}")
        kind = next(iter(row.kind), _only(table))
        machine = table.kinds.get(kind)
        state = machine.start if machine and table.opens is None and not begins else None
        place = index if index is not None and begins else len(blocks)
        block = BlockState(table, kind, machine, place, index, state, number, ghost=table.opens is not None)
        blocks.append(block)
        self._seen.add((table.name, kind))
        return block

    def _step(self, number: int, event: Mapping[str, Any], row: EventRow, block: BlockState) -> bool:
        """Move the block's machine; whether the event counts."""
        machine = block.machine
        if row.role == "closes":
            return True
        if machine is not None and row.kind and block.kind not in row.kind:
            self._problems.add_once(block.blamed, machine.order, number, f"an event of {block.kind}", row.type)
            return False
        if row.type == ANNOTATION:
            self._annotate(number, event, block)
        if machine is None or block.state is None:
            return True
        target = machine.states.get(block.state, {}).get(row.type)
        if target is None:
            self._refuse(number, row, block, machine)
        else:
            block.state = target
        return True

    def _refuse(self, number: int, row: EventRow, block: BlockState, machine: StateMachine) -> None:
        allowed = ", ".join(machine.states.get(block.state or "", {})) or block.row.closes
        requirement = machine.unfinished if row.role == "done" else machine.order
        self._problems.add_once(block.blamed, requirement, number, allowed, row.type, f"{block.kind} is {block.state}")

    def _annotate(self, number: int, event: Mapping[str, Any], block: BlockState) -> None:
        self._annotated = True
        index, expected = event.get("annotation_index"), len(block.annotations)
        if type(index) is int and index != expected and not block.ghost:
            block.blamed.add(ANNOTATION_INDEX)
            self._problems.add(ANNOTATION_INDEX, number, expected, index, pointer="/annotation_index")
        block.annotations.append(event.get("annotation"))

    def _close(self, number: int, event: Mapping[str, Any], block: BlockState, item: ItemState) -> None:
        block.closed_at, block.part = number, event.get("part")
        table = block.row
        kind = _type(block.part)
        if kind is not None and kind != block.kind and "type" in table.blame and not block.ghost:
            block.blamed.add(table.blame["type"])
            self._problems.add(table.blame["type"], number, block.kind, kind, pointer="/part/type")
        later = item.blocks[table.name][-1]
        overlap = table.overlap.get(item.type or "")
        if overlap and later is not block and later.opened_at > block.opened_at:
            self._problems.add_once(item.blamed, overlap, later.opened_at, f"{table.closes} before", "a new part")

    def judged_requirements(self) -> set[str]:
        """The requirements about blocks that the stream could show."""
        judged: set[str] = set()
        for name, kind in self._seen:
            table = self._tables.blocks[name]
            judged |= set(table.blame.values()) | set(table.overlap.values() if name == "summary" else ())
            machine = table.kinds.get(kind)
            if machine:
                judged |= {machine.order, machine.unfinished}
            if kind == "output_text":
                judged |= {ANNOTATIONS, "stream.order.message"}
            elif kind == "refusal":
                judged.add("stream.order.message")
            if name == "content":
                judged.add(CONTENT_IS_PLACE)
        if self._annotated:
            judged.add(ANNOTATION_INDEX)
        return judged


def _recent(blocks: list[BlockState]) -> list[BlockState]:
    """The last blocks, newest first; older ones are not searched, so that a walk stays linear."""
    return blocks[:-17:-1]


def _type(part: Any) -> str | None:
    kind = part.get("type") if isinstance(part, dict) else None
    return kind if isinstance(kind, str) else None


def _only(table: BlockRow) -> str:
    return next(iter(table.kinds)) if len(table.kinds) == 1 else "unknown"
