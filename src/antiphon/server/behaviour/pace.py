"""Pace of a stream: seconds between its deltas, kept over the whole of it."""

from __future__ import annotations

import asyncio


class Beat:
    """Beat of one stream: a server that is behind sends what is due together, instead of falling back further."""

    __slots__ = ("_due", "_loop", "_seconds")

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._loop = asyncio.get_running_loop()
        self._due = self._loop.time()

    async def wait(self) -> None:
        """Wait for the next beat, if it is still to come."""
        if self._seconds:
            self._due += self._seconds
            left = self._due - self._loop.time()
            if left > 0:
                await asyncio.sleep(left)
