"""Actual cost of a run: calls, tokens and money, in all and by area of the suite."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from antiphon.exercise.budget.prices import Prices
from antiphon.exercise.budget.tokens import NONE, Tokens, count_tokens
from antiphon.exercise.scenario import get_scenario, is_registered
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


@dataclass
class RunCosts:
    """Sum of costs over exchanges. A background response states its tokens when it is read, and counts once."""

    prices: Prices = field(default_factory=Prices)
    area: Callable[[Exchange], str] = area_of
    all: CostTotal = field(default_factory=CostTotal)
    areas: dict[str, CostTotal] = field(default_factory=lambda: defaultdict(CostTotal))
    retried_count: int = 0
    deleted_count: int = 0
    undeleted_count: int = 0
    """Stored objects that were not deleted: the target refused it, or no time was left."""
    _untold: dict[str, tuple[str, str]] = field(default_factory=dict)

    def add(self, exchange: Exchange) -> None:
        """Add an exchange; a call that was not sent, and a webhook, count as none."""
        if CLEAN_UP in exchange.notes:
            self.deleted_count += exchange.is_success
            self.undeleted_count += not exchange.is_success
        if INBOUND in exchange.notes or (exchange.failure and exchange.failure.kind in ("budget", UNOPENED)):
            return
        self.retried_count += RETRIED in exchange.notes
        area, model, tokens = self.area(exchange), _model(exchange), count_tokens(exchange)
        reply = exchange.reply
        id = reply.get("id") if isinstance(reply, dict) else None
        if isinstance(id, str):
            if not tokens.total and reply.get("status") in ("queued", "in_progress"):
                self._untold[id] = area, model
            elif id in self._untold and (told := count_tokens(exchange, always=True)).total:
                area, model = self._untold.pop(id)
                tokens = told
        cost = self.prices.of(tokens, model)
        for each in (self.all, self.areas[area]):
            each.tokens, each.cost = each.tokens.plus(tokens), each.cost + cost
        self.all.calls += 1
        self.areas[self.area(exchange)].calls += 1


def _model(exchange: Exchange) -> str:
    sent = exchange.sent
    return str(sent.get("model") or "") if isinstance(sent, dict) else ""
