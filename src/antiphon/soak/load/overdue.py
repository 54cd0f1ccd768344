"""Time limits of an exchange among greenlets."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

import gevent

from antiphon.exercise.http import failures
from antiphon.exercise.limits import Limits
from antiphon.recording.exchange import Failure
from antiphon.soak.load.hub_lag import HubLag


class Overdue(BaseException):
    """The time of an exchange is over. No handler of the HTTP library may swallow it."""


class ExchangeClock:
    """Raises Overdue inside its block once the limits are exceeded.

    Time in which our own hub stood still does not count.
    """

    def __init__(self, limits: Limits, lag: HubLag) -> None:
        self._limits, self._lag = limits, lag
        self._began = self._silent_since = (0.0, 0.0)
        self._has_begun = False
        self._greenlet = gevent.getcurrent()
        self._watch: gevent.Greenlet | None = None

    def __enter__(self) -> Self:
        self._began = time.monotonic(), self._lag.total
        self._watch = gevent.spawn_later(self._due() - time.monotonic(), self._ring)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._watch is not None:
            self._watch.kill(block=False)
            self._watch = None

    def tick(self) -> None:
        """Something came: the reply has begun, or goes on."""
        self._silent_since = time.monotonic(), self._lag.total
        if not self._has_begun:
            self._has_begun = True
            self._wait()

    def failure(self) -> Failure:
        """Why an exchange is over that took too long."""
        if self._has_begun and time.monotonic() < self._deadline():
            return failures.silent(self._limits.idle)
        return failures.too_slow(self._limits.total, self._has_begun)

    def _deadline(self) -> float:
        start, before = self._began
        return start + self._limits.total + self._lag.total - before

    def _due(self) -> float:
        if not self._has_begun:
            return self._deadline()
        since, before = self._silent_since
        return min(self._deadline(), since + self._limits.idle + self._lag.total - before)

    def _wait(self) -> None:
        if self._watch is not None and self._watch is not gevent.getcurrent():
            self._watch.kill(block=False)
        self._watch = gevent.spawn_later(max(0.0, self._due() - time.monotonic()), self._ring)

    def _ring(self) -> None:
        if self._watch is not gevent.getcurrent():
            return
        if time.monotonic() < self._due():
            self._wait()
        else:
            self._watch = None
            gevent.kill(self._greenlet, Overdue, block=False)
