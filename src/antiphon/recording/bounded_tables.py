"""Tables of bounded size, whatever the order and the parts in which they grew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

K = TypeVar("K", str, int)
V = TypeVar("V")


def prune(table: dict[K, Any], most: int) -> None:
    """Once a table has twice as many entries as it may, keep those whose keys come first.

    What goes would go whatever comes, so that nothing of those that stay was ever lost.
    """
    if len(table) >= 2 * most:
        for key in sorted(table)[most:]:
            del table[key]


def first_entries(table: Mapping[K, V], most: int) -> dict[K, V]:
    """The entries of a table that count: those whose keys come first, in order."""
    return {key: table[key] for key in sorted(table)[:most]}
