"""Faces of items: what one is known by, whoever shows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

FACES = ("type", "role", "call_id", "name", "arguments", "input", "output")
PART_FACES = ("type", "text", "refusal", "filename")
OPAQUE = ("compaction", "reasoning")
"""Types that need not be shown as they were: a compaction may be listed as what it was made of, a thought be left out.
"""
Item = Mapping[str, Any]


def faces(item: Item) -> dict[str, Any]:
    """What an item is known by: its kind, its words, and what it calls."""
    known = {name: item[name] for name in FACES if name in item}
    lists = {name: item[name] for name in ("content", "output") if isinstance(item.get(name), list)}
    return known | {name: [part_face(part) for part in parts] for name, parts in lists.items()}


def part_face(part: Any) -> dict[str, Any]:
    """What a part of a message, or of an output, is known by."""
    return {name: part[name] for name in PART_FACES if name in part} if isinstance(part, dict) else {}


def missing_items(wanted: Iterable[Item], listed: Iterable[Item]) -> list[dict[str, Any]]:
    """The faces of the items that no listed one has; opaque ones apart."""
    shown = [faces(each) for each in listed]
    sought = [faces(each) for each in wanted if each.get("type") not in OPAQUE]
    return [item for item in sought if not any(fits(item, other) for other in shown)]


def fits(item: Item, other: Item) -> bool:
    """A listed item is the one that was sent."""
    return all(other.get(name) == value for name, value in item.items())


def places_of(wanted: Iterable[Item], listed: Iterable[Item]) -> list[int]:
    """The places in a list of the items that were sent, in the order in which they were; of those listed once."""
    shown = [faces(each) for each in listed]
    sought = [faces(each) for each in wanted if each.get("type") not in OPAQUE]
    found = [[place for place, other in enumerate(shown) if fits(item, other)] for item in sought]
    return [places[0] for places in found if len(places) == 1]
