"""Reader of `spec/streams.yaml`, the order of events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from antiphon.contract.paths import spec_dir
from antiphon.contract.spec_files import read_validated
from antiphon.contract.stream_tables import (
    BlockRow,
    EventRow,
    ItemRow,
    ResponseRow,
    StateMachine,
    SumLevel,
    SumRow,
    Tables,
)

__all__ = [
    "BlockRow",
    "EventRow",
    "ItemRow",
    "ResponseRow",
    "StateMachine",
    "SumLevel",
    "SumRow",
    "Tables",
    "tables",
    "tables_of",
]


@cache
def tables() -> Tables:
    """The tables of `spec/streams.yaml`. Raises SpecError when the file is not valid."""
    path = spec_dir() / "streams.yaml"
    return tables_of(read_validated(path, "streams"))


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
        requirements=frozenset(_requirements(value)),
    )


def _requirements(value: Any) -> Iterator[str]:
    """Every requirement that a piece of the tables names."""
    if isinstance(value, str):
        if value.startswith("stream."):
            yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _requirements(part)


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


def _machine(row: Mapping[str, Any]) -> StateMachine:
    empty = row.get("empty_ends", {})
    return StateMachine(
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


def _level(row: Mapping[str, Any]) -> SumLevel:
    return SumLevel(row["requirement"], row.get("key", ""), row.get("event", ""), tuple(row.get("place", ())))


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
