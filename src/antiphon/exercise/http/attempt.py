"""One attempt at a request: reads the reply within the time limits and records it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, aclosing
from dataclasses import dataclass
from typing import Protocol

from antiphon.exercise.http import failures
from antiphon.exercise.http.body import Body, Until
from antiphon.exercise.http.decoder import DecodingError, decoder
from antiphon.exercise.http.reply_room import ReplyRoom
from antiphon.exercise.limits import Limits
from antiphon.exercise.loop_lag import LoopLag
from antiphon.recording.exchange import Failure, Pairs, Response


class ConnectionFailed(Exception):
    """Connection failure, before or during a reply; `stale` when the server had closed a kept-alive connection."""

    def __init__(self, failure: Failure, stale: bool = False) -> None:
        super().__init__(failure.message)
        self.failure = failure
        self.stale = stale


@dataclass(frozen=True)
class ReplyStream:
    """Head of a reply, its stream of bytes, and the time of the loop at which the request was sent."""

    status: int
    headers: Pairs
    stream: AsyncGenerator[bytes, None]
    sent_at: float


class Tap(Protocol):
    """Observer of a reply while it arrives, as sent: still encoded, and beyond the bounds of the recording."""

    def begin(self, hang_up: Callable[[], None]) -> None:
        """The request is sent; calling `hang_up` ends the exchange at once."""

    async def head(self, status: int, headers: Pairs) -> None:
        """Status and headers have arrived."""

    async def data(self, raw: bytes) -> None:
        """Bytes of the body have arrived."""

    async def end(self) -> None:
        """The reply came whole."""


class Attempt:
    """Single use; its attributes hold the outcome."""

    def __init__(
        self, limits: Limits, total: float, lag: LoopLag, until: Until | None = None, tap: Tap | None = None,
        room: ReplyRoom | None = None,
    ) -> None:  # fmt: skip
        self.failure: Failure | None = None
        self.hung_up = False
        self.stale = False
        self.started_at = time.time()
        """When the request went out; where no reply came, when that was tried."""
        self.elapsed = 0.0
        self.lag = 0.0
        self._limits, self._total, self._loop_lag, self._until, self._tap = limits, total, lag, until, tap
        self._room = room
        self._clock = asyncio.timeout(None)
        self._alarm: asyncio.TimerHandle | None = None
        self._began = (0.0, 0.0)
        self._silent_since: tuple[float, float] | None = None
        """As for the beginning: a time of the loop, and the sum of its lags until then."""
        self._reply: ReplyStream | None = None
        self._body: Body | None = None
        self._whole = False
        self._ended_at: float | None = None
        self._over = False

    def response(self) -> Response | None:
        """The head of the reply with what arrived of its body; None before the head."""
        if self._reply is None:
            return None
        chunks = self._body.chunks if self._body else ()
        return Response(self._reply.status, self._reply.headers, chunks, complete=self._whole)

    async def run(self, opened: AbstractAsyncContextManager[ReplyStream]) -> None:
        """Open the connection, send, and read to the end, to a bound or to the frame that is waited for."""
        start = sent_at = _now()
        self._began = start, self._loop_lag.total
        try:
            async with self._clock:
                self._wait(silent=False)
                if self._tap:
                    self._tap.begin(self._hang_up)
                async with opened as reply:
                    self._reply, sent_at = reply, reply.sent_at
                    await self._read(reply)
        except TimeoutError:
            if not self._clock.expired():
                raise
            self._expired()
        except ConnectionFailed as broken:
            self.failure, self.stale = broken.failure, broken.stale
        finally:
            self._over = True
            if self._alarm:
                self._alarm.cancel()
        if self._body is not None:
            self.failure = self._body.failure or self.failure
            self.hung_up = self.hung_up or self._body.hung_up
        self.started_at += sent_at - start
        self.elapsed = (self._ended_at or _now()) - sent_at
        self.lag = self._loop_lag.since(sent_at)
        if self.failure is not None and self.failure.kind == "timeout-connect":
            # The library's timer for this goes on while our loop stands still, whether once for long or often.
            self.lag = self._loop_lag.total - self._began[1]

    async def _read(self, reply: ReplyStream) -> None:
        if self._tap:
            await self._tap.head(reply.status, reply.headers)
        self._body = body = self._new_body(reply)
        wanted = body is not None
        self._wait(silent=True)
        async with aclosing(reply.stream) as stream:
            while wanted or self._tap:
                raw = await anext(stream, None)
                if raw is None:
                    break
                at = _now() - reply.sent_at
                if self._tap:
                    self._wait(silent=False)
                    await self._tap.data(raw)
                wanted = wanted and body is not None and body.add(raw, at)
                self._wait(silent=True)
            self._ended_at = _now()
        if self._tap:
            await self._tap.end()
        self._whole = wanted and body is not None and body.close()

    def _new_body(self, reply: ReplyStream) -> Body | None:
        headers = {name.lower(): value for name, value in reversed(reply.headers)}
        try:
            decode = decoder(headers.get("content-encoding"))
        except DecodingError as error:
            self.failure = Failure("decoding", f"The body cannot be decoded: {error}.")
            return None
        streamed = headers.get("content-type", "").lower().startswith("text/event-stream")
        return Body(self._limits, decode, streamed, self._until, self._room)

    def _wait(self, silent: bool) -> None:
        """Begin to wait: for more of the reply, where it may be silent for the idle limit only."""
        if self._clock.expired():
            raise TimeoutError
        self._silent_since = (_now(), self._loop_lag.total) if silent else None
        due = self._due()
        if self._alarm is None or due < self._alarm.when():
            self._set_alarm(due)

    def _set_alarm(self, due: float) -> None:
        if self._alarm:
            self._alarm.cancel()
        self._alarm = asyncio.get_running_loop().call_at(due, self._ring)

    def _ring(self) -> None:
        """End the attempt where its time is over; the alarm may have been set before more came, or before a lag."""
        due = self._due()
        if _now() < due:
            self._set_alarm(due)
        else:
            self._clock.reschedule(_now())

    def _deadline(self) -> float:
        """End of the whole attempt. Time in which our own loop stood still does not count."""
        start, before = self._began
        return start + self._total + self._loop_lag.total - before

    def _due(self) -> float:
        if self._silent_since is None:
            return self._deadline()
        since, before = self._silent_since
        return min(self._deadline(), since + self._limits.idle + self._loop_lag.total - before)

    def _hang_up(self) -> None:
        if not self._over and not self._clock.expired():
            self.hung_up = True
            self._clock.reschedule(_now())

    def _expired(self) -> None:
        if self.hung_up:
            return
        if self._reply is None or _now() >= self._deadline():
            self.failure = failures.too_slow(self._total, self._reply is not None)
        else:
            self.failure = failures.silent(self._limits.idle)


def _now() -> float:
    return asyncio.get_running_loop().time()
