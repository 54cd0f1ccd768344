"""Enters what tests saw into a ledger."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from antiphon.contract.model import Contract, Requirement
from antiphon.judge.ledger import Ledger
from antiphon.judge.registry import Violation
from antiphon.suite.observation import Observation


def record_observation(ledger: Ledger, book: Contract, requirements: Iterable[str], observation: Observation) -> None:
    """Enter what a test saw under each requirement that the edition counts."""
    for requirement in requirements:
        if requirement not in book.requirements:
            continue
        entry = ledger[requirement]
        if observation.error:
            entry.errors.add(observation.error)
        elif observation.untestable:
            entry.untestable.add(observation.untestable)
        elif observation.inapplicable:
            entry.inapplicable.add(observation.inapplicable)
        else:
            entry.record_violations(
                [_briefly(observation.violation, book.requirements[requirement])] if observation.violation else []
            )


def _briefly(violation: Violation, requirement: Requirement) -> Violation:
    """A violation that does not say again what the requirement says."""
    return replace(violation, message="") if violation.message == requirement.says else violation
