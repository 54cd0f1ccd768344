"""The exchanges that a report shows: those that the first places of what is broken lie in."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import NamedTuple

from antiphon.recording import records
from antiphon.recording.exchange import Exchange


class KeptExchange(NamedTuple):
    """An exchange, as the line of a transcript, and the file that it stands in."""

    file: str
    line: str


@dataclass
class KeptExchanges:
    """Exchanges by id, each up to a size. Those of parts add up."""

    LARGEST = 256 * 1024
    MOST_UNUSED = 500

    kept: dict[str, KeptExchange] = field(default_factory=dict)
    limit: int = MOST_UNUSED
    """The number from which on those that no place needs have to go."""

    def keep(self, exchange: Exchange, file: str) -> None:
        """Keep an exchange, unless it is large."""
        if len(exchange.content) <= self.LARGEST:
            self._keep(exchange.id, KeptExchange(file, records.dump(exchange)))

    def _keep(self, id: str, exchange: KeptExchange) -> None:
        self.kept[id] = min(exchange, self.kept.get(id, exchange))

    def add(self, other: KeptExchanges) -> None:
        """Take over others."""
        for id, exchange in other.kept.items():
            self._keep(id, exchange)

    @property
    def is_full(self) -> bool:
        """So many are kept that those that no place needs have to go."""
        return len(self.kept) > self.limit

    def restrict(self, needed: Collection[str]) -> None:
        """Let go of all but the needed ones."""
        self.kept = {id: exchange for id, exchange in self.kept.items() if id in needed}
        self.limit = 2 * len(self.kept) + self.MOST_UNUSED

    def get(self, name: str) -> Exchange | None:
        """The exchange of an id, if it was kept."""
        found = self.kept.get(name)
        record = records.parse(found.line, name) if found else None
        return record if isinstance(record, Exchange) else None
