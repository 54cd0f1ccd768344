"""Capabilities that replies have declined, so that no more calls are spent on what needs them."""

from __future__ import annotations

from collections import Counter

from antiphon.contract.missing_routes import is_missing
from antiphon.contract.model import Edition
from antiphon.exercise.capability_signs import SIGNS
from antiphon.exercise.scenario import Scenario
from antiphon.recording.exchange import Exchange
from antiphon.recording.records import ScenarioEnd

ENOUGH = 3
"""Scenarios that a refused parameter has ended, after which the capability counts as declined: one may be a refusal of
a combination."""


class DeclinedCapabilities:
    """Follows the exchanges and endings of a run."""

    def __init__(self, edition: Edition) -> None:
        self._edition = edition
        self._kept: set[str] = set()
        """Capabilities that a success shows to be there, at least in part."""
        self._unrouted: set[str] = set()
        """Capabilities whose own operation is answered as a route that is not there."""
        self._first: dict[str, ScenarioEnd] = {}
        self._count: Counter[str] = Counter()

    def see(self, exchange: Exchange) -> None:
        """Take in one exchange."""
        if exchange.request is None:
            return
        operation = self._edition.operation(exchange.request.method, exchange.request.path)
        good = exchange.is_success or (exchange.is_socket and bool(exchange.events))
        for id, signs in SIGNS.items():
            own = operation in (*signs.operations, *signs.streams)
            if good and (own or signs.uses(operation, exchange.sent)):
                self._kept.add(id)
            elif operation in signs.operations and is_missing(operation, exchange.status):
                self._unrouted.add(id)

    def add(self, ending: ScenarioEnd) -> None:
        """Take in the end of one scenario."""
        if ending.outcome == "declined" and ending.exchange:
            self._first.setdefault(ending.capability, ending)
            self._count[ending.capability] += 1

    def ending_of(self, scenario: Scenario) -> ScenarioEnd | None:
        """The end of a scenario that need not be played; None where it has to be."""
        for id in sorted(scenario.needs & self._first.keys() - self._kept):
            if id in self._unrouted or self._count[id] >= ENOUGH:
                first = self._first[id]
                return ScenarioEnd(scenario.name, "declined", first.reason, id, first.exchange)
        return None
