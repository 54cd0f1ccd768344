"""Ledger entries from the observations of suite tests."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from antiphon.contract.model import Contract, Requirement
from antiphon.judge.ledger import Ledger
from antiphon.judge.registry import Violation
from antiphon.suite.observation import Observation


def record_observation(ledger: Ledger, book: Contract, requirements: Iterable[str], observation: Observation) -> None:
    """Record an observation in a ledger."""
    for requirement in requirements:
        if requirement not in book.requirements:
            continue
        entry = ledger[requirement]
        if observation.error:
            entry.errors.add(observation.error)
        elif observation.unplayed:
            entry.unplayed.add(observation.unplayed)
        elif observation.untestable:
            entry.untestable.add(observation.untestable)
        elif observation.inapplicable:
            entry.inapplicable.add(observation.inapplicable)
        else:
            entry.record_violations(
                [_briefly(observation.violation, book.requirements[requirement])] if observation.violation else [],
                round(observation.elapsed * 1e6),
            )


def _briefly(violation: Violation, requirement: Requirement) -> Violation:
    """A violation without a message that only repeats the requirement."""
    return replace(violation, message="") if violation.message == requirement.says else violation
