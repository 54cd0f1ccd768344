"""Small recordings as a whole, so that a script can make what another exchange reads, whoever judged which part."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, NamedTuple

from antiphon.errors import RecordingError
from antiphon.recording import records
from antiphon.recording.exchange import Chunk, Exchange
from antiphon.recording.records import stored_time

MOST_EXCHANGES: Final = 2_000
MOST_BYTES: Final = 16 << 20
"""Bytes of the replies of a recording that is kept whole."""


class Position(NamedTuple):
    """Where an exchange stands: its file, how often that was rotated before, and the number of its line or record."""

    file: str = ""
    rotation: int = 0
    number: int = 0


class PlacedExchange(NamedTuple):
    """An exchange as the line of a transcript, where it stood, and the bytes of its reply."""

    position: Position
    size: int
    line: str


class WholeRecording:
    """All exchanges of a small recording; none of a large one, nor where an id stands twice. Those of parts add up."""

    def __init__(self) -> None:
        self._placed: dict[str, tuple[Position, int, Exchange | str]] = {}
        self._bytes = 0
        self._is_whole = True

    def keep(self, exchange: Exchange, position: Position) -> None:
        """Keep an exchange, as it would be read again from a part."""
        if self._is_whole:
            self._place(exchange.id, position, len(exchange.content), as_stored(exchange).unread())

    def _place(self, id: str, position: Position, size: int, exchange: Exchange | str) -> None:
        self._bytes += size
        if id in self._placed or len(self._placed) == MOST_EXCHANGES or self._bytes > MOST_BYTES:
            self._placed, self._is_whole = {}, False
        else:
            self._placed[id] = position, size, exchange

    @property
    def state(self) -> dict[str, PlacedExchange] | None:
        """The exchanges by their ids, as they are written; None where there are too many."""
        if not self._is_whole:
            return None
        return {
            id: PlacedExchange(position, size, each if isinstance(each, str) else records.dump(each))
            for id, (position, size, each) in self._placed.items()
        }

    def add(self, state: dict[str, PlacedExchange] | None) -> None:
        """Take over the exchanges of another part; where it had too many, or both together do, there are none."""
        if state is None:
            self._placed, self._is_whole = {}, False
        for id, placed in (state or {}).items():
            if not self._is_whole:
                return
            self._place(id, *placed)

    def exchanges(self) -> dict[str, Exchange]:
        """The exchanges by their ids, by file and line, whatever the order in which they came.

        Raises RecordingError where what came from another part is none.
        """
        ordered = sorted(self._placed.items(), key=lambda item: (item[1][0], item[0]))
        return {id: each if isinstance(each, Exchange) else _parsed(id, each) for id, (_, _, each) in ordered}


def _parsed(id: str, line: str) -> Exchange:
    record = records.parse(line, id)
    if not isinstance(record, Exchange):
        raise RecordingError(f"{id}: is no exchange.")
    return record


def as_stored(exchange: Exchange) -> Exchange:
    """An exchange with its times as a transcript has them."""
    response = exchange.response
    if response:
        chunks = tuple(Chunk(stored_time(chunk.at), chunk.data) for chunk in response.chunks)
        response = response if chunks == response.chunks else replace(response, chunks=chunks)
    times = exchange.started_at, exchange.elapsed, exchange.lag
    started_at, elapsed, lag = map(stored_time, times)
    if response is exchange.response and (started_at, elapsed, lag) == times:
        return exchange
    return replace(exchange, response=response, started_at=started_at, elapsed=elapsed, lag=lag)
