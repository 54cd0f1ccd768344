"""Outcomes of suite tests for pytest: failed, expected to fail, or skipped."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from antiphon.contract.model import Level
from antiphon.judge.registry import Violation
from antiphon.judge.verdict import Verdict, judgement
from antiphon.pytest_plugin.expectations import Expectations
from antiphon.run.session import Session
from antiphon.suite.observation import Observation


def _violation_text(ids: Sequence[str], violation: Violation) -> str:
    return f"{', '.join(ids)}: {violation.exchange} {violation.at}: expected {violation.expected}, got {violation.got}"


def _fail(message: str, broken: Sequence[str], expected: Expectations | None) -> None:
    """The test fails, or is expected to, where a baseline excuses all that is broken."""
    excuse = expected.excuse(broken) if expected else ""
    if excuse:
        pytest.xfail(f"{excuse} ({message})")
    pytest.fail(message, False)


def report_entry(session: Session, ids: Sequence[str], expected: Expectations | None) -> None:
    """Skip or fail a test that stands for the checks of requirements over every exchange, by their verdicts."""
    for each in ids:
        level = session.contract.level(each)
        verdict, reason = judgement(session.findings.ledger.entries.get(each), level)
        match verdict:
            case Verdict.FAIL:
                place = session.findings.ledger[each].places[0]
                _fail(_violation_text([each], place), [each], expected)
            case Verdict.ERROR:
                pytest.fail(f"our error: {reason}", False)
            case Verdict.NOT_APPLICABLE | Verdict.NOT_TESTABLE | Verdict.NOT_ASKED:
                pytest.skip(f"{verdict}: {reason}")


def report_observation(
    session: Session, ids: Sequence[str], observation: Observation, expected: Expectations | None
) -> None:
    """Skip or fail a test by its observation; a broken should or may appears in the report alone."""
    if observation.error:
        pytest.fail(f"our error: {observation.error}", False)
    counted = [each for each in ids if each in session.contract.requirements]
    musts = [each for each in counted if session.contract.level(each) is Level.MUST]
    if observation.violation and musts:
        _fail(_violation_text(ids, observation.violation), musts, expected)
    if not observation.judged:
        pytest.skip(observation.untestable or observation.inapplicable or f"not asked: {observation.unplayed}")
