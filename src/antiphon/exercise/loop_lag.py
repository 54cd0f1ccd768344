"""How late our own event loop wakes up on a busy machine: a delay of ours, for which no server is blamed."""

from __future__ import annotations

import asyncio

INTERVAL = 0.05
"""Seconds between two wakings."""
LEAST = 0.01
"""Seconds; less than this is what a timer is late by on a quiet machine."""


class LoopLag:
    """Wakes up at fixed intervals and keeps how late that was.

    A waking takes two turns of the loop, as a read from a socket does, so it is as late as a read can be.
    """

    def __init__(self) -> None:
        self._due = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._late: list[tuple[float, float]] = []
        self._sum = 0.0

    def start(self) -> None:
        """Measure the running loop, unless that is done already."""
        if self._timer is None:
            self._wait()

    def stop(self) -> None:
        """Measure no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def since(self, start: float) -> float:
        """The longest lag since a time of the loop, one that lasts still included; 0.0 where there was none."""
        longest = next((late for at, late in self._late if at >= start), 0.0)
        if self._timer is not None:
            longest = max(longest, asyncio.get_running_loop().time() - max(self._due, start))
        return longest if longest >= LEAST else 0.0

    @property
    def total(self) -> float:
        """The sum of all lags so far, one that lasts still included: time that no server had."""
        lasting = 0.0 if self._timer is None else asyncio.get_running_loop().time() - self._due
        return self._sum + (lasting if lasting >= LEAST else 0.0)

    def add(self, at: float, late: float) -> None:
        """Keep that the loop woke at `at`, so much too late."""
        self._sum += late if late >= LEAST else 0.0
        # What is both earlier and shorter than another is never the longest since any time.
        while self._late and self._late[-1][1] <= late:
            self._late.pop()
        self._late.append((at, late))

    def _wait(self) -> None:
        loop = asyncio.get_running_loop()
        self._due = loop.time() + INTERVAL
        self._timer = loop.call_at(self._due, loop.call_soon, self._wake)

    def _wake(self) -> None:
        if self._timer is None:
            return
        now = asyncio.get_running_loop().time()
        self.add(now, now - self._due)
        self._wait()
