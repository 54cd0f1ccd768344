"""Tally of the outcomes of a run: how many calls came to which, and the first of those that show nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from antiphon.judge.admission import void_outcome
from antiphon.recording.exchange import CLEAN_UP, INBOUND, RETRIED, UNOPENED, Exchange
from antiphon.recording.intent import LEGAL
from antiphon.recording.outcome import Outcome

_WORDS = {
    Outcome.UNANSWERED: "no answer: {} of {} calls got none",
    Outcome.DAMAGED: "no whole reply: {} of {} calls got a damaged one",
    Outcome.OVERLOADED: "overloaded: {} of {} calls were answered with 429 or 503",
    Outcome.BROKE: "server errors: {} of {} calls were answered with 5xx",
    Outcome.REDIRECTED: "redirected: {} of {} calls were",
}
_TIMED_OUT = "no answer: {} of {} calls timed out"


class FirstPlace(NamedTuple):
    """The first exchange of an outcome, and why it came to that."""

    exchange: str
    reason: str


class Silence(NamedTuple):
    """Calls to which no answer came, the first of them, and why none came."""

    calls: int
    first: str
    reason: str


def reason_of(exchange: Exchange) -> str:
    """Why an exchange shows nothing, in words; empty where it shows something."""
    match void_outcome(exchange):
        case None:
            return ""
        case Outcome.UNANSWERED:
            return f"no answer: {exchange.failure.message if exchange.failure else ''}"
        case Outcome.DAMAGED:
            return f"no whole reply: {exchange.failure.message if exchange.failure else ''}"
        case Outcome.OVERLOADED:
            return f"overloaded: {exchange.id} was answered with {exchange.status}"
        case Outcome.BROKE:
            return f"server error: {exchange.id} was answered with {exchange.status}"
        case _:
            return f"redirected: {exchange.id} was answered with {exchange.status}"


EXPLAINS = 0.25
"""Share of the calls of a capability that have to show nothing before that is told as a reason."""


@dataclass
class OutcomeCounts:
    """Counts of calls by what became of them."""

    calls: int = 0
    void: dict[Outcome, int] = field(default_factory=dict)
    timed_out: int = 0

    def count(self, exchange: Exchange, result: Outcome | None) -> None:
        """Count one exchange, and the outcome for which it shows nothing."""
        self.calls += 1
        if result is not None:
            self.void[result] = self.void.get(result, 0) + 1
            self.timed_out += bool(exchange.failure and exchange.failure.kind.startswith("timeout"))

    def add_counts(self, other: OutcomeCounts) -> None:
        """Take over other counts."""
        self.calls += other.calls
        for result, count in other.void.items():
            self.void[result] = self.void.get(result, 0) + count
        self.timed_out += other.timed_out

    def words(self, result: Outcome) -> str:
        """How many calls came to an outcome, in words."""
        count = self.void.get(result, 0)
        is_slow = result is Outcome.UNANSWERED and self.timed_out == count
        return (_TIMED_OUT if is_slow else _WORDS[result]).format(count, self.calls)

    @property
    def explanation(self) -> str:
        """Why something may not have been shown: the commonest outcome of calls; empty where few came to one."""
        number = sum(self.void.values())
        if not number or number < EXPLAINS * self.calls:
            return ""
        told = self.words(max(self.void, key=lambda each: (self.void[each], each)))
        return told if number == self.calls else f"{told}, and nothing in the others shows it"


@dataclass
class OutcomeTally(OutcomeCounts):
    """Counts of a run, in all and by capability; repeated attempts, clean-up and webhooks are no part of it."""

    first: dict[Outcome, FirstPlace] = field(default_factory=dict)
    by_capability: dict[str, OutcomeCounts] = field(default_factory=dict)
    """By the capabilities on which requests rest, as their intents name them."""

    def see(self, exchange: Exchange) -> None:
        """Count one exchange."""
        if exchange.notes & {CLEAN_UP, INBOUND, RETRIED} or (
            exchange.failure and exchange.failure.kind in ("budget", UNOPENED)
        ):
            return
        result = void_outcome(exchange)
        self.count(exchange, result)
        for capability in _capabilities_of(exchange):
            self.by_capability.setdefault(capability, OutcomeCounts()).count(exchange, result)
        if result is not None:
            reason = exchange.failure.message if exchange.failure else reason_of(exchange)
            self._keep_first(result, FirstPlace(exchange.id, reason))

    def add(self, other: OutcomeTally) -> None:
        """Take over the counts of another run."""
        self.add_counts(other)
        for result, place in other.first.items():
            self._keep_first(result, place)
        for capability, counts in other.by_capability.items():
            self.by_capability.setdefault(capability, OutcomeCounts()).add_counts(counts)

    def _keep_first(self, result: Outcome, place: FirstPlace) -> None:
        self.first[result] = min(place, self.first.get(result, place))

    def silence(self) -> Silence | None:
        """The calls that got no answer; None where each got one."""
        first = self.first.get(Outcome.UNANSWERED)
        return Silence(self.void[Outcome.UNANSWERED], first.exchange, first.reason) if first else None

    def explanations(self) -> dict[str, str]:
        """By capability, why something of it may not have been shown: what became of its calls, in words."""
        return {name: counts.explanation for name, counts in self.by_capability.items() if counts.explanation}


def _capabilities_of(exchange: Exchange) -> tuple[str, ...]:
    """What a request rests on; nothing where either answer is fine, or a refusal is."""
    intent = exchange.intent or LEGAL
    return (intent.about or ("core",)) if intent.expects_success else ()
