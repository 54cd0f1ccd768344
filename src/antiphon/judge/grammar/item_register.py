"""Register of items: finds the item of an event by id and index, and reports where the two disagree."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from antiphon.contract.streams import EventRow, Tables
from antiphon.judge.grammar.problems import Problems
from antiphon.judge.grammar.stream_state import ItemState
from antiphon.judge.walk_requirements import (
    ADDED_ONCE,
    ID_CONSTANT,
    ID_PRESENT,
    ID_UNIQUE,
    INDEX_CONSTANT,
    INDEX_CONTIGUOUS,
    INDEX_PRESENT,
    INDEX_UNIQUE,
)


class Register:
    """The items of a stream in the order in which they were added."""

    def __init__(self, tables: Tables, problems: Problems, resumed: bool) -> None:
        self.all: list[ItemState] = []
        self._tables = tables
        self._problems = problems
        self._resumed = resumed
        self._pairs: dict[tuple[str, int], ItemState] = {}
        self._ids: dict[str, ItemState] = {}
        self._indices: dict[int, ItemState] = {}
        self._next: int | None = None if resumed else 0
        self._named = False

    def add(self, number: int, event: Mapping[str, Any]) -> None:
        """Take an output_item.added event."""
        body = event.get("item")
        id_ = _text(body.get("id")) if isinstance(body, dict) else None
        kind = _text(body.get("type")) if isinstance(body, dict) else None
        index = self._index(number, event)
        known = self._ids.get(id_) if id_ is not None else None
        if known is None and index is not None and index in self._indices and self._indices[index].ghost:
            known = self._indices[index]
        if known is not None and known.ghost:
            self._adopt(number, known, id_, kind, body)
            return
        if known is not None and (index is None or known.index == index):
            self._problems.add(ADDED_ONCE, number, f"{known.name} added once", "a second output_item.added")
            return
        item = ItemState(len(self.all), id_, index, kind, None, None, number, body)
        self._type(item, kind)
        self._place(number, item, known, index)
        self.all.append(item)
        self._enter(item, id_, index)

    def _place(self, number: int, item: ItemState, namesake: ItemState | None, index: int | None) -> None:
        problems = self._problems
        if namesake is not None:
            problems.add(ID_UNIQUE, number, "a new id", item.id, pointer="/item/id")
        if index is None:
            self._next = None if self._next is None else self._next + 1
            return
        if index in self._indices:
            item.doubtful = True
            problems.add(INDEX_UNIQUE, number, self._next, index, pointer="/output_index")
            return
        if self._next is not None and index != self._next:
            item.doubtful = True
            problems.add(INDEX_CONTIGUOUS, number, self._next, index, pointer="/output_index")
        self._next = index + 1

    def _adopt(self, number: int, item: ItemState, id_: str | None, kind: str | None, body: Any) -> None:
        """The added event of an item that was used before it."""
        if id_ is not None and item.id is not None and id_ != item.id:
            self._problems.add_once(item.blamed, ID_CONSTANT, number, item.id, id_)
        item.added, item.ghost, item.partly = body, False, True
        if item.done_at is None:
            self._type(item, kind)
            item.state = None

    def _type(self, item: ItemState, kind: str | None) -> None:
        item.type = kind
        item.row = self._tables.items.get(kind or "")
        item.state = item.row.machine.start if item.row and item.row.machine else None

    def ghost(self, number: int, event: Mapping[str, Any], row: EventRow) -> ItemState:
        """An item that is used without having been added."""
        body = event.get("item")
        own = body if isinstance(body, dict) else {}
        id_ = _text(event.get("item_id")) or _text(own.get("id"))
        index = event.get("output_index") if type(event.get("output_index")) is int else None
        kind = _text(own.get("type")) or (next(iter(row.of)) if len(row.of) == 1 else None)
        item = ItemState(len(self.all), id_, index, kind, self._tables.items.get(kind or ""), None, number)
        item.ghost, item.partly = True, True
        self.all.append(item)
        self._enter(item, id_, index)
        if index is not None and (self._next is None or index == self._next):
            self._next = index + 1
        return item

    def find(self, number: int, event: Mapping[str, Any], row: EventRow, id_: Any) -> ItemState | None:
        """The item of an event; None when it was never added."""
        index = event.get("output_index")
        if type(id_) is str and type(index) is int:
            item = self._pairs.get((id_, index))
            if item is not None:
                return item
        id_ = _text(id_)
        if id_ is None and row.names_item and row.type != "response.output_item.done":
            self._problems.add(ID_PRESENT, number, "the id of its item", event.get("item_id"), pointer="/item_id")
        place = self._index(number, event)
        by_id = self._ids.get(id_) if id_ is not None else None
        if by_id is not None:
            return self._by_id(number, by_id, place)
        by_index = self._indices.get(place) if place is not None else None
        if by_index is not None:
            return self._by_index(number, by_index, id_)
        fitting = next((item for item in self.all[:-9:-1] if not row.of or item.type in row.of), None)
        if place is None and id_ is None:
            return fitting
        if not row.names_item and fitting is not None and fitting.done_at is None:
            self._problems.add_once(fitting.blamed, INDEX_CONSTANT, number, fitting.index, place, fitting.name)
            return fitting
        return None

    def _by_id(self, number: int, item: ItemState, index: int | None) -> ItemState:
        if index is None or index == item.index:
            return item
        if item.index is None or item.doubtful:
            if item.index is not None and self._indices.get(item.index) is item:
                del self._indices[item.index]
            item.index, item.doubtful = index, False
            self._next = index + 1
        else:
            self._problems.add_once(item.blamed, INDEX_CONSTANT, number, item.index, index, item.name)
            return item
        self._enter(item, item.id, index)
        return item

    def _by_index(self, number: int, item: ItemState, id_: str | None) -> ItemState:
        if id_ is None:
            return item
        if item.id is None:
            item.id = id_
        else:
            self._problems.add_once(item.blamed, ID_CONSTANT, number, item.id, id_, item.name)
        self._enter(item, id_, item.index)
        return item

    def _enter(self, item: ItemState, id_: str | None, index: int | None) -> None:
        if id_ is not None:
            self._ids[id_] = item
        if index is not None:
            self._indices[index] = item
        if id_ is not None and index is not None:
            self._named = True
            self._pairs[id_, index] = item

    def _index(self, number: int, event: Mapping[str, Any]) -> int | None:
        index = event.get("output_index")
        if type(index) is int:
            return index
        self._problems.add(INDEX_PRESENT, number, "an integer", index, pointer="/output_index")
        return None

    def after(self, item: ItemState) -> ItemState | None:
        """The item that was added next, if one was."""
        return self.all[item.number + 1] if item.number + 1 < len(self.all) else None

    def judged_requirements(self) -> set[str]:
        """The requirements about ids and indices that the stream could show."""
        if not self.all:
            return set()
        judged = {ADDED_ONCE, INDEX_PRESENT, INDEX_CONTIGUOUS, INDEX_CONSTANT, INDEX_UNIQUE}
        return judged | {ID_CONSTANT, ID_PRESENT, ID_UNIQUE} if self._named else judged


def _text(value: Any) -> str | None:
    return value if type(value) is str and value else None
