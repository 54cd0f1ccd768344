"""The exchanges that a report shows: those that the first places of what is broken lie in, or all of a few."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from antiphon.recording import records
from antiphon.recording.exchange import Exchange

LARGEST = 256 * 1024
MOST_UNUSED = 500


class WrittenExchange(NamedTuple):
    """The file that an exchange stands in, and the exchange as the line of a transcript."""

    file: str
    line: str


class KeptExchanges:
    """Exchanges by id, each up to a size. Those of parts add up."""

    def __init__(self) -> None:
        self._fresh: dict[str, tuple[str, Exchange]] = {}
        """Those that may yet go, so that they are not written."""
        self._written: dict[str, WrittenExchange] = {}
        self._limit = MOST_UNUSED

    def keep(self, exchange: Exchange, file: str) -> None:
        """Keep an exchange, unless it is large."""
        if len(exchange.content) > LARGEST:
            return
        if exchange.id in self._fresh or exchange.id in self._written:
            self.add({exchange.id: WrittenExchange(file, records.dump(exchange))})
        else:
            self._fresh[exchange.id] = file, exchange.unread()

    def add(self, others: Mapping[str, WrittenExchange]) -> None:
        """Take over others; of two with the same id, one that does not depend on which came first."""
        self._write(others)
        for id, exchange in others.items():
            self._written[id] = min(exchange, self._written.get(id, exchange))

    def _write(self, ids: Iterable[str]) -> None:
        for id in ids:
            if fresh := self._fresh.pop(id, None):
                self._written[id] = WrittenExchange(fresh[0], records.dump(fresh[1]))

    @property
    def is_full(self) -> bool:
        """So many are kept that those that no place needs have to go."""
        return len(self._fresh) + len(self._written) > self._limit

    def restrict(self, needed: Collection[str]) -> Mapping[str, WrittenExchange]:
        """Let go of all but the needed ones; those that stay."""
        self._write([id for id in self._fresh if id in needed])
        self._fresh = {}
        self._written = {id: exchange for id, exchange in self._written.items() if id in needed}
        self._limit = 2 * len(self._written) + MOST_UNUSED
        return self._written

    def get(self, name: str) -> Exchange | None:
        """The exchange of an id, if it was kept."""
        self._write([name])
        found = self._written.get(name)
        record = records.parse(found.line, name) if found else None
        return record if isinstance(record, Exchange) else None
