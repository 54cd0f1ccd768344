"""State of a stream in the analysis: its items, their blocks, and their texts so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from antiphon.contract.streams import BlockRow, ItemRow, StateMachine, SumRow
from antiphon.judge.values import MISSING


@dataclass(frozen=True, slots=True)
class StreamProblem:
    """An event that a requirement does not allow. `event` is its place among the JSON events of the stream."""

    requirement: str
    event: int
    expected: str
    got: str
    message: str = ""
    pointer: str = ""

    @property
    def at(self) -> str:
        """The place as violations name it."""
        return f"event {self.event} {self.pointer}".rstrip()


@dataclass(slots=True)
class StreamText:
    """Deltas of one text, and the value that its done event claims."""

    row: SumRow
    deltas: list[Any] = field(default_factory=list)
    done: Any = MISSING
    at: int = 0
    damaged: bool = False
    """A delta had the wrong type, or the beginning of the text is missing."""


@dataclass(slots=True)
class BlockState:
    """Numbered part of an item: `number` is its place, `index` the index of its opening event."""

    row: BlockRow
    kind: str
    machine: StateMachine | None
    number: int
    index: int | None
    state: str | None
    opened_at: int
    doubtful: bool = False
    ghost: bool = False
    closed_at: int | None = None
    part: Any = MISSING
    annotations: list[Any] = field(default_factory=list)
    texts: dict[str, StreamText] = field(default_factory=dict)
    blamed: set[str] = field(default_factory=set)


@dataclass(slots=True)
class ItemState:
    """Item of the output, from its added to its done event."""

    number: int
    id: str | None
    index: int | None
    type: str | None
    row: ItemRow | None
    state: str | None
    added_at: int
    added: Any = MISSING
    done: Any = MISSING
    done_at: int | None = None
    doubtful: bool = False
    """Its index was refused when it was added."""
    ghost: bool = False
    """It was used without being added."""
    partly: bool = False
    """Its beginning lies before the stream's."""
    images: int = 0
    blocks: dict[str, list[BlockState]] = field(default_factory=dict)
    texts: dict[str, StreamText] = field(default_factory=dict)
    blamed: set[str] = field(default_factory=set)
    bad_places: set[str] = field(default_factory=set)
    """JSON pointers into the done item that a sum has already refused."""

    @property
    def machine(self) -> StateMachine | None:
        """The states that an item of its type goes through; None where none are known."""
        return self.row.machine if self.row else None

    @property
    def name(self) -> str:
        """Its type, and its id or index, for a message."""
        return f"{self.type or 'item'} {self.id or f'at index {self.index}'}"
