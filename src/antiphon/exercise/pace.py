"""Pace of calls to a target: a number of calls in a time, and none while it asks for a pause."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import anyio

from antiphon.errors import ConfigError

PATIENCE: ContextVar[anyio.CancelScope | None] = ContextVar("PATIENCE", default=None)
"""The deadline of the scenario that runs: it moves by what we make the scenario wait."""
_UNITS = {"s": 1.0, "sec": 1.0, "second": 1.0, "m": 60.0, "min": 60.0, "minute": 60.0, "h": 3600.0, "hour": 3600.0}
_RATE = re.compile(r"\s*([0-9]{1,6})\s*/\s*([a-z]+)\s*")

_LONG = 1e6
"""Seconds; more than any wait."""


@contextmanager
def patience() -> Iterator[None]:
    """Give the scenario that runs as much more time as the block takes: it waits for us there, not for the target."""
    scope = PATIENCE.get()
    if scope is None:
        yield
        return
    now = asyncio.get_running_loop().time
    began = now()
    scope.deadline += _LONG  # several calls of one scenario may wait at once, so only sums are right
    try:
        yield
    finally:
        scope.deadline += now() - began - _LONG


def parse_rate(text: str) -> float:
    """Seconds between two calls at a rate such as `60/min`; 0.0 for none. Raises ConfigError."""
    if not text:
        return 0.0
    match = _RATE.fullmatch(text.lower())
    if not match or match[2] not in _UNITS or not int(match[1]):
        raise ConfigError(f"Rate {text!r} is not of the form N/s, N/min or N/h, such as 60/min.")
    return _UNITS[match[2]] / int(match[1])


class Pace:
    """Gives each call its turn. Turns are `interval` seconds apart, and all wait while the target is given a rest."""

    def __init__(
        self,
        interval: float = 0.0,
        now: Callable[[], float] | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.interval = interval
        self._now = now or (lambda: asyncio.get_running_loop().time())
        self._sleep = sleep
        self._next = 0.0
        self._rest_until = 0.0

    async def turn(self) -> None:
        """Wait for one's turn."""
        if not self.interval and not self._rest_until:
            return
        now = self._now()
        at = max(now, self._next)
        self._next = at + self.interval
        await self.wait(at - now)
        while (more := self._rest_until - self._now()) > 0:
            await self.wait(more)

    def rest(self, seconds: float) -> None:
        """Let no call go out for so long."""
        self._rest_until = max(self._rest_until, self._now() + seconds)

    async def wait(self, seconds: float) -> None:
        """Wait, without taking the time from the scenario that runs."""
        if seconds <= 0:
            return
        scope = PATIENCE.get()
        if scope is not None:
            scope.deadline += seconds
        await self._sleep(seconds)
