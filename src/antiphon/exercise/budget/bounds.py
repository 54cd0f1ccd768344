"""Budget of a run. A call that could exceed a bound is not sent."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from antiphon.errors import ConfigError
from antiphon.exercise.budget.prices import Prices
from antiphon.exercise.budget.tokens import NONE, Tokens, count_tokens, estimate_tokens, needs_model, stores_response
from antiphon.recording.exchange import Exchange, Failure, Request
from antiphon.recording.records import UNSENT


@dataclass(frozen=True)
class Bounds:
    """The most of a run; None where it is not bounded."""

    calls: int | None = None
    tokens: int | None = None
    cost: float | None = None
    time: float | None = None
    """Seconds."""

    def __post_init__(self) -> None:
        for name in ("calls", "tokens", "cost", "time"):
            value = getattr(self, name)
            if value is not None and (isinstance(value, bool) or not 0 < value < 1e12):
                raise ConfigError(f"--max-{name} is {value}; give a number above 0.")

    def __bool__(self) -> bool:
        """What may be spent is bounded; a bound of time ends a run, and plans nothing."""
        return (self.calls, self.tokens, self.cost) != (None, None, None)

    def exceeded_option(self, calls: int, tokens: int, cost: float) -> str:
        """The option whose bound is exceeded; empty where none is."""
        for name, spent in (("calls", calls), ("tokens", tokens), ("cost", cost)):
            most = getattr(self, name)
            if most is not None and spent > most:
                return f"--max-{name} {most:g}"
        return ""


LAST_SHARE = 0.3
"""Share of the time of a run that is held back for its clean-up and its judgement."""
LONGEST_LAST = 30.0
"""Seconds of that share at most, on a machine that is not busy."""
JUDGING_BASE, JUDGING_A_CALL = 0.5, 0.005
"""Seconds of the processor that the judgement takes, and those for each call."""
MOST_LAST = 0.6
"""Share of the time that is held back at most."""


@dataclass(frozen=True)
class Ticket:
    """Reservation for a call, until its reply states the actual usage."""

    model: str = ""
    tokens: Tokens = NONE
    stores: bool = False
    """It creates an object that has to be deleted at the end, by one more call."""


@dataclass
class Budget:
    """Counts what a run spends: in full for what is over, by foresight for what is under way."""

    bounds: Bounds = field(default_factory=Bounds)
    prices: Prices = field(default_factory=Prices)
    calls: int = 0
    to_delete: Callable[[], int] | None = None
    """Number of calls reserved for deleting stored objects; None where nothing will be deleted."""
    tokens: Tokens = NONE
    cost: float = 0.0
    ends_at: float | None = None
    """When the run ends, on the monotonic clock; None before it begins, and where its time is not bounded."""
    _open: list[Ticket] = field(default_factory=list)
    _known: dict[str, int] = field(default_factory=dict)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, request: Request, patient: bool = True) -> Ticket | Failure:
        """Leave to send a request; a Failure where a bound would be passed.

        A `patient` one waits where the replies to what is under way may leave room for it.
        """
        ticket = self._ticket(request)
        while reached := self._reached(ticket, self._open):
            if not patient or not self._open or self._reached(ticket, ()):
                return Failure("budget", f"{UNSENT}{reached} would be passed.")
            self._news.clear()
            await self._news.wait()
        self.calls += 1
        self._open.append(ticket)
        return ticket

    def renew(self) -> None:
        """Begin anew in another event loop, with what was spent so far, and in the time that is left."""
        self._open, self._news = [], asyncio.Event()
        if self.ends_at is None and self.bounds.time is not None:
            self.ends_at = time.monotonic() + self.bounds.time

    @property
    def seconds_left(self) -> float:
        """Seconds until the end of the run; infinite where its time is not bounded."""
        return math.inf if self.ends_at is None else max(0.0, self.ends_at - time.monotonic())

    def playing_seconds(self, calls: int, lag_share: float) -> float:
        """Seconds in which scenarios may still be played, after so many calls.

        `lag_share`: the share of the time in which our own loop stood still; on a machine that is as busy as that,
        judging takes longer by as much.
        """
        whole = self.bounds.time or 0.0
        judging = (JUDGING_BASE + JUDGING_A_CALL * calls) / max(0.1, 1.0 - lag_share)
        return self.seconds_left - min(max(judging, min(LONGEST_LAST, LAST_SHARE * whole)), MOST_LAST * whole)

    def exceeded_bound(self, calls: int, tokens: Tokens, model: str) -> str:
        """The bound that would be exceeded by spending so much more; empty where none would be."""
        kept = self.to_delete() if self.to_delete else 0
        cost = self.cost + self.prices.of(tokens, model)
        return self.bounds.exceeded_option(self.calls + kept + calls, self.tokens.total + tokens.total, cost)

    def settle(self, ticket: Ticket, exchange: Exchange) -> None:
        """Count the actual usage of a call.

        Its estimate, where the reply does not state it and the call was accepted.
        """
        self._open = [each for each in self._open if each is not ticket]
        spent = count_tokens(exchange)
        if not spent.total and (exchange.status or 0) < 400 and not _is_unsent(exchange):
            spent = ticket.tokens
        reply = exchange.reply
        if isinstance(reply, dict) and isinstance(reply.get("id"), str):
            self._known[reply["id"]] = spent.total
        self.tokens = self.tokens.plus(spent)
        self.cost += self.prices.of(spent, ticket.model)
        self._news.set()

    def abandon(self, ticket: Ticket) -> None:
        """Count what was foreseen for a call whose end we did not wait for."""
        self._open = [each for each in self._open if each is not ticket]
        self.tokens = self.tokens.plus(ticket.tokens)
        self.cost += self.prices.of(ticket.tokens, ticket.model)
        self._news.set()

    def _ticket(self, request: Request) -> Ticket:
        keeps = self.to_delete is not None and stores_response(request)
        if not needs_model(request):
            return Ticket(stores=keeps)
        named = request.body.get("previous_response_id")
        before = self._known.get(named, 0) if isinstance(named, str) else 0
        return Ticket(str(request.body.get("model") or ""), estimate_tokens(request, before), keeps)

    def _reached(self, ticket: Ticket, under_way: list[Ticket] | tuple[()]) -> str:
        waiting = [*under_way, ticket]
        tokens = sum(each.tokens.total for each in waiting)
        cost = sum(self.prices.of(each.tokens, each.model) for each in waiting)
        calls = self.calls + 1 + (self.to_delete() if self.to_delete else 0) + sum(each.stores for each in waiting)
        return self.bounds.exceeded_option(calls, self.tokens.total + tokens, self.cost + cost)


def _is_unsent(exchange: Exchange) -> bool:
    return exchange.failure is not None and exchange.failure.kind in ("connect", "tls", "timeout-connect")
