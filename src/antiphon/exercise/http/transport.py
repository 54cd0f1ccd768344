"""HTTP transport: requests in, exchanges out, whatever the server does."""

from __future__ import annotations

import math
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from types import TracebackType
from typing import Any, Self

import httpx

from antiphon.errors import ConfigError
from antiphon.exercise.budget.bounds import Budget, Ticket
from antiphon.exercise.http import failures
from antiphon.exercise.http.address import BaseUrl, parse_base_url
from antiphon.exercise.http.attempt import Attempt, Tap
from antiphon.exercise.http.body import Until
from antiphon.exercise.http.call import header_pairs, open_reply
from antiphon.exercise.http.pool import pool, tls
from antiphon.exercise.http.reply_room import ReplyRoom
from antiphon.exercise.http.request import OutgoingRequest, check_headers, compose
from antiphon.exercise.lanes import Lanes
from antiphon.exercise.limits import Limits
from antiphon.exercise.loop_lag import LoopLag
from antiphon.exercise.pace import Pace
from antiphon.recording.exchange import SOCKET_METHOD, Exchange, Failure, Pairs, Request

ASKING = ("/responses", "/responses/compact", "/responses/input_tokens", "/chat/completions")
"""Routes of requests that a model answers, or whose tokens it counts."""
KEEP_ALIVE = 2.0
"""Seconds that an unused connection is kept: less than common servers do, so that we are the one who closes it."""


class Transport:
    """Connections to one target, bounded in number, time and size."""

    def __init__(  # noqa: PLR0913  each is a choice of the target, and has a default
        self,
        base_url: str,
        *,
        limits: Limits | None = None,
        headers: Sequence[tuple[str, str]] = (),
        query: Sequence[tuple[str, str]] = (),
        body: Mapping[str, Any] | None = None,
        verify: bool | str = True,
        client_cert: str = "",
        budget: Budget | None = None,
        pace: Pace | None = None,
        room: ReplyRoom | None = None,
    ) -> None:
        self.base: BaseUrl = parse_base_url(base_url)
        self.limits = limits or Limits()
        self.budget = budget or Budget()
        self.pace = pace or Pace()
        self.room = room
        """Room for all replies; each has one of its own where it is None."""
        self.calls = 0
        """Requests sent so far."""
        self._headers = tuple(headers)
        self._query = tuple(query)
        self._body = dict(body or {})
        check_headers(self._headers)
        self.lag = LoopLag()
        self.lanes = Lanes(self.limits.concurrency)
        self.tls = tls(self.base, verify, client_cert)
        self._kept: list[httpx.AsyncHTTPTransport] = []
        self._idle: list[httpx.AsyncHTTPTransport] = []
        self._fresh = pool(self.base, self.tls, None)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close all connections."""
        self.lag.stop()
        for each in (*self._kept, self._fresh):
            await each.aclose()

    async def send(
        self,
        request: Request,
        *,
        id: str,
        scenario: str | None = None,
        until: Until | None = None,
        timeout_total: float | None = None,
        tap: Tap | None = None,
    ) -> Exchange:
        """Send a request and read the reply to its end, to a bound, or to the first frame for which `until` is true.

        Whatever the server does becomes the exchange's response or failure. Only a request that cannot be written
        down, such as one with a line break in a header, raises ConfigError.
        """
        request = self.with_fields(request)
        sent, call = self.prepare(request)
        leave = await self.admit(request)
        if isinstance(leave, Failure):
            return Exchange(id, sent, None, scenario, time.time(), failure=leave)
        try:
            async with self.lanes.lane() as began_in:
                attempt, resent = await self._attempt(request, call, timeout_total or self.limits.total, until, tap)
        except BaseException:
            self.budget.abandon(leave)
            raise
        notes = {"hung-up": attempt.hung_up, "resent": resent}
        exchange = Exchange(
            id=id,
            request=sent,
            response=attempt.response(),
            scenario=scenario,
            started_at=attempt.started_at,
            elapsed=attempt.elapsed,
            failure=attempt.failure,
            lag=attempt.lag,
            notes=frozenset(note for note, holds in notes.items() if holds),
        )
        self.budget.settle(leave, exchange)
        self.lanes.adapt(exchange, began_in)
        return exchange

    async def exchange(
        self,
        request: Request,
        *,
        id: str,
        scenario: str | None = None,
        until: Until | None = None,
        timeout_total: float | None = None,
    ) -> Exchange:
        """As `send`, for a request that may hold what a server sent; one that cannot be written down is a failure."""
        try:
            return await self.send(request, id=id, scenario=scenario, until=until, timeout_total=timeout_total)
        except ConfigError as error:
            return Exchange(id, request, None, scenario, time.time(), failure=failures.unsendable(error))

    async def _attempt(
        self, request: Request, call: httpx.Request, total: float, until: Until | None, tap: Tap | None
    ) -> tuple[Attempt, bool]:
        """The attempt at a request, and whether it was sent again because the connection had been closed."""
        async with self._connection() as lane:
            await self.pace.turn()
            self.lag.start()
            attempt = Attempt(self.limits, total, self.lag, until, tap, self.room)
            await attempt.run(open_reply(lane, call, self.base))
            if not attempt.stale:
                return attempt, False
            attempt = Attempt(self.limits, total, self.lag, until, tap, self.room)
            await attempt.run(open_reply(self._fresh, self._call(request), self.base))
            return attempt, True

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[httpx.AsyncHTTPTransport]:
        """Pool for one call at a time: a pool of all connections examines each of them for every call."""
        if not self._idle:
            self._idle.append(pool(self.base, self.tls, KEEP_ALIVE))
            self._kept.append(self._idle[-1])
        lane = self._idle.pop()
        try:
            yield lane
        finally:
            self._idle.append(lane)

    async def reach(self, seconds: float = math.inf) -> Failure | None:
        """Why the target cannot be reached in time, by one harmless request to which any reply is good enough."""
        attempt = Attempt(self.limits, min(self.limits.connect + self.limits.idle, seconds), self.lag)
        await attempt.run(open_reply(self._fresh, self._call(Request("GET", "/models")), self.base))
        return None if attempt.response() else attempt.failure

    async def admit(self, request: Request, patient: bool = True) -> Ticket | Failure:
        """Leave to send a request; a Failure where the run has made all it may, and it must not be sent.

        What is admitted is settled with the budget once its exchange is over. A `patient` one waits for calls that are
        under way, where these may turn out to leave room for it.
        """
        if self.calls >= self.limits.calls:
            return failures.budget_spent(self.limits.calls)
        leave = await self.budget.take(request, patient)
        if isinstance(leave, Failure):
            return leave
        self.calls += 1
        return leave

    def compose(self, request: Request) -> OutgoingRequest:
        """A request as it is written down for this target."""
        return compose(self.base, self._headers, replace(request, query=self._whole_query(request)))

    def with_fields(self, request: Request) -> Request:
        """A request with the fields that this target wants in all that a model answers, and that it does not have."""
        is_asking = request.method in ("POST", SOCKET_METHOD) and request.path in ASKING
        if not self._body or not is_asking or not isinstance(request.body, dict):
            return request
        return replace(request, body={**self._body, **request.body})

    def prepare(self, request: Request) -> tuple[Request, httpx.Request]:
        """A request as it is recorded, and as the HTTP library sends it. Raises ConfigError."""
        call = self._call(request)
        return replace(request, query=self._whole_query(request), headers=header_pairs(call.headers)), call

    def _whole_query(self, request: Request) -> Pairs:
        """The query of a request, after what every request of this target has in its own."""
        return (*self._query, *request.query) if self._query else request.query

    def _call(self, request: Request) -> httpx.Request:
        extensions = {"timeout": {"connect": self.limits.connect}}
        try:
            out = self.compose(request)
            return httpx.Request(out.method, out.url, headers=out.headers, content=out.content, extensions=extensions)
        except (httpx.InvalidURL, UnicodeError) as error:
            raise ConfigError(f"{request.method} {request.path[:200]} cannot be sent: {error}.") from None
