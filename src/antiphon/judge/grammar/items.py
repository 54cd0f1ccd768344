"""Items in the analysis of a stream: opening, finding, filling and closing them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from antiphon.contract.streams import EventRow, Tables
from antiphon.judge.grammar.blocks import Blocks
from antiphon.judge.grammar.item_register import Register
from antiphon.judge.grammar.problems import Problems
from antiphon.judge.grammar.stream_state import ItemState
from antiphon.judge.grammar.text_accumulator import TextAccumulator
from antiphon.judge.walk_requirements import (
    ADDED_BEFORE_USE,
    DONE_AFTER_EVENTS,
    DONE_FOR_ADDED,
    DONE_WAS_ADDED,
    NO_OVERLAP,
    PARTIAL_IMAGE,
)

FITS = "stream.order.event-fits-item"
ALONE = frozenset({"stream.order.atomic", "stream.order.compaction"})


class Items:
    """Every item of a stream, and what its events do to it."""

    def __init__(self, tables: Tables, problems: Problems, resumed: bool) -> None:
        self._tables = tables
        self._problems = problems
        self._resumed = resumed
        self._register = Register(tables, problems, resumed)
        self._accumulator = TextAccumulator(tables, problems)
        self._blocks = Blocks(tables, problems, self._accumulator)
        self._types: set[str] = set()
        self._again: tuple[Any, ...] | None = None
        self._deltas: list[Any] = []

    @property
    def all(self) -> list[ItemState]:
        """Every item of the stream."""
        return self._register.all

    def takes_again(self, kind: str, event: Mapping[str, Any]) -> bool:
        """Whether the event is one more delta of the current text; then nothing else is judged."""
        again = self._again
        if again is None or kind != again[0]:
            return False
        get = event.get
        delta = get("delta")
        # Indices are compared by identity, because True equals 1; large ones take the long way.
        if (
            type(delta) is not str
            or not delta
            or get("item_id") != again[1]
            or get("output_index") is not again[2]
            or get("content_index") is not again[3]
            or get("summary_index") is not again[4]
            or get("command_index") is not again[5]
        ):
            return False
        self._deltas.append(delta)
        return True

    def can_extend_last_text(self, event: Mapping[str, Any]) -> bool:
        """Whether the last event is a delta that can be extended without any other effect."""
        return self._again is not None and event.get("type") == self._again[0] and type(event.get("delta")) is str

    def extend_last_text(self, deltas: Iterable[str]) -> None:
        """Extend the current text."""
        self._deltas.extend(deltas)

    def take(self, number: int, event: Mapping[str, Any], row: EventRow) -> None:
        """Apply an event to its item."""
        self._again = None
        self._types.add(row.type)
        if row.level == "item" and row.role == "opens":
            self._register.add(number, event)
        elif row.level == "item" and row.role == "closes":
            self._close(number, event, row)
        else:
            self._fill(number, event, row)

    def _fill(self, number: int, event: Mapping[str, Any], row: EventRow) -> None:
        problems = self._problems
        item = self._register.find(number, event, row, event.get("item_id"))
        if item is None:
            if not self._resumed:
                problems.add(ADDED_BEFORE_USE, number, "output_item.added before", row.type)
            item = self._register.ghost(number, event, row)
        if item.done_at is not None:
            problems.add_once(
                item.blamed, DONE_AFTER_EVENTS, number, f"nothing of {item.name} after its done", row.type
            )
            return
        if self._is_misplaced(number, item, row):
            return
        if row.level == "block":
            heard = self._blocks.take(number, event, row, item)
        else:
            self._step(number, event, row, item)
            heard = self._accumulator.accumulate(number, event, row, item.texts, partly=item.partly or item.ghost)
        if heard is not None and row.role == "delta" and not item.blamed and not heard.row.parts:
            get = event.get
            indices = (get("output_index"), get("content_index"), get("summary_index"), get("command_index"))
            self._again, self._deltas = (row.type, get("item_id"), *indices), heard.deltas

    def _is_misplaced(self, number: int, item: ItemState, row: EventRow) -> bool:
        if not row.of or item.row is None or item.row.type in row.of:
            return False
        machine = item.row.machine
        requirement = FITS
        if machine and machine.order in ALONE:
            requirement = machine.order
        elif row.block:
            requirement = self._tables.blocks[row.block].blame.get("misplaced", FITS)
        self._problems.add_once(item.blamed, requirement, number, f"an event of {item.name}", row.type)
        return True

    def _step(self, number: int, event: Mapping[str, Any], row: EventRow, item: ItemState) -> None:
        """Move the item's own machine."""
        if row.type == "response.image_generation_call.partial_image":
            self._image(number, event, item)
        machine = item.machine
        if machine is None or item.state is None:
            return
        target = machine.states[item.state].get(row.type)
        if target is None:
            allowed = ", ".join(machine.states[item.state]) or "response.output_item.done"
            self._problems.add(machine.order, number, allowed, row.type, f"{item.name} is {item.state}")
            following = [rows[row.type] for rows in machine.states.values() if row.type in rows]
            target = following[-1] if following and item.state not in machine.ends else item.state
        item.state = target

    def _image(self, number: int, event: Mapping[str, Any], item: ItemState) -> None:
        index = event.get("partial_image_index")
        if type(index) is int and index != item.images and not item.partly and not item.ghost:
            self._problems.add(PARTIAL_IMAGE, number, item.images, index, pointer="/partial_image_index")
        item.images = index + 1 if type(index) is int else item.images + 1

    def _close(self, number: int, event: Mapping[str, Any], row: EventRow) -> None:
        body = event.get("item")
        item = self._register.find(number, event, row, body.get("id") if isinstance(body, dict) else None)
        problems = self._problems
        if item is None:
            if not self._resumed:
                problems.add(DONE_WAS_ADDED, number, "output_item.added before", row.type)
            item = self._register.ghost(number, event, row)
        elif item.done_at is not None:
            problems.add(DONE_FOR_ADDED, number, f"{item.name} done once", "a second output_item.done")
            return
        item.done, item.done_at = body, number
        follower = self._register.after(item)
        exempt = self._tables.tolerated["overlapping_items"]["types"]
        if follower is not None and item.type not in exempt and not item.ghost and not follower.ghost:
            problems.add(NO_OVERLAP, follower.added_at, f"{item.name} done before the next item", follower.name)

    def close(self, last: int, ended_well: bool) -> None:
        """Report the items that a completed stream left open."""
        for item in self._register.all if ended_well else ():
            if item.done_at is None and not item.ghost:
                requirement = self._must_be_done(item)
                self._problems.add(requirement, last, f"output_item.done of {item.name}", "the end of the stream")

    def _must_be_done(self, item: ItemState) -> str:
        exempt = self._tables.tolerated["unclosed_items"]
        return str(exempt["requirement"]) if item.type in exempt["types"] else DONE_FOR_ADDED

    def judged_requirements(self, ended_well: bool) -> set[str]:
        """The requirements about items that the stream could show."""
        items = self._register.all
        judged = self._register.judged_requirements() | self._blocks.judged_requirements() | self._accumulator.judged
        if not items:
            return judged
        judged |= {ADDED_BEFORE_USE, DONE_AFTER_EVENTS}
        if any(item.done_at is not None for item in items):
            judged.add(DONE_WAS_ADDED)
        if ended_well:
            judged |= {self._must_be_done(item) for item in items}
        if len(items) > 1:
            judged.add(NO_OVERLAP)
        if any(item.images for item in items):
            judged.add(PARTIAL_IMAGE)
        if any(self._tables.events[kind].of for kind in self._types):
            judged.add(FITS)
        for machine in {item.type: item.machine for item in items}.values():
            if machine:
                judged |= {machine.order, machine.unfinished}
        return judged
