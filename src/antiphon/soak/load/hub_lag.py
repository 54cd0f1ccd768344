"""How late greenlets wake up on a busy machine: a delay of ours, for which no server is blamed."""

from __future__ import annotations

import time

import gevent

from antiphon.exercise.loop_lag import INTERVAL, LEAST, LoopLag


class HubLag(LoopLag):
    """Measures the hub of gevent as its base measures a loop of asyncio."""

    def __init__(self) -> None:
        super().__init__()
        self._greenlet: gevent.Greenlet | None = None

    def start(self) -> None:
        """Measure, unless that is done already."""
        if self._greenlet is None:
            self._due = time.monotonic() + INTERVAL
            self._greenlet = gevent.spawn(self._measure)

    def stop(self) -> None:
        """Measure no more."""
        if self._greenlet is not None:
            self._greenlet.kill(block=False)
            self._greenlet = None

    def since(self, start: float) -> float:
        """The longest lag since a time, one that lasts still included; 0.0 where there was none."""
        lasting = time.monotonic() - max(self._due, start) if self._greenlet is not None else 0.0
        longest = max(super().since(start), lasting)
        return longest if longest >= LEAST else 0.0

    @property
    def total(self) -> float:
        """The sum of all lags so far, one that lasts still included."""
        lasting = time.monotonic() - self._due if self._greenlet is not None else 0.0
        return super().total + (lasting if lasting >= LEAST else 0.0)

    def _measure(self) -> None:
        while True:
            gevent.sleep(max(0.0, self._due - time.monotonic()))
            now = time.monotonic()
            self.add(now, now - self._due)
            self._due = now + INTERVAL
