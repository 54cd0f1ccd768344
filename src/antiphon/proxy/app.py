"""Proxy as an ASGI application: traffic passes unbuffered, and each exchange is recorded without secrets."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import replace

from starlette.types import Receive, Scope, Send

from antiphon.exercise.http.transport import Transport
from antiphon.exercise.limits import MIB, Limits
from antiphon.proxy.client import ClientDisconnected, Relay, TooLarge, read_request
from antiphon.recording.exchange import Exchange, Failure
from antiphon.recording.redaction.redactor import Redactor

PROXY_LIMITS = Limits(idle=600, total=3600, body=64 * MIB, events=1_000_000, calls=1_000_000_000, concurrency=200)
"""What a client asks for is its own affair: only what is kept of it is bounded closely."""


class ReplyAborted(Exception):
    """The reply ended early; raising it closes the connection, so that the client notices it too."""


class Proxy:
    """Passes requests to an upstream; `on_exchange` is called with each exchange, one at a time, in a thread."""

    def __init__(self, transport: Transport, on_exchange: Callable[[Exchange], None], redactor: Redactor) -> None:
        self._transport = transport
        self._on_exchange = on_exchange
        self._redactor = redactor
        self._numbers = itertools.count(1)
        self._open: set[Relay] = set()
        self._turn = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass an HTTP request on to the target; close the connections to it when the server ends."""
        if scope["type"] == "http":
            await self._pass(scope, receive, send)
        elif scope["type"] == "lifespan":
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await self._transport.aclose()
            await send({"type": "lifespan.shutdown.complete"})

    def hang_up(self) -> None:
        """End all exchanges that are under way; each is still reported."""
        for relay in tuple(self._open):
            relay.hang_up()

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        relay = Relay(receive, send)
        limit = self._transport.limits.body
        try:
            request = await read_request(scope, receive, self._transport.base, limit)
        except ClientDisconnected:
            return
        except TooLarge:
            message = f"The request is larger than {limit:,} bytes, which is the most that the proxy passes on."
            return await relay.refuse(413, Failure("too-large", message))
        self._open.add(relay)
        try:
            exchange = await self._transport.send(request, id=f"proxy/{next(self._numbers)}", tap=relay)
        finally:
            self._open.discard(relay)
            relay.close()
        await self._close(relay, exchange)

    async def _close(self, relay: Relay, exchange: Exchange) -> None:
        hung_up = "hung-up" in exchange.notes
        if exchange.response is None and hung_up:
            exchange = replace(exchange, failure=Failure("closed", "The client hung up before a reply came."))
        if exchange.failure and not relay.has_begun and not hung_up:
            await relay.refuse(502, exchange.failure)
        await self._report(exchange)
        if relay.has_begun and not relay.has_ended:
            raise ReplyAborted(exchange.failure.message if exchange.failure else "")

    async def _report(self, exchange: Exchange) -> None:
        request = exchange.request
        if request and request.body is not None:
            exchange = replace(exchange, request=replace(request, content=None))
        async with self._turn:
            await asyncio.to_thread(lambda: self._on_exchange(self._redactor.exchange(exchange)))


def app(
    upstream: str,
    on_exchange: Callable[[Exchange], None],
    *,
    limits: Limits = PROXY_LIMITS,
    verify: bool | str = True,
    secrets: tuple[str, ...] = (),
) -> Proxy:
    """The ASGI application that passes requests to `upstream` and reports each exchange, redacted."""
    return Proxy(Transport(upstream, limits=limits, verify=verify), on_exchange, Redactor(secrets))
