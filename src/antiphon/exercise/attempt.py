"""One try at a request: reads the reply against the clock and keeps what came of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, aclosing
from dataclasses import dataclass
from typing import Protocol

from antiphon.exercise import failures
from antiphon.exercise.body import Body, Until
from antiphon.exercise.encoding import DecodingError, decoder
from antiphon.exercise.limits import Limits
from antiphon.transcript.exchange import Failure, Pairs, Response


class Broken(Exception):
    """The connection was not made, or broke; `stale` when it was a kept one that the server had closed meanwhile."""

    def __init__(self, failure: Failure, stale: bool = False) -> None:
        super().__init__(failure.message)
        self.failure = failure
        self.stale = stale


@dataclass(frozen=True)
class Reply:
    """The head of a reply, its bytes to come, and the time of the loop at which the request went out."""

    status: int
    headers: Pairs
    stream: AsyncGenerator[bytes, None]
    sent_at: float


class Tap(Protocol):
    """Sees a reply while it arrives, as the server sent it, content coding included."""

    def begun(self, hang_up: Callable[[], None]) -> None:
        """The request goes out; calling `hang_up` ends the exchange at once."""

    async def head(self, status: int, headers: Pairs) -> None: ...

    async def data(self, raw: bytes) -> None: ...


class Attempt:
    """Runs once; its attributes tell how it ended."""

    def __init__(self, limits: Limits, total: float, until: Until | None = None, tap: Tap | None = None) -> None:
        self.failure: Failure | None = None
        self.hung_up = False
        self.stale = False
        self.started_at = time.time()
        self.elapsed = 0.0
        self._limits, self._total, self._until, self._tap = limits, total, until, tap
        self._deadline = 0.0
        self._clock = asyncio.timeout(None)
        self._reply: Reply | None = None
        self._body: Body | None = None
        self._whole = False

    def response(self) -> Response | None:
        """The head of the reply with what arrived of its body; None before the head."""
        if self._reply is None:
            return None
        chunks = self._body.chunks if self._body else ()
        return Response(self._reply.status, self._reply.headers, chunks, complete=self._whole)

    async def run(self, opened: AbstractAsyncContextManager[Reply]) -> None:
        """Open the connection, send, and read to the end, to a bound or to the frame that is waited for."""
        start = _now()
        self._deadline = start + self._total
        try:
            async with self._clock:
                self._clock.reschedule(self._deadline)
                if self._tap:
                    self._tap.begun(self._hang_up)
                async with opened as reply:
                    self._reply = reply
                    await self._read(reply)
        except TimeoutError:
            if not self._clock.expired():
                raise
            self._expired()
        except Broken as broken:
            self.failure, self.stale = broken.failure, broken.stale
        self.elapsed = _now() - start

    async def _read(self, reply: Reply) -> None:
        if self._tap:
            await self._tap.head(reply.status, reply.headers)
        headers = {name.lower(): value for name, value in reversed(reply.headers)}
        try:
            decode = decoder(headers.get("content-encoding"))
        except DecodingError as error:
            self.failure = Failure("decoding", f"The body cannot be decoded: {error}.")
            return
        streamed = headers.get("content-type", "").lower().startswith("text/event-stream")
        self._body = body = Body(self._limits, decode, streamed, self._until)
        self._wait()
        async with aclosing(reply.stream) as stream:
            async for raw in stream:
                at = _now() - reply.sent_at
                self._clock.reschedule(self._deadline)
                if self._tap:
                    await self._tap.data(raw)
                if not body.add(raw, at):
                    break
                self._wait()
            else:
                body.close()
                self._whole = body.failure is None
        self.failure, self.hung_up = body.failure, body.hung_up

    def _wait(self) -> None:
        self._clock.reschedule(min(self._deadline, _now() + self._limits.idle))

    def _hang_up(self) -> None:
        self.hung_up = True
        if not self._clock.expired():
            self._clock.reschedule(_now())

    def _expired(self) -> None:
        if self.hung_up:
            return
        if self._reply is None or _now() >= self._deadline:
            self.failure = failures.too_slow(self._total, self._reply is not None)
        else:
            self.failure = failures.silent(self._limits.idle)


def _now() -> float:
    return asyncio.get_running_loop().time()
