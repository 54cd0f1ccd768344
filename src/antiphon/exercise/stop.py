"""Early end of a run: by a signal, by its time, by its bytes, or because nothing answers any more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from antiphon.recording.exchange import Exchange
from antiphon.recording.records import EARLY

SILENT_CALLS = 8
"""Calls in a row without an answer, after which a run ends."""


class Stop:
    """Request to end a run. What is under way is given up; clean-up, judging and reports follow."""

    def __init__(self) -> None:
        self.reason = ""
        """Why the run ends; empty while it does not."""
        self._on_request: Callable[[], None] = lambda: None

    def request(self, reason: str) -> None:
        """End the run. The first reason counts."""
        if not self.reason:
            self.reason = f"{EARLY}{reason}"
            self._on_request()

    @contextmanager
    def notify(self, on_request: Callable[[], None]) -> Iterator[None]:
        """Call `on_request` when the run is to end, inside the block alone; at once where that was requested."""
        self._on_request = on_request
        try:
            if self.reason:
                on_request()
            yield
        finally:
            self._on_request = lambda: None


class CircuitBreaker:
    """Counts calls in a row without an answer; only those sent after the last answer show that nothing answers."""

    def __init__(self, stop: Stop) -> None:
        self._stop = stop
        self._silent = 0
        self._answered_at = 0.0

    def add(self, exchange: Exchange) -> None:
        """Count an exchange; the run ends where it is one too many."""
        if exchange.status is not None:
            self._silent = 0
            self._answered_at = max(self._answered_at, exchange.started_at + exchange.elapsed)
        elif _is_silent(exchange) and exchange.started_at >= self._answered_at:
            self._silent += 1
            if self._silent >= SILENT_CALLS:
                self._stop.request(f"{SILENT_CALLS} calls in a row got no answer.")


def _is_silent(exchange: Exchange) -> bool:
    if exchange.failure is None or exchange.failure.kind == "unsendable" or exchange.is_our_delay:
        return False
    return exchange.is_unanswered
