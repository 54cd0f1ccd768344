"""Ways to add up the digests of two relations, and to bound them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

MOST = 100_000
"""Keys, such as the ids of responses, that one relation follows: those that come first in order."""
K = TypeVar("K")
V = TypeVar("V")


def keep_least(least: dict[K, Any], key: K, value: Any) -> None:
    """Keep the least value of a key."""
    known = least.get(key)
    if known is None or value < known:
        least[key] = value


def bound_together(*tables: dict[Any, Any], exactly: bool = False) -> None:
    """Let go of the keys that are too many in all tables together: of each the same, whatever came when.

    Unless it is to be exact, nothing happens until there are twice as many.
    """
    if sum(map(len, tables)) < (MOST + 1 if exactly else 2 * MOST):
        return
    keys = sorted(set().union(*tables))[MOST:]
    for table in tables:
        for key in keys:
            table.pop(key, None)


def extend_lists(lists: dict[K, list[V]], others: Mapping[K, list[V]]) -> None:
    """Append the values of other lists, by key."""
    for key, values in others.items():
        lists.setdefault(key, []).extend(values)


def extend_sets(sets: dict[K, set[V]], others: Mapping[K, set[V]]) -> None:
    """Add the values of other sets, by key."""
    for key, values in others.items():
        sets.setdefault(key, set()).update(values)
