"""One call over the HTTP library; its exceptions become failures with our texts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Container
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
        raise ConnectionFailed(failure_of(error, base, call, head=False), is_stale(error, steps)) from None
    try:
        sent_at = steps.get("send_request_headers.started", steps["begun"])
        yield ReplyStream(reply.status_code, header_pairs(reply.headers), _stream(reply, base, call), sent_at)
    finally:
        await reply.aclose()


def is_stale(error: Exception, steps: Container[str]) -> bool:
    """The server had closed the kept-alive connection over which a call was to go; `steps` are those of the trace."""
    closed = isinstance(error, httpx.NetworkError) or "disconnected without" in str(error)
    return closed and "connect_tcp.started" not in steps


async def _stream(reply: httpx.Response, base: BaseUrl, call: httpx.Request) -> AsyncGenerator[bytes, None]:
    try:
        async for raw in reply.aiter_raw():
            yield raw
    except (httpx.HTTPError, OSError) as error:
        raise ConnectionFailed(failure_of(error, base, call, head=True)) from None


def failure_of(error: Exception, base: BaseUrl, call: httpx.Request, head: bool) -> Failure:
    """What an exception of the HTTP library says of a call, before or after the head of its reply."""
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
