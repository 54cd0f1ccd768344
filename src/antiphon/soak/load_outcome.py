"""Outcome of a call of a soak: its routes were tried, but for the methods that a server says it lacks."""

from __future__ import annotations

from antiphon.recording.exchange import Exchange
from antiphon.recording.outcome import Outcome, outcome

NOT_IMPLEMENTED = 501
"""Said of a method that a server lacks, such as the DELETE of our own clean-up; that is no failure under load."""


def load_outcome(exchange: Exchange) -> Outcome:
    """What became of a call."""
    return outcome(exchange, routed=exchange.status != NOT_IMPLEMENTED)
