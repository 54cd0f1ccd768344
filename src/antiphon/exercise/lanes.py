"""Lanes: how many calls are under way at once. A run starts with few, and adapts to what its target can take."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from contextvars import ContextVar
from itertools import count

from antiphon.exercise.pace import patience
from antiphon.recording.exchange import Exchange
from antiphon.recording.outcome import Outcome, outcome

START = 8
"""Lanes at the beginning, or fewer where the limit is lower."""
URGENCY: ContextVar[int] = ContextVar("URGENCY", default=0)
"""Of the scenario that runs. Where lanes are few, the calls of the most urgent one go first."""
_QUICK = 0.5
"""Lanes that an answer adds before the first overload."""
_BEYOND = 8
"""Above what was once too much, widening takes so many times longer."""


class Lanes:
    """Each call takes a lane. Answers add lanes; 429, 503 and timeouts halve them, once for all calls of a round.

    Before the first overload two answers add a lane, so that the number grows by half in the time of one answer: a
    server that is slow and steady is not overloaded. Afterwards a lane more takes as many answers as there are lanes.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.width = float(min(START, limit))
        self._ceiling = float(limit)
        self._is_overloaded = False
        self._taken = 0
        self._round = 0
        self._order = count()
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []

    @asynccontextmanager
    async def lane(self) -> AsyncIterator[int]:
        """A lane as soon as there is one, and the number of its round."""
        await self._take()
        try:
            yield self._round
        finally:
            self._taken -= 1
            self._wake()

    async def _take(self) -> None:
        if self._taken < int(self.width) and not self._waiting:
            self._taken += 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (-URGENCY.get(), next(self._order), turn))
        try:
            with patience():
                await turn
        except BaseException:
            if turn.done() and not turn.cancelled():
                self._taken -= 1
                self._wake()
            raise

    def _wake(self) -> None:
        while self._waiting and self._taken < int(self.width):
            turn = heapq.heappop(self._waiting)[2]
            if not turn.done():
                self._taken += 1
                with suppress(asyncio.InvalidStateError):
                    turn.set_result(None)

    def adapt(self, exchange: Exchange, began_in: int) -> None:
        """Widen or narrow by what became of a call that began in a round."""
        if is_overload(exchange):
            if began_in == self._round:
                self._round += 1
                self._is_overloaded = True
                self._ceiling = max(1.0, self.width * 2 / 3)
                self.width = max(_fewest(exchange), self.width / 2)
        elif exchange.status is not None:
            self.width = min(float(self.limit), self.width + self._step())
            self._wake()

    def _step(self) -> float:
        if not self._is_overloaded:
            return _QUICK
        return 1 / self.width if self.width < self._ceiling else 1 / (_BEYOND * self.width)


def is_overload(exchange: Exchange) -> bool:
    """A reply, or a timeout before any reply, that says that the target has too much to do."""
    if exchange.response is None:
        is_late = exchange.failure is not None and exchange.failure.kind.startswith("timeout")
        return is_late and not exchange.is_our_delay
    return outcome(exchange) is Outcome.OVERLOADED


def _fewest(exchange: Exchange) -> float:
    """Lanes that are left by overload. A call that hangs may do so for itself, and must not stop all others."""
    return 2.0 if exchange.response is None else 1.0
