"""Recorder of exchanges, without secrets, and the observer that follows a run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Protocol

from antiphon.exercise.cleanup import StoredObjects
from antiphon.recording.exchange import Exchange
from antiphon.recording.records import Record, ScenarioEnd
from antiphon.recording.redaction.redactor import Redactor


class RunWatcher(Protocol):
    """Observer of the progress of scenarios."""

    def on_plan(self, scenarios: int) -> None:
        """So many scenarios will be played."""

    def on_start(self, scenario: str) -> None:
        """A scenario starts."""

    def on_exchange(self, exchange: Exchange) -> None:
        """An exchange is over."""

    def on_end(self, ending: ScenarioEnd) -> None:
        """A scenario has ended."""


@dataclass
class Recorder:
    """Recorder: exchanges without secrets, in the order of their arrival."""

    write: Callable[[Record], None]
    redactor: Redactor
    watcher: RunWatcher | None = None
    records: list[Record] = field(default_factory=list)
    prefix: str = ""
    """Stands before the id of each exchange."""
    run: str = ""
    """Marks what is stored; nothing is marked when empty."""
    stored_objects: StoredObjects | None = None
    unsent: dict[str, str] = field(default_factory=dict)
    """Scenarios that reached a bound of the run, and the bound."""

    def record_exchange(self, exchange: Exchange) -> Exchange:
        """Record an exchange without its secrets; the scenario continues with the original."""
        exchange = replace(exchange, id=self.prefix + exchange.id) if self.prefix else exchange
        if exchange.failure and exchange.failure.kind == "budget":
            self.unsent.setdefault(exchange.scenario or "", exchange.failure.message)
        if self.stored_objects is not None:
            self.stored_objects.see(exchange)
        clean = self.redactor.exchange(exchange)
        self._keep(clean)
        if self.watcher:
            self.watcher.on_exchange(clean)
        return exchange

    def record_end(self, ending: ScenarioEnd) -> None:
        """Record how a scenario ended; one with an unsent call was skipped."""
        if ending.scenario in self.unsent:
            ending = ScenarioEnd(ending.scenario, "skipped", self.unsent[ending.scenario])
        self._keep(ending)
        if self.watcher:
            self.watcher.on_end(ending)

    def _keep(self, record: Record) -> None:
        self.records.append(record)
        self.write(record)
