"""One turn over a WebSocket: the message sent, and the messages received for it so far."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import Any

from antiphon.exercise.http import failures
from antiphon.exercise.limits import Limits
from antiphon.exercise.loop_lag import LoopLag
from antiphon.exercise.websocket.turn_answer import TurnAnswer
from antiphon.recording.exchange import SOCKET_MESSAGES, Chunk, Exchange, Failure, Request, Response
from antiphon.recording.intent import Intent

ENDINGS = frozenset({"response.completed", "response.failed", "response.incomplete", "response.cancelled", "error"})
HEAD = (("content-type", SOCKET_MESSAGES),)
LINGER = 0.5
"""Seconds after a refusal in which a response may show that the refusal was another turn's."""
MOST_BINARY = 50
"""Binary messages that are noted as such."""


class PendingTurn:
    """One turn. It ends with a terminal event or an error, with the connection, or when nobody waits for it."""

    def __init__(self, id: str, scenario: str, request: Request, intent: Intent) -> None:
        self.id, self.scenario, self.request, self.intent = id, scenario, request, intent
        self.lane: str | None = None
        self.limits = Limits()
        self.within: float | None = None
        self.begun = False
        self.ended = False
        self.failure: Failure | None = None
        self.response: Response | None = None
        self._refused = False
        self._whole = False
        self._chunks: list[Chunk] = []
        self._notes: set[str] = set()
        self._started_at = time.time()
        self.loop_lag = LoopLag()
        self._began = self._last = _now()
        self._lag_before = self._lag_at_last = 0.0
        self._news = asyncio.Event()

    def measure_lag(self, loop_lag: LoopLag) -> None:
        """Leave out of all limits the time in which a loop stands still from now on."""
        self.loop_lag = loop_lag
        self._lag_before = self._lag_at_last = loop_lag.total

    def take(self, data: bytes, event: dict[str, Any], binary: bool) -> None:
        """Add a message."""
        self._last, self._lag_at_last = _now(), self.loop_lag.total
        if binary and len(self._notes) < MOST_BINARY:
            self._notes.add(f"binary-message-{len(self._chunks)}")
        self._chunks.append(Chunk(self._last - self._began, data))
        kind = event.get("type")
        if kind == "response.created" and not self.begun:
            self.begun, self.ended = True, self.failure is not None  # what had ended it was not its own
        elif kind in ENDINGS:
            self.ended, self._refused = True, kind == "error"
        self._whole = (isinstance(kind, str) and kind in ENDINGS) or (self._whole and not event)
        self._news.set()

    def fail(self, failure: Failure) -> None:
        """End the turn unless it has ended."""
        if not self.ended:
            self.ended, self.failure = True, failure
            self._news.set()

    def finish(self) -> None:
        """No more is waited for."""
        self.fail(self.failure or Failure("closed", "The connection was ended before the turn came to its end."))
        if self.response is not None and self.failure and self.failure.kind == "closed":
            self.failure = None

    async def answer(self) -> TurnAnswer:
        """Wait for the end, within the limits. Never raises for what the server does."""
        await self._end()
        if self._refused and not self.begun:
            self._news.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(LINGER):
                    await self._news.wait()
            await self._end()
        return TurnAnswer(self.exchange())

    async def _end(self) -> None:
        total = self.within or self.limits.total
        while not self.ended:
            self._news.clear()
            try:
                async with asyncio.timeout_at(min(self._deadline(total), self._idle_end())):
                    await self._news.wait()
            except TimeoutError:
                begun = bool(self._chunks)
                if _now() >= self._deadline(total):
                    self.fail(failures.too_slow(total, begun))
                elif _now() >= self._idle_end():
                    self.fail(failures.silent(self.limits.idle, begun))

    def _deadline(self, total: float) -> float:
        """End of the turn. Time in which our own loop stood still does not count."""
        return self._began + total + self.loop_lag.total - self._lag_before

    def _idle_end(self) -> float:
        return self._last + self.limits.idle + self.loop_lag.total - self._lag_at_last

    def exchange(self) -> Exchange:
        """The turn as it stands."""
        response = self.response
        if response is None and self._chunks:
            response = Response(101, HEAD, tuple(self._chunks), complete=self._whole and self.failure is None)
        return Exchange(
            id=self.id,
            request=self.request,
            response=response,
            scenario=self.scenario,
            started_at=self._started_at,
            elapsed=self._last - self._began,
            failure=self.failure,
            notes=frozenset(self._notes),
            intent=self.intent,
        )


def _now() -> float:
    return asyncio.get_running_loop().time()
