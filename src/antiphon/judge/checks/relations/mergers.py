"""Ways to add up the digests of two relations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

K = TypeVar("K")
V = TypeVar("V")


def keep_least(least: dict[K, Any], key: K, value: Any) -> None:
    """Keep the least value of a key."""
    known = least.get(key)
    if known is None or value < known:
        least[key] = value


def extend_lists(lists: dict[K, list[V]], others: Mapping[K, list[V]]) -> None:
    """Append the values of other lists, by key."""
    for key, values in others.items():
        lists.setdefault(key, []).extend(values)


def extend_sets(sets: dict[K, set[V]], others: Mapping[K, set[V]]) -> None:
    """Add the values of other sets, by key."""
    for key, values in others.items():
        sets.setdefault(key, set()).update(values)
