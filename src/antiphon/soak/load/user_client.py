"""Calls of one user: requests in, exchanges out, whatever the server does."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import Any

import httpx

from antiphon.errors import ConfigError
from antiphon.exercise.http import failures
from antiphon.exercise.http.body import Body, Until
from antiphon.exercise.http.call import failure_of, header_pairs, is_stale
from antiphon.exercise.http.decoder import DecodingError, decoder
from antiphon.exercise.http.pool import blocking_pool
from antiphon.exercise.http.transport import KEEP_ALIVE, Transport
from antiphon.recording.exchange import Exchange, Failure, Request, Response
from antiphon.recording.intent import optional
from antiphon.soak.journeys import JourneyCall
from antiphon.soak.load.hub_lag import HubLag
from antiphon.soak.load.overdue import ExchangeClock, Overdue


class UserClient:
    """Connections of one user. `shared` composes the requests of all users, and sends none itself."""

    def __init__(self, shared: Transport, lag: HubLag) -> None:
        self._shared, self._lag = shared, lag
        self._kept = blocking_pool(shared.base, shared.tls, KEEP_ALIVE)
        self._fresh = blocking_pool(shared.base, shared.tls, None)

    def close(self) -> None:
        """Close all connections."""
        self._kept.close()
        self._fresh.close()

    def exchange(self, call: JourneyCall, id: str, scenario: str) -> Exchange:
        """The exchange of a call; a server that closed a kept connection is asked once more over a new one."""
        request = self._shared.with_fields(call.request)
        try:
            sent, message = self._shared.prepare(request)
            attempt = self._attempt(self._kept, message, call.until)
            if attempt.stale:
                attempt = self._attempt(self._fresh, self._shared.prepare(request)[1], call.until)
                attempt.notes.add("resent")
        except ConfigError as error:
            return Exchange(id, request, None, scenario, time.time(), failure=failures.unsendable(error))
        return replace(attempt.exchange(id, sent, scenario), intent=optional(*call.needs))

    def _attempt(self, pool: httpx.HTTPTransport, message: httpx.Request, until: Until | None) -> _Attempt:
        attempt = _Attempt(self._shared, self._lag, until)
        attempt.run(pool, message)
        return attempt


@dataclass
class _Attempt:
    """One attempt at a request; its attributes hold the outcome."""

    shared: Transport
    lag: HubLag
    until: Until | None
    reply: httpx.Response | None = None
    body: Body | None = None
    failure: Failure | None = None
    stale: bool = False
    whole: bool = False
    started_at: float = 0.0
    sent_at: float = 0.0
    ended_at: float = 0.0
    steps: dict[str, float] = field(default_factory=dict)
    notes: set[str] = field(default_factory=set)

    def run(self, pool: httpx.HTTPTransport, message: httpx.Request) -> None:
        """Send, and read to the end, to a bound or to the frame that is waited for."""
        begun, self.started_at = time.monotonic(), time.time()
        message.extensions["trace"] = self._trace
        with ExchangeClock(self.shared.limits, self.lag) as clock:
            try:
                self.reply = pool.handle_request(message)
                self.sent_at = self.steps.get("send_request_headers.started", begun)
                self._read(self.reply, clock)
            except Overdue:
                self.failure = clock.failure()
            except httpx.LocalProtocolError as error:
                raise ConfigError(f"{message.method} {message.url.path[:200]} cannot be sent: {error}.") from None
            except (httpx.HTTPError, OSError) as error:
                self.failure = failure_of(error, self.shared.base, message, head=self.reply is not None)
                self.stale = self.reply is None and is_stale(error, self.steps)
            finally:
                self.sent_at = self.sent_at or self.steps.get("send_request_headers.started", begun)
                self.ended_at = self.ended_at or time.monotonic()
                if self.reply is not None:
                    self.reply.close()
        self.started_at += self.sent_at - begun
        if self.body is not None:
            self.failure = self.body.failure or self.failure

    def _trace(self, step: str, _: Any) -> None:
        self.steps[step.partition(".")[2]] = time.monotonic()

    def _read(self, reply: httpx.Response, clock: ExchangeClock) -> None:
        clock.tick()
        try:
            decode = decoder(reply.headers.get("content-encoding"))
        except DecodingError as error:
            self.failure = Failure("decoding", f"The body cannot be decoded: {error}.")
            return
        is_streamed = reply.headers.get("content-type", "").lower().startswith("text/event-stream")
        self.body = Body(self.shared.limits, decode, is_streamed, self.until)
        for raw in reply.iter_raw():
            clock.tick()
            if not self.body.add(raw, time.monotonic() - self.sent_at):
                self.ended_at = time.monotonic()
                return
        self.ended_at = time.monotonic()
        self.whole = self.body.close()

    def exchange(self, id: str, sent: Request, scenario: str) -> Exchange:
        """What came of it."""
        response = None
        if self.reply is not None:
            chunks = self.body.chunks if self.body else ()
            response = Response(self.reply.status_code, header_pairs(self.reply.headers), chunks, complete=self.whole)
        hung_up = {"hung-up"} if self.body is not None and self.body.hung_up else set()
        return Exchange(
            id=id,
            request=sent,
            response=response,
            scenario=scenario,
            started_at=self.started_at,
            elapsed=self.ended_at - self.sent_at,
            failure=self.failure,
            lag=self.lag.since(self.sent_at),
            notes=frozenset(self.notes | hung_up),
        )
