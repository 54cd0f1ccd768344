"""Requests out, exchanges back, whatever the server does. The only module that knows the HTTP library."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from types import TracebackType
from typing import Any, Self
from urllib.request import getproxies, proxy_bypass

import httpx

from antiphon.errors import ConfigError
from antiphon.exercise import failures
from antiphon.exercise.address import BaseUrl, parse_base_url
from antiphon.exercise.attempt import Attempt, Broken, Reply, Tap
from antiphon.exercise.body import Until
from antiphon.exercise.limits import Limits
from antiphon.exercise.outgoing import Outgoing, check_headers, compose
from antiphon.transcript.exchange import Exchange, Failure, Pairs, Request

KEEP_ALIVE = 2.0
"""Seconds that an unused connection is kept: less than common servers do, so that we are the one who closes it."""


class Transport:
    """Connections to one target, bounded in number, time and size."""

    def __init__(
        self,
        base_url: str,
        *,
        limits: Limits | None = None,
        headers: Sequence[tuple[str, str]] = (),
        verify: bool | str = True,
    ) -> None:
        self.base: BaseUrl = parse_base_url(base_url)
        self.limits = limits or Limits()
        self.calls = 0
        """Requests sent so far."""
        self._headers = tuple(headers)
        check_headers(self._headers)
        self._gate = asyncio.Semaphore(self.limits.concurrency)
        self.tls = _tls(self.base, verify)
        self._kept = _pool(self.base, self.tls, KEEP_ALIVE)
        self._fresh = _pool(self.base, self.tls, None)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close all connections."""
        await self._kept.aclose()
        await self._fresh.aclose()

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
        call = self._call(request)
        sent = replace(request, headers=_pairs(call.headers))
        if self.spend():
            return Exchange(id, sent, None, scenario, time.time(), failure=failures.budget_spent(self.limits.calls))
        async with self._gate:
            total = timeout_total or self.limits.total
            attempt = Attempt(self.limits, total, until, tap)
            await attempt.run(self._opened(self._kept, call))
            resent = attempt.stale
            if resent:
                attempt = Attempt(self.limits, total, until, tap)
                await attempt.run(self._opened(self._fresh, self._call(request)))
        notes = {"hung-up": attempt.hung_up, "resent": resent}
        return Exchange(
            id=id,
            request=sent,
            response=attempt.response(),
            scenario=scenario,
            started_at=attempt.started_at,
            elapsed=attempt.elapsed,
            failure=attempt.failure,
            notes=frozenset(note for note, holds in notes.items() if holds),
        )

    async def reach(self) -> Failure | None:
        """Why the target cannot be reached, by one harmless request for which any reply at all will do."""
        attempt = Attempt(self.limits, self.limits.connect + self.limits.idle)
        await attempt.run(self._opened(self._fresh, self._call(Request("GET", "/models"))))
        return None if attempt.response() else attempt.failure

    def spend(self) -> bool:
        """Count a call; true where the run has made all it may, and it must not be sent."""
        if self.calls >= self.limits.calls:
            return True
        self.calls += 1
        return False

    def composed(self, request: Request) -> Outgoing:
        """A request as it is written down for this target."""
        return compose(self.base, self._headers, request)

    def _call(self, request: Request) -> httpx.Request:
        out = self.composed(request)
        extensions = {"timeout": {"connect": self.limits.connect}}
        try:
            return httpx.Request(out.method, out.url, headers=out.headers, content=out.content, extensions=extensions)
        except (httpx.InvalidURL, UnicodeError) as error:
            raise ConfigError(f"{request.method} {request.path[:200]} cannot be sent: {error}.") from None

    @asynccontextmanager
    async def _opened(self, pool: httpx.AsyncHTTPTransport, call: httpx.Request) -> AsyncIterator[Reply]:
        now = asyncio.get_running_loop().time
        steps = {"begun": now()}

        async def trace(step: str, _: Any) -> None:
            steps[step.partition(".")[2]] = now()

        call.extensions["trace"] = trace
        try:
            reply = await pool.handle_async_request(call)
        except httpx.LocalProtocolError as error:
            raise ConfigError(f"{call.method} {call.url.path[:200]} cannot be sent: {error}.") from None
        except (httpx.HTTPError, OSError) as error:
            reused = "connect_tcp.started" not in steps
            stale = isinstance(error, httpx.NetworkError) or "disconnected without" in str(error)
            raise Broken(self._failure(error, head=False), reused and stale) from None
        try:
            sent_at = steps.get("send_request_headers.started", steps["begun"])
            yield Reply(reply.status_code, _pairs(reply.headers), self._stream(reply), sent_at)
        finally:
            await reply.aclose()

    async def _stream(self, reply: httpx.Response) -> AsyncGenerator[bytes, None]:
        try:
            async for raw in reply.aiter_raw():
                yield raw
        except (httpx.HTTPError, OSError) as error:
            raise Broken(self._failure(error, head=True)) from None

    def _failure(self, error: Exception, head: bool) -> Failure:
        match error:
            case httpx.ConnectTimeout():
                return failures.too_slow_to_connect(self.base, self.limits.connect)
            case httpx.ConnectError() | httpx.ProxyError():
                return failures.no_connection(error, self.base)
            case httpx.ProtocolError():
                return failures.not_http(error, head)
        return failures.cut_short(error, head)


def _pool(base: BaseUrl, context: ssl.SSLContext, keep_alive: float | None) -> httpx.AsyncHTTPTransport:
    proxy = None
    if not base.is_loopback and not proxy_bypass(base.host):
        proxies = getproxies()
        proxy = proxies.get(base.scheme) or proxies.get("all")
    kept = 0 if keep_alive is None else None
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=kept, keepalive_expiry=keep_alive)
    try:
        return httpx.AsyncHTTPTransport(verify=context, limits=limits, proxy=proxy)
    except ImportError:
        raise ConfigError("The proxy of the environment speaks SOCKS; install httpx[socks] or unset it.") from None
    except (ValueError, httpx.InvalidURL):
        variable = f"{base.scheme}_proxy"
        raise ConfigError(f"The proxy of the environment is no URL; write {variable}=http://host:port.") from None


def _tls(base: BaseUrl, verify: bool | str) -> ssl.SSLContext:
    if base.scheme == "http" or verify is False:
        return httpx.create_ssl_context(verify=False)
    try:
        return httpx.create_ssl_context() if verify is True else ssl.create_default_context(cafile=verify)
    except OSError as error:
        raise ConfigError(f"Certificates '{verify}' cannot be read ({error}); give a file in PEM format.") from None


def _pairs(headers: httpx.Headers) -> Pairs:
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in headers.raw)
