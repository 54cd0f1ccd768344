"""The order of events as tables, read from `spec/streams.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from antiphon.contract.load import checked
from antiphon.contract.paths import spec_dir

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
class Machine:
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
    machine: Machine | None
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
    kinds: Mapping[str, Machine]


@dataclass(frozen=True, slots=True)
class Level:
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
    done: Level
    part: Level | None
    item: Level | None
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


@cache
def tables() -> Tables:
    """The tables of `spec/streams.yaml`. Raises SpecError when the file is not valid."""
    path = spec_dir() / "streams.yaml"
    return tables_of(checked(path, "streams"))


def tables_of(value: Mapping[str, Any]) -> Tables:
    """The tables of a value that is valid under `spec/meta/streams.schema.json`."""
    sums = tuple(_sum(row) for row in value["sums"])
    return Tables(
        events={name: _event(name, row) for name, row in value["events"].items()},
        response=_response(value["response"]),
        items={name: _item(name, row) for name, row in value["items"].items()},
        blocks={name: _block(name, row) for name, row in value["blocks"].items()},
        sums=sums,
        tolerated=value["tolerated"],
        harmless=tuple(value["harmless"]),
        sum_of_delta={row.delta: row for row in sums},
        sum_of_done={row.done.event: row for row in sums},
    )


def _event(name: str, row: Mapping[str, Any]) -> EventRow:
    return EventRow(
        type=name,
        level=row["level"],
        role=row.get("role", ""),
        block=row.get("block"),
        kind=frozenset(row.get("kind", ())),
        of=frozenset(row.get("of", ())),
        indices=tuple(row.get("indices", ())),
        names_item=row.get("names_item", True) and row["level"] in ("item", "block"),
        sources=tuple(row.get("sources", ("openapi", "sdk"))),
    )


def _machine(row: Mapping[str, Any]) -> Machine:
    empty = row.get("empty_ends", {})
    return Machine(
        states=row["states"],
        ends=frozenset(row["ends"]),
        start=next(iter(row["states"])),
        order=row["order"],
        unfinished=row.get("unfinished", row["order"]),
        of=frozenset(row.get("of", ())),
        text=row.get("text"),
        empty_place=tuple(empty.get("place", ())),
        empty_ends=frozenset(empty.get("states", ())),
    )


def _item(name: str, row: Mapping[str, Any]) -> ItemRow:
    return ItemRow(name, _machine(row) if "states" in row else None, tuple(row.get("blocks", ())))


def _block(name: str, row: Mapping[str, Any]) -> BlockRow:
    return BlockRow(
        name=name,
        index=row["index"],
        opens=row["opens"],
        closes=row["closes"],
        place=tuple(row["place"]),
        blame=row["blame"],
        overlap=row.get("overlap", {}),
        kinds={kind: _machine(machine) for kind, machine in row["kinds"].items()},
    )


def _sum(row: Mapping[str, Any]) -> SumRow:
    return SumRow(
        name=row["name"],
        block=row.get("block"),
        delta=row["delta"],
        done=_level(row["done"]),
        part=_level(row["part"]) if "part" in row else None,
        item=_level(row["item"]) if "item" in row else None,
        parts=tuple(row.get("parts", ())),
    )


def _level(row: Mapping[str, Any]) -> Level:
    return Level(row["requirement"], row.get("key", ""), row.get("event", ""), tuple(row.get("place", ())))


def _response(row: Mapping[str, Any]) -> ResponseRow:
    states = row["states"]
    return ResponseRow(
        states={name: state["next"] for name, state in states.items()},
        refuse={name: state.get("refuse", {}) for name, state in states.items()},
        order={name: state["order"] for name, state in states.items()},
        start=row["start"],
        ends=frozenset(row["ends"]),
        recover=tuple(row["recover"]),
        first=(row["first"]["event"], row["first"]["requirement"]),
        once=(row["once"]["event"], row["once"]["requirement"]),
        end=row["end"]["requirement"],
    )
