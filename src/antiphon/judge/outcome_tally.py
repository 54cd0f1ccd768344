"""Tally of the outcomes of a run: how many calls came to which, and the first of those that show nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from antiphon.judge.admission import void_outcome
from antiphon.recording.exchange import CLEAN_UP, INBOUND, RETRIED, UNOPENED, Exchange
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


@dataclass
class OutcomeTally:
    """Counts of calls by what became of them; attempts that were repeated, clean-up and webhooks are no part of it."""

    calls: int = 0
    void: Counter[Outcome] = field(default_factory=Counter)
    first: dict[Outcome, FirstPlace] = field(default_factory=dict)
    _timed_out: int = 0

    def see(self, exchange: Exchange) -> None:
        """Count one exchange."""
        if exchange.notes & {CLEAN_UP, INBOUND, RETRIED} or (
            exchange.failure and exchange.failure.kind in ("budget", UNOPENED)
        ):
            return
        self.calls += 1
        result = void_outcome(exchange)
        if result is not None:
            self.void[result] += 1
            reason = exchange.failure.message if exchange.failure else reason_of(exchange)
            self.first.setdefault(result, FirstPlace(exchange.id, reason))
            self._timed_out += bool(exchange.failure and exchange.failure.kind.startswith("timeout"))

    def add(self, other: OutcomeTally) -> None:
        """Take over the counts of another run."""
        self.calls += other.calls
        self.void.update(other.void)
        self.first = {**other.first, **self.first}
        self._timed_out += other._timed_out

    def silence(self) -> Silence | None:
        """The calls that got no answer; None where each got one."""
        first = self.first.get(Outcome.UNANSWERED)
        return Silence(self.void[Outcome.UNANSWERED], first.exchange, first.reason) if first else None

    def words(self, result: Outcome) -> str:
        """How many calls came to an outcome, in words."""
        count = self.void[result]
        is_slow = result is Outcome.UNANSWERED and self._timed_out == count
        return (_TIMED_OUT if is_slow else _WORDS[result]).format(count, self.calls)
