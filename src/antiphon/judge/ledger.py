"""What was judged and what was found, added up so that order and sharding do not matter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from antiphon.judge.registry import Violation

PLACES = 5
"""How many places of one requirement are kept; all are counted."""


def _order(violation: Violation) -> tuple[str, int, str, str]:
    digits = violation.at.removeprefix("event ").split(" ")[0]
    return violation.exchange, int(digits) if digits.isdecimal() else -1, violation.at, violation.got


@dataclass
class Entry:
    """All that is known of one requirement: counts, first places, and reasons where nothing was judged."""

    judged: int = 0
    violated: int = 0
    places: list[Violation] = field(default_factory=list)
    inapplicable: set[str] = field(default_factory=set)
    untestable: set[str] = field(default_factory=set)
    errors: set[str] = field(default_factory=set)

    def see(self, violations: Iterable[Violation]) -> None:
        """Count one judged exchange and what was found in it."""
        found = list(violations)
        self.judged += 1
        if found:
            self.violated += 1
            self._keep(found)

    def add(self, other: Entry) -> None:
        """Take over the counts of another ledger's entry."""
        self.judged += other.judged
        self.violated += other.violated
        self._keep(other.places)
        self.inapplicable |= other.inapplicable
        self.untestable |= other.untestable
        self.errors |= other.errors

    def _keep(self, found: Iterable[Violation]) -> None:
        self.places = sorted([*self.places, *found], key=_order)[:PLACES]


class Ledger:
    """An entry per requirement. Adding ledgers is commutative and associative."""

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}

    def __getitem__(self, requirement: str) -> Entry:
        entry = self._entries.get(requirement)
        if entry is None:
            entry = self._entries[requirement] = Entry()
        return entry

    @property
    def entries(self) -> Mapping[str, Entry]:
        return self._entries

    def add(self, other: Ledger) -> None:
        """Add another ledger to this one."""
        for requirement, entry in other._entries.items():
            self[requirement].add(entry)
