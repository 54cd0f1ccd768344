"""Recorder of exchanges, without secrets, and the observer that follows a run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Protocol

from antiphon.exercise.cleanup import Stored
from antiphon.recording.exchange import Exchange
from antiphon.recording.records import Ending, Record
from antiphon.recording.redaction.redactor import Redactor


class Watcher(Protocol):
    """Observer of the progress of scenarios."""

    def planned(self, scenarios: int) -> None: ...

    def began(self, scenario: str) -> None: ...

    def said(self, exchange: Exchange) -> None: ...

    def ended(self, ending: Ending) -> None: ...


@dataclass
class Recording:
    """Recorder: exchanges without secrets, in the order of their arrival."""

    write: Callable[[Record], None]
    redactor: Redactor
    watcher: Watcher | None = None
    records: list[Record] = field(default_factory=list)
    prefix: str = ""
    """Stands before the id of each exchange."""
    run: str = ""
    """Marks what is stored; nothing is marked when empty."""
    stored: Stored | None = None
    unsent: dict[str, str] = field(default_factory=dict)
    """Scenarios that reached a bound of the run, and the bound."""

    def exchange(self, exchange: Exchange) -> Exchange:
        """Record an exchange without its secrets; the scenario continues with the original."""
        exchange = replace(exchange, id=self.prefix + exchange.id) if self.prefix else exchange
        if exchange.failure and exchange.failure.kind == "budget":
            self.unsent.setdefault(exchange.scenario or "", exchange.failure.message)
        if self.stored is not None:
            self.stored.see(exchange)
        clean = self.redactor.exchange(exchange)
        self._keep(clean)
        if self.watcher:
            self.watcher.said(clean)
        return exchange

    def ending(self, ending: Ending) -> None:
        if ending.scenario in self.unsent:
            ending = Ending(ending.scenario, "skipped", self.unsent[ending.scenario])
        self._keep(ending)
        if self.watcher:
            self.watcher.ended(ending)

    def _keep(self, record: Record) -> None:
        self.records.append(record)
        self.write(record)
