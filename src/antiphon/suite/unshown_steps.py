"""Steps of a scenario that show nothing to a test. Only a test that reads one of them is not testable.

A step shows nothing where its call got no answer or the server broke, where the scenario ended with it, and where it
rests on such a step: it names an object that the other one made or may have changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from itertools import pairwise
from typing import Any, overload

from antiphon.exercise.budget.cost_estimates import measured_costs
from antiphon.exercise.scenario import get_scenario, is_registered
from antiphon.judge.admission import void_outcome
from antiphon.judge.outcome_tally import reason_of
from antiphon.recording.exchange import RETRIED, Exchange
from antiphon.recording.outcome import Outcome, outcome
from antiphon.recording.records import ScenarioEnd
from antiphon.recording.transcript import Transcript
from antiphon.suite.named_objects import changed_ids, made_ids, may_change, rests_on

REPLY = frozenset({
    "response", "failure", "elapsed", "lag", "memo", "status", "content", "body", "reply", "frames", "events",
    "is_stream", "is_socket", "is_success", "is_client_error", "is_our_delay", "is_unanswered",
})  # fmt: skip
"""What an exchange shows of its reply."""


class StepUnshown(Exception):
    """A test read a step that shows nothing: for an outcome, or for the way in which the scenario ended."""

    def __init__(self, reason: str, void: Outcome | None = None, ending: ScenarioEnd | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.void = void
        self.ending = ending

    def again(self) -> StepUnshown:
        """The same, to be raised once more."""
        return StepUnshown(self.reason, self.void, self.ending)


@dataclass(frozen=True, repr=False)
class UnshownStep(Exchange):
    """An exchange of which a test may read the request alone."""

    why: StepUnshown = field(default_factory=lambda: StepUnshown(""))

    def __getattribute__(self, name: str) -> Any:
        if name in REPLY:
            raise object.__getattribute__(self, "why").again()
        return object.__getattribute__(self, name)

    def __repr__(self) -> str:
        return f"<{self.id}: {self.why}>"


@dataclass(frozen=True, repr=False)
class UnplayedStep(UnshownStep):
    """The place of an exchange that was not made."""

    def __getattribute__(self, name: str) -> Any:
        if name in ("request", "sent", "notes", "intent"):
            raise object.__getattribute__(self, "why").again()
        return super().__getattribute__(name)


@dataclass(frozen=True)
class UnfinishedTranscript(Transcript):
    """Transcript of a scenario that did not come to its end: what lies beyond its last step was not played."""

    why: StepUnshown = field(default_factory=lambda: StepUnshown(""))
    steps: int | None = None
    """The number of steps of the whole scenario; None where it is not known."""

    @overload
    def __getitem__(self, index: int) -> Exchange: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Exchange]: ...
    def __getitem__(self, index: int | slice) -> Exchange | Sequence[Exchange]:
        if isinstance(index, int) and 0 <= index < len(self.exchanges):
            return self.exchanges[index]
        try:
            return tuple(self)[index]
        except IndexError:
            raise self.why.again() from None

    def __len__(self) -> int:
        if self.steps is None:
            raise self.why.again()
        return self.steps

    def __iter__(self) -> Iterator[Exchange]:
        yield from self.exchanges
        if self.steps is None:
            raise self.why.again()
        for number in range(len(self.exchanges), self.steps):
            yield UnplayedStep(f"{self.name}/{number + 1}", None, None, self.name, why=self.why)


def hide_unshown(transcript: Transcript, reads_outcomes: bool = False) -> Transcript:
    """The transcript as a test may read it; one that reads outcomes sees the steps that only came to a bad one."""
    exchanges, ending = transcript.exchanges, transcript.ending
    reasons = {} if reads_outcomes else _void_steps(exchanges)
    if ending is None or ending.outcome == "finished":
        return replace(transcript, exchanges=_hidden(exchanges, reasons)) if reasons else transcript
    last = _last_step(exchanges, ending)
    why = reasons.get(last) or StepUnshown(ending.reason, ending=ending)
    reasons = {place: why for place in (last, *_unsent_steps(exchanges)) if place >= 0} | reasons
    shown = _hidden(exchanges, reasons)
    return UnfinishedTranscript(transcript.name, shown, ending, transcript.case, why, _steps(transcript, shown))


def as_far_as_played(transcript: Transcript) -> Transcript:
    """The transcript with every outcome, in which what was not played cannot be read."""
    ending = transcript.ending
    if ending is None or ending.outcome == "finished":
        return transcript
    why, played = StepUnshown(ending.reason, ending=ending), transcript.exchanges
    return UnfinishedTranscript(transcript.name, played, ending, transcript.case, why, _steps(transcript, played))


def _hidden(exchanges: Sequence[Exchange], reasons: Mapping[int, StepUnshown]) -> tuple[Exchange, ...]:
    """The steps, those hidden that show nothing or that rest on one."""
    reasons = _with_dependents(exchanges, reasons)
    return tuple(
        _unshown(each, reasons[place]) if place in reasons else each for place, each in enumerate(exchanges)
    )  # fmt: skip


def _void_steps(exchanges: Sequence[Exchange]) -> dict[int, StepUnshown]:
    return {
        place: StepUnshown(reason, void=void_outcome(each))
        for place, each in enumerate(exchanges)
        if RETRIED not in each.notes and (reason := reason_of(each))
    }


def _unsent_steps(exchanges: Sequence[Exchange]) -> list[int]:
    return [place for place, each in enumerate(exchanges) if outcome(each) is Outcome.UNSENT]


def _last_step(exchanges: Sequence[Exchange], ending: ScenarioEnd) -> int:
    """The place of the step with which a scenario ended early; -1 where that was no fault of a step."""
    if ending.outcome not in ("broken", "declined"):
        return -1
    named = [place for place, each in enumerate(exchanges) if ending.exchange and each.id.endswith(ending.exchange)]
    return named[-1] if named else len(exchanges) - 1


def _steps(transcript: Transcript, shown: Sequence[Exchange]) -> int | None:
    """The number of steps that the whole scenario takes; None where it may differ from server to server."""
    name, played = transcript.name, len(shown)
    reads = [each.request.path if each.request and each.request.method == "GET" else "" for each in transcript]
    polls = any(path and path == after for path, after in pairwise(reads))
    has_deliveries = is_registered(name) and "webhooks" in get_scenario(name).needs
    if name not in measured_costs() or polls or has_deliveries:
        return None
    steps = measured_costs()[name].calls
    is_cut = steps > played or (steps == played and isinstance(shown[-1], UnshownStep))
    return steps if is_cut else None


def _unshown(exchange: Exchange, why: StepUnshown) -> UnshownStep:
    return UnshownStep(**{each.name: getattr(exchange, each.name) for each in fields(Exchange)}, why=why)


def _with_dependents(exchanges: Sequence[Exchange], reasons: Mapping[int, StepUnshown]) -> dict[int, StepUnshown]:
    """The steps that show nothing, and all that rest on them."""
    known, pending = dict(reasons), [place for place in reasons if may_change(exchanges[place])]
    ids = {id for each in exchanges for id in made_ids(each)} if pending else set()
    while pending:
        cause = pending.pop()
        touched = made_ids(exchanges[cause]) | (changed_ids(exchanges[cause]) & ids)
        for place, each in enumerate(exchanges):
            if place not in known and rests_on(each, exchanges[cause], touched, is_later=place > cause):
                known[place] = known[cause]
                pending += [place] if may_change(each) else []
    return known
