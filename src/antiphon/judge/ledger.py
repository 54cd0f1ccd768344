"""Ledger: counts of judged and violated requirements, independent of order and sharding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from antiphon.judge.registry import Violation

PLACES = 5
"""Bound on the stored places of one requirement; all are counted."""
NUMBERED = ("event ", "frame ", "message ")
"""Beginnings of places that have a number, by which they are ordered."""
MOST_HELD = 256
"""Different sets of requirements whose times are kept before they are added up."""


def _order(violation: Violation) -> tuple[str, int, str, str, str, str, str]:
    at = violation.at
    _, _, place = at.partition(" ")
    digits = place.split(" ")[0] if at.startswith(NUMBERED) else ""
    number = int(digits) if digits.isdecimal() else -1
    return violation.exchange, number, at, violation.got, violation.expected, violation.message, violation.file


@dataclass
class LedgerEntry:
    """Counts, first places, and reasons where nothing was judged, of one requirement."""

    judged: int = 0
    violated: int = 0
    micros: int = 0
    """Microseconds that the exchanges took on which it was judged; whole ones, so that their order does not matter."""
    places: list[Violation] = field(default_factory=list)
    inapplicable: set[str] = field(default_factory=set)
    untestable: set[str] = field(default_factory=set)
    unplayed: set[str] = field(default_factory=set)
    """Why the run did not play what would show it."""
    errors: set[str] = field(default_factory=set)
    runs: int = 0
    """Runs in which it was judged, where several are added up."""
    held_runs: int = 0
    """Those of them in which it was never broken."""

    def record_violations(self, violations: Iterable[Violation], micros: int = 0) -> None:
        """Count one judged exchange, its violations and its time."""
        found = list(violations)
        self.judged += 1
        self.micros += micros
        if found:
            self.violated += 1
            self._keep(found)

    def add(self, other: LedgerEntry) -> None:
        """Take over the counts of another ledger's entry."""
        self.judged += other.judged
        self.violated += other.violated
        self.micros += other.micros
        self._keep(other.places)
        self.inapplicable |= other.inapplicable
        self.untestable |= other.untestable
        self.unplayed |= other.unplayed
        self.errors |= other.errors
        self.runs += other.runs
        self.held_runs += other.held_runs

    def _keep(self, violations: Iterable[Violation]) -> None:
        self.places = sorted([*self.places, *violations], key=_order)[:PLACES]


class Ledger:
    """An entry per requirement. Adding ledgers is commutative and associative."""

    def __init__(self, entries: Mapping[str, LedgerEntry] | None = None) -> None:
        self._entries: dict[str, LedgerEntry] = dict(entries or {})
        self._held: Counter[str] = Counter()
        """Requirements that held, with their number of exchanges, not yet added to the entries."""
        self._held_micros: Counter[frozenset[str]] = Counter()
        """The times of exchanges that took some, by the set of requirements that held."""

    def record_pass(self, requirements: Iterable[str], micros: int = 0) -> None:
        """Count one exchange, and its time, in which some requirements were judged and held."""
        held = frozenset(requirements)
        self._held.update(held)
        if micros:
            self._held_micros[held] += micros
            if len(self._held_micros) > MOST_HELD:
                self._settle()

    def record_violations(self, requirement: str, violations: Iterable[Violation], micros: int = 0) -> None:
        """Count one exchange in which a requirement was judged, with its violations and its time."""
        self._entry(requirement).record_violations(violations, micros)

    def _settle(self) -> None:
        held, self._held = self._held, Counter()
        micros, self._held_micros = self._held_micros, Counter()
        for requirement, times in held.items():
            self._entry(requirement).judged += times
        for requirements, taken in micros.items():
            for requirement in requirements:
                self._entry(requirement).micros += taken

    def __getitem__(self, requirement: str) -> LedgerEntry:
        if self._held:
            self._settle()
        return self._entry(requirement)

    def _entry(self, requirement: str) -> LedgerEntry:
        entry = self._entries.get(requirement)
        if entry is None:
            entry = self._entries[requirement] = LedgerEntry()
        return entry

    @property
    def entries(self) -> Mapping[str, LedgerEntry]:
        """The entries by requirement."""
        self._settle()
        return self._entries

    def add_run(self, other: Ledger) -> None:
        """Add the ledger of one run of several, and count in how many of them each requirement held."""
        for requirement, entry in other.entries.items():
            mine = self[requirement]
            mine.add(entry)
            mine.runs += bool(entry.judged)
            mine.held_runs += bool(entry.judged) and not entry.violated

    def add(self, other: Ledger) -> None:
        """Add another ledger to this one."""
        for requirement, entry in other.entries.items():
            self[requirement].add(entry)
