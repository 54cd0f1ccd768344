"""Names that suite files import: scenarios, requirement marks, and helpers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import pytest

from antiphon.exercise.answer import Answer
from antiphon.exercise.api import Api
from antiphon.exercise.scenario import Act, CannotContinue, CapabilityDeclined, case_id, register
from antiphon.judge.registry import Violation
from antiphon.recording.exchange import Exchange
from antiphon.recording.intent import PROBE, must_refuse
from antiphon.recording.transcript import Transcript
from antiphon.suite import prerequisites
from antiphon.suite.during_stream import while_streaming
from antiphon.suite.observation import NotTestable, RequirementBroken, any_outcome
from antiphon.suite.parts import (
    Part,
    find_refused_part,
    is_completed,
    is_refused,
    is_taken,
    is_unsupported,
    names_field,
    parts_of,
    requirements_of,
    was_taken,
)
from antiphon.suite.refused_parts import send_call_parts, send_completion_parts, send_parts, send_parts_by_turns

__all__ = [
    "PROBE",
    "Answer",
    "Api",
    "CannotContinue",
    "CapabilityDeclined",
    "Exchange",
    "Part",
    "Transcript",
    "any_outcome",
    "assume",
    "find_refused_part",
    "is_completed",
    "is_refused",
    "is_taken",
    "is_unsupported",
    "must_refuse",
    "names_field",
    "none_of",
    "parts_of",
    "prerequisites",
    "requirement",
    "requirements_of",
    "scenario",
    "send_call_parts",
    "send_completion_parts",
    "send_parts",
    "send_parts_by_turns",
    "was_taken",
    "while_streaming",
]

T = TypeVar("T", bound=Callable[..., Any])


def scenario(
    *,
    needs: Iterable[str] | Callable[[Any], Iterable[str]] = (),
    each: Iterable[Any] | None = None,
    alone: bool = False,
) -> Callable[[Act], Any]:
    """Register an async function as a scenario, and make its transcript a session fixture of the same name.

    `needs` names the capabilities without which it cannot be played; `each` makes a family of it, one per case; one
    that is `alone` runs when no other does. Of a family, `needs` may be a function of the case. The depth from which
    on it is played stands in `suites/order.json`.
    """

    def decorate(act: Act) -> Any:
        family = register(act, needs, each, alone)
        if each is None:

            @pytest.fixture(scope="session", name=act.__name__)
            def fixture(transcripts: Any) -> Any:
                return transcripts[act.__name__]

            return fixture

        @pytest.fixture(scope="session", name=act.__name__, params=family, ids=lambda member: case_id(member.case))
        def member(request: pytest.FixtureRequest, transcripts: Any) -> Any:
            return transcripts[request.param.name]

        return member

    return decorate


def requirement(*ids: str) -> Callable[[T], T]:
    """Mark a test with the requirements that it judges; `{id}` in one stands for an attribute of the family's case."""

    def mark(test: T) -> T:
        marked: T = pytest.mark.requirement(*ids)(test)
        return marked

    return mark


def assume(condition: object, reason: str) -> None:
    """Leave a test as not testable, for that reason, unless the condition holds: the model did not oblige."""
    if not condition:
        raise NotTestable(reason)


def none_of(violation: Violation | None) -> None:
    """Raise the first violation, if there is one; it states itself what was expected, and where."""
    if violation is not None:
        raise RequirementBroken(violation)
