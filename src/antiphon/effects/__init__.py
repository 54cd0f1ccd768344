"""Effects: what a server did with each parameter and each capability, not what it repeats."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from antiphon.contract.model import Contract
from antiphon.effects.capabilities import Capabilities
from antiphon.effects.table import Table
from antiphon.judge.operations import operation_of
from antiphon.judge.route_memory import KnownRoutes
from antiphon.recording.exchange import Exchange
from antiphon.recording.outcome import Outcome
from antiphon.recording.records import ScenarioEnd

MOST_VIEWS = 64
LARGEST = 64 * 1024


class Effects:
    """Builds the tables of parameters and capabilities from the exchanges of a run.

    A reply of a route that nothing has shown to exist waits for that, as far as there is room; until then it shows
    nothing of a parameter.
    """

    def __init__(self, contract: Contract) -> None:
        self._edition = contract.edition
        self._table = Table()
        self._capabilities = Capabilities(contract, self._table)
        self._routes = KnownRoutes()
        self._unrouted: dict[str, list[Exchange]] = {}

    def see(self, exchange: Exchange) -> None:
        """Add one exchange."""
        operation = operation_of(exchange, self._edition)
        self._capabilities.see(exchange, operation)
        if self._routes.see(exchange, operation):
            for waiting in self._unrouted.pop(operation, ()):
                self._table.see(waiting, operation)
        if self._routes.outcome(exchange, operation) is not Outcome.UNROUTED:
            self._table.see(exchange, operation)
        elif len(self._unrouted.setdefault(operation, [])) < MOST_VIEWS and len(exchange.content) <= LARGEST:
            self._unrouted[operation].append(exchange)

    def kept_elsewhere(self) -> dict[str, str]:
        """The capabilities that some exchange shows to be there, with the first of these exchanges."""
        return self._capabilities.kept_elsewhere()

    def tables(self, endings: Iterable[ScenarioEnd], claims: Mapping[str, bool]) -> dict[str, Any]:
        """`parameters` and `capabilities` as a result holds them; `claims` are what the configuration says."""
        self._table.close()
        return {"parameters": self._table.rows(), "capabilities": self._capabilities.states(endings, claims)}
