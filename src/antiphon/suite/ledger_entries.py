"""Ledger entries from the observations of suite tests."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from antiphon.contract.model import Contract, Requirement
from antiphon.judge.ledger import Ledger
from antiphon.judge.registry import Violation
from antiphon.suite.observation import Observation


def enter(ledger: Ledger, book: Contract, requirements: Iterable[str], seen: Observation) -> None:
    """Record an observation in a ledger."""
    for requirement in requirements:
        if requirement not in book.requirements:
            continue
        entry = ledger[requirement]
        if seen.error:
            entry.errors.add(seen.error)
        elif seen.untestable:
            entry.untestable.add(seen.untestable)
        elif seen.inapplicable:
            entry.inapplicable.add(seen.inapplicable)
        else:
            entry.see([_briefly(seen.violation, book.requirements[requirement])] if seen.violation else [])


def _briefly(violation: Violation, requirement: Requirement) -> Violation:
    """A violation without a message that only repeats the requirement."""
    return replace(violation, message="") if violation.message == requirement.says else violation
