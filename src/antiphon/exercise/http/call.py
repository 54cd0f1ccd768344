"""One call over the HTTP library; its exceptions become failures with our texts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from antiphon.errors import ConfigError
from antiphon.exercise.http import failures
from antiphon.exercise.http.address import BaseUrl
from antiphon.exercise.http.attempt import ConnectionFailed, ReplyStream
from antiphon.recording.exchange import Failure, Pairs


@asynccontextmanager
async def open_reply(pool: httpx.AsyncHTTPTransport, call: httpx.Request, base: BaseUrl) -> AsyncIterator[ReplyStream]:
    """The reply to a request, closed at the end.

    Raises Broken where none comes, and ConfigError for a request that cannot be sent.

    Raises Broken where none comes, and ConfigError for a request that cannot be written down.
    """
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
        raise ConnectionFailed(_failure(error, base, call, head=False), reused and stale) from None
    try:
        sent_at = steps.get("send_request_headers.started", steps["begun"])
        yield ReplyStream(reply.status_code, header_pairs(reply.headers), _stream(reply, base, call), sent_at)
    finally:
        await reply.aclose()


async def _stream(reply: httpx.Response, base: BaseUrl, call: httpx.Request) -> AsyncGenerator[bytes, None]:
    try:
        async for raw in reply.aiter_raw():
            yield raw
    except (httpx.HTTPError, OSError) as error:
        raise ConnectionFailed(_failure(error, base, call, head=True)) from None


def _failure(error: Exception, base: BaseUrl, call: httpx.Request, head: bool) -> Failure:
    match error:
        case httpx.ConnectTimeout():
            return failures.too_slow_to_connect(base, call.extensions["timeout"]["connect"])
        case httpx.ConnectError() | httpx.ProxyError():
            return failures.no_connection(error, base)
        case httpx.ProtocolError():
            return failures.not_http(error, head)
    return failures.cut_short(error, head)


def header_pairs(headers: httpx.Headers) -> Pairs:
    """Headers in the order in which they were sent or received."""
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in headers.raw)
