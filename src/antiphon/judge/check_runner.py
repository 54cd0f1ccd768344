"""Runner of all checks of one kind of subject."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple

from antiphon.judge.ledger import Ledger
from antiphon.judge.registry import Check, CheckTable, Finder, Violation
from antiphon.judge.subjects.responses import Call

MOST_PLACES = 50
"""Violations that are taken of what one check finds in one subject."""


@dataclass
class ExchangeFindings:
    """Results of the checks on one exchange."""

    excused: set[str]
    """The requirements that are not judged in it."""
    file: str = ""
    """The recording that it stands in."""
    judged: set[str] = field(default_factory=set)
    violations: dict[str, list[Violation]] = field(default_factory=dict)
    """The violations of each requirement that is broken."""
    errors: list[tuple[str, str]] = field(default_factory=list)
    """Requirements whose checks raised an exception, with its text: our error, whatever the server sent."""

    def add_violations(self, check: Check, subject: Call, violations: Iterable[Violation]) -> None:
        """Add the violations that a check found in a subject."""
        name = subject.exchange.id
        own = [
            each if each.exchange else Violation(each.at, each.expected, each.got, each.message, name, self.file)
            for each in violations
        ]
        if own:
            self.violations.setdefault(check.requirement, []).extend(own)

    def enter(self, ledger: Ledger, elapsed: float) -> None:
        """Count one exchange, of so many seconds, in a ledger."""
        micros = round(elapsed * 1e6)
        ledger.record_pass(self.judged - self.violations.keys(), micros)
        for requirement, violations in self.violations.items():
            ledger.record_violations(requirement, violations, micros)
        for requirement, error in self.errors:
            ledger[requirement].errors.add(error)

    def add_error(self, check: Check, subject: Call, error: Exception) -> None:
        """Record that a check raised an exception on a subject."""
        where = f"{check.find.__module__}.{check.find.__name__}"
        self.errors.append((check.requirement, f"{where} on {subject.exchange.id}: {error!r}"))


class _TableChecks(NamedTuple):
    """The checks of a table, and their requirements."""

    table: CheckTable
    checks: tuple[Check, ...]
    requirements: frozenset[str]

    def run(self, subject: Call, findings: ExchangeFindings) -> None:
        try:
            shown = self.table.shown_requirements(subject)
            broken = self.table.broken_requirements(subject) if self.table.broken_requirements else shown
        except Exception as error:
            for check in self.checks:
                findings.add_error(check, subject, error)
            return
        if not shown:
            return
        concerned = self.requirements.intersection(shown)
        if findings.excused:
            concerned -= findings.excused
        findings.judged |= concerned
        for check in self.checks if broken else ():
            if check.requirement in broken and check.requirement in concerned:
                try:
                    findings.add_violations(check, subject, islice(check.find(subject), MOST_PLACES))
                except Exception as error:
                    findings.add_error(check, subject, error)


_Group = tuple[Callable[[Any], bool] | None, tuple[tuple[str, Finder, Check], ...]]
"""Checks that concern the same subjects, each with its requirement and its function."""


class CheckRunner:
    """Checks of one kind of subject."""

    def __init__(self, checks: Iterable[Check]) -> None:
        single: list[Check] = []
        tables: dict[CheckTable, list[Check]] = defaultdict(list)
        for check in checks:
            (single if check.table is None else tables[check.table]).append(check)
        sorts = {sort for each in single for sort in each.sorts or ()}
        self._single = {
            sort: _groups(each for each in single if each.sorts is None or sort in each.sorts) for sort in sorts
        }
        self._unsorted = _groups(each for each in single if each.sorts is None)
        self._tables = tuple(
            _TableChecks(table, tuple(each), frozenset(check.requirement for check in each))
            for table, each in tables.items()
        )

    def run(self, subject: Call, findings: ExchangeFindings) -> None:
        """Run all checks on a subject, and add their results to the findings."""
        judged, excused = findings.judged, findings.excused
        for when, checks in self._single.get(subject.sort, self._unsorted):
            try:
                if when is not None and not when(subject):
                    continue
            except Exception as error:
                for _, _, check in checks:
                    findings.add_error(check, subject, error)
                continue
            for requirement, find, check in checks:
                if requirement in excused:
                    continue
                try:
                    # Nearly always there is nothing, so no call is made for it.
                    for first in (rest := iter(find(subject))):
                        findings.add_violations(check, subject, [first, *islice(rest, MOST_PLACES - 1)])
                        break
                except Exception as error:
                    findings.add_error(check, subject, error)
                else:
                    judged.add(requirement)
        for table in self._tables:
            table.run(subject, findings)


def _groups(checks: Iterable[Check]) -> tuple[_Group, ...]:
    groups: dict[Callable[[Any], bool] | None, list[Check]] = {}
    for each in checks:
        groups.setdefault(each.applies, []).append(each)
    return tuple(
        (when, tuple((check.requirement, check.find, check) for check in each)) for when, each in groups.items()
    )


@lru_cache(maxsize=16)
def runners_by_kind(checks: tuple[Check, ...]) -> Mapping[type, CheckRunner]:
    """The runners of some checks, by the class of their subjects; the same for all judges that have the same checks."""
    by_kind: dict[type, list[Check]] = defaultdict(list)
    for check in checks:
        by_kind[check.subject].append(check)
    return {kind: CheckRunner(each) for kind, each in by_kind.items()}
