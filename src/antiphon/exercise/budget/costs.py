"""Actual cost of a run: calls, tokens and money, in all and by area of the suite."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from antiphon.exercise.budget.prices import Prices
from antiphon.exercise.budget.tokens import NONE, Tokens, count_tokens
from antiphon.exercise.scenario import get_scenario, is_registered
from antiphon.recording.bounded_tables import first_entries, prune
from antiphon.recording.exchange import CLEAN_UP, INBOUND, RETRIED, UNOPENED, Exchange

CLEAN_UP_AREA = "clean-up"
ELSEWHERE = "other"
"""The area of an exchange that belongs to no scenario of the suite."""


@dataclass
class CostTotal:
    """Cost of one area."""

    calls: int = 0
    tokens: Tokens = NONE
    cost: float = 0.0


def area_of(exchange: Exchange) -> str:
    """The area of the suite that an exchange belongs to."""
    if CLEAN_UP in exchange.notes:
        return CLEAN_UP_AREA
    name = exchange.scenario or ""
    return get_scenario(name).area if is_registered(name) else ELSEWHERE


def is_call(exchange: Exchange) -> bool:
    """It went out to the target; a webhook came in, and a call without budget or connection was never sent."""
    return INBOUND not in exchange.notes and not (exchange.failure and exchange.failure.kind in ("budget", UNOPENED))


class PendingUsage(NamedTuple):
    """A create whose reply came before its tokens were known."""

    started_at: float
    exchange: str
    area: str
    model: str


class LaterUsage(NamedTuple):
    """A later reply that shows what a response used."""

    started_at: float
    exchange: str
    tokens: Tokens


MOST_UNTOLD = 50_000


@dataclass
class CostCounts:
    """What exchanges cost, as far as it is known. Counts of parts add up."""

    areas: dict[str, CostTotal] = field(default_factory=dict)
    untold: dict[str, PendingUsage] = field(default_factory=dict)
    """By response, as `told`: both count once the other is there."""
    told: dict[str, LaterUsage] = field(default_factory=dict)
    retried: int = 0
    deleted: int = 0
    undeleted: int = 0

    def count(self, area: str, tokens: Tokens, cost: float, calls: int = 1) -> None:
        """Count calls of an area."""
        total = self.areas.setdefault(area, CostTotal())
        total.calls, total.tokens, total.cost = total.calls + calls, total.tokens.plus(tokens), total.cost + cost

    def add(self, other: CostCounts) -> None:
        """Take over other counts."""
        for area, total in other.areas.items():
            self.count(area, total.tokens, total.cost, total.calls)
        for id, untold in other.untold.items():
            self.add_untold(id, untold)
        for id, told in other.told.items():
            self.add_told(id, told)
        self.retried += other.retried
        self.deleted += other.deleted
        self.undeleted += other.undeleted

    def add_untold(self, id: str, untold: PendingUsage) -> None:
        """Remember a response whose tokens are not known."""
        self.untold[id] = min(untold, self.untold.get(id, untold))
        prune(self.untold, MOST_UNTOLD)

    def add_told(self, id: str, told: LaterUsage) -> None:
        """Remember what a response used."""
        self.told[id] = min(told, self.told.get(id, told))
        prune(self.told, MOST_UNTOLD)


@dataclass
class RunCosts:
    """Sum of costs over exchanges. A background response states its tokens when it is read, and counts once."""

    prices: Prices = field(default_factory=Prices)
    area: Callable[[Exchange], str] = area_of
    counts: CostCounts = field(default_factory=CostCounts)

    @property
    def retried_count(self) -> int:
        """Calls after which the same call was made again."""
        return self.counts.retried

    @property
    def deleted_count(self) -> int:
        """Stored objects that were deleted."""
        return self.counts.deleted

    @property
    def undeleted_count(self) -> int:
        """Stored objects that were not deleted: the target refused it, or no time was left."""
        return self.counts.undeleted

    def add(self, exchange: Exchange) -> None:
        """Add an exchange; a call that was not sent, and a webhook, count as none."""
        counts = self.counts
        if CLEAN_UP in exchange.notes:
            counts.deleted += exchange.is_success
            counts.undeleted += not exchange.is_success
        if not is_call(exchange):
            return
        counts.retried += RETRIED in exchange.notes
        area, model, tokens = self.area(exchange), _model(exchange), count_tokens(exchange)
        counts.count(area, tokens, self.prices.of(tokens, model))
        reply = exchange.reply
        id = reply.get("id") if isinstance(reply, dict) and not tokens.total else None
        if not isinstance(id, str):
            return
        if reply.get("status") in ("queued", "in_progress"):
            counts.add_untold(id, PendingUsage(exchange.started_at, exchange.id, area, model))
        elif (told := count_tokens(exchange, always=True)).total:
            counts.add_told(id, LaterUsage(exchange.started_at, exchange.id, told))

    @property
    def areas(self) -> dict[str, CostTotal]:
        """The costs of each area."""
        every = CostCounts()
        for area, total in self.counts.areas.items():
            every.count(area, total.tokens, total.cost, total.calls)
        for id, untold in first_entries(self.counts.untold, MOST_UNTOLD).items():
            if told := self.counts.told.get(id):
                every.count(untold.area, told.tokens, self.prices.of(told.tokens, untold.model), calls=0)
        return every.areas

    @property
    def all(self) -> CostTotal:
        """The costs of all areas together."""
        every = CostCounts()
        for total in self.areas.values():
            every.count("", total.tokens, total.cost, total.calls)
        return every.areas.get("", CostTotal())


def _model(exchange: Exchange) -> str:
    sent = exchange.sent
    return str(sent.get("model") or "") if isinstance(sent, dict) else ""
