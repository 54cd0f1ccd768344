"""Moment of an exchange among others, whatever the order in which they are read."""

from __future__ import annotations

from typing import NamedTuple

from antiphon.recording.exchange import Exchange


class Moment(NamedTuple):
    """When an exchange began; where no time is known, its number tells."""

    started_at: float
    length: int
    exchange: str

    @classmethod
    def of(cls, exchange: Exchange) -> Moment:
        """The moment of an exchange: of ids that end in a number, a longer one is later."""
        return cls(exchange.started_at, len(exchange.id), exchange.id)
