"""Effects: what a server did with each parameter and each capability, not what it repeats."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from antiphon.contract.model import Contract
from antiphon.effects.capabilities import Capabilities
from antiphon.effects.capability_states import CapabilityStates
from antiphon.effects.table import Table
from antiphon.judge.operations import operation_of
from antiphon.judge.route_memory import KnownRoutes
from antiphon.recording.exchange import Exchange
from antiphon.recording.outcome import Outcome
from antiphon.recording.records import ScenarioEnd


@dataclass
class EffectsState:
    """What exchanges show of parameters and capabilities."""

    table: Table = field(default_factory=Table)
    capabilities: Capabilities = field(default_factory=Capabilities)
    routes: KnownRoutes = field(default_factory=KnownRoutes)
    waiting: dict[str, Table] = field(default_factory=dict)
    """By operation: what replies show of parameters if their route exists, which nothing has shown so far."""


class Effects:
    """Builds the tables of parameters and capabilities from the exchanges of a run."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self.state = EffectsState()
        self._kept: dict[str, str] | None = None
        """What `kept_elsewhere` found since the last exchange: every test asks for it."""

    def see(self, exchange: Exchange) -> None:
        """Add one exchange."""
        self._kept = None
        operation, state = operation_of(exchange, self._contract.edition), self.state
        state.capabilities.see(exchange, operation)
        if state.routes.see(exchange, operation) and (waiting := state.waiting.pop(operation, None)):
            state.table.add(waiting)
        is_routed = state.routes.outcome(exchange, operation) is not Outcome.UNROUTED
        table = state.table if is_routed else state.waiting.setdefault(operation, Table())
        table.see(exchange, operation)

    def add(self, other: EffectsState) -> None:
        """Take over what other exchanges show."""
        self._kept = None
        state = self.state
        state.table.add(other.table)
        state.capabilities.add(other.capabilities)
        state.routes.add_routes(other.routes.shown)
        for operation, table in other.waiting.items():
            state.waiting.setdefault(operation, Table()).add(table)
        for operation in sorted(state.routes.shown & state.waiting.keys()):
            state.table.add(state.waiting.pop(operation))

    def kept_elsewhere(self) -> Mapping[str, str]:
        """The capabilities that some exchange shows to be there, with the first of these exchanges."""
        if self._kept is None:
            self._kept = CapabilityStates(self.state.capabilities, self.state.table).kept_elsewhere()
        return self._kept

    def tables(self, endings: Iterable[ScenarioEnd], claims: Mapping[str, bool]) -> dict[str, Any]:
        """`parameters` and `capabilities` as a result holds them; `claims` are what the configuration says."""
        self.state.table.close()
        states = CapabilityStates(self.state.capabilities, self.state.table)
        capabilities = states.states(self._contract.capabilities, endings, claims)
        return {"parameters": self.state.table.rows(), "capabilities": capabilities}
