"""Tables of the order of events in a stream."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Rows = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class EventRow:
    """What an event type moves, and what it carries."""

    type: str
    level: str
    """response, item, block, body or anywhere."""
    role: str = ""
    """opens, closes, delta, done, ending, error, or none of these."""
    block: str | None = None
    kind: frozenset[str] = frozenset()
    of: frozenset[str] = frozenset()
    indices: tuple[str, ...] = ()
    names_item: bool = True
    sources: tuple[str, ...] = ("openapi", "sdk")


@dataclass(frozen=True, slots=True)
class StateMachine:
    """States, the events that each allows, and the requirements that a refusal breaks."""

    states: Rows
    ends: frozenset[str]
    start: str
    order: str
    unfinished: str
    of: frozenset[str] = frozenset()
    text: str | None = None
    """The key of a part that holds its text."""
    empty_place: tuple[str, ...] = ()
    """Where the text of an item lies that may be done in `empty_ends` while it is empty or absent."""
    empty_ends: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ItemRow:
    """What happens between output_item.added and output_item.done of one item type."""

    type: str
    machine: StateMachine | None
    blocks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BlockRow:
    """A kind of numbered block within an item: content parts, summary parts, shell commands."""

    name: str
    index: str
    opens: str | None
    closes: str
    place: tuple[str, ...]
    blame: Mapping[str, str]
    overlap: Mapping[str, str]
    kinds: Mapping[str, StateMachine]


@dataclass(frozen=True, slots=True)
class SumLevel:
    """A place where the joined deltas stand again, and the requirement that they do."""

    requirement: str
    key: str = ""
    event: str = ""
    place: tuple[str, ...] = ()
    """Keys into the done item; `#` is the block's index."""


@dataclass(frozen=True, slots=True)
class SumRow:
    """Which deltas add up to what."""

    name: str
    block: str | None
    delta: str
    done: SumLevel
    part: SumLevel | None
    item: SumLevel | None
    parts: tuple[str, ...]
    """The keys of a delta that is an object of texts; empty for one that is a text."""


@dataclass(frozen=True, slots=True)
class ResponseRow:
    """The order of the events that carry a response, and of all others around them."""

    states: Rows
    refuse: Mapping[str, Mapping[str, str]]
    order: Mapping[str, str]
    start: str
    ends: frozenset[str]
    recover: tuple[str, ...]
    first: tuple[str, str]
    once: tuple[str, str]
    end: str


@dataclass(frozen=True)
class Tables:
    """All of `spec/streams.yaml`."""

    events: Mapping[str, EventRow]
    response: ResponseRow
    items: Mapping[str, ItemRow]
    blocks: Mapping[str, BlockRow]
    sums: tuple[SumRow, ...]
    tolerated: Mapping[str, Mapping[str, Any]]
    harmless: tuple[Mapping[str, str], ...]
    sum_of_delta: Mapping[str, SumRow] = field(default_factory=dict)
    sum_of_done: Mapping[str, SumRow] = field(default_factory=dict)
    requirements: frozenset[str] = frozenset()
    """All that the tables name."""
