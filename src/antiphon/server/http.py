"""From a request to a reply: body, key, limits, envelope and headers, the same for every route."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from antiphon.server.admission import admitted
from antiphon.server.chaos import HEADER, Mishap
from antiphon.server.errors import ApiError
from antiphon.server.faults.base import Reply
from antiphon.server.service import Service, dumps
from antiphon.server.streamed import Streamed, Whole
from antiphon.server.torn import Tearable, cut_after, half_of
from antiphon.server.tracing import REQUEST
from antiphon.server.wire import MEDIA_TYPE

STREAMED = {"content-type": MEDIA_TYPE, "cache-control": "no-cache", "transfer-encoding": "chunked"}
logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Stream:
    """The bytes of a stream, one piece for each event."""

    frames: AsyncIterator[bytes]
    chat: bool = False
    """It belongs to Chat Completions, and has faults of its own."""
    cut: int | None = None
    """The connection is closed after so many events."""


@dataclass(slots=True)
class Ready:
    """The bytes of a stream that is there whole; no fault or mishap has a hand in it."""

    content: bytes


@dataclass(slots=True)
class Torn:
    """A JSON value of which only the first half is sent before the connection is closed."""

    value: Any


STREAMS = (Stream, Ready)
Handler = Callable[[Request, Service], Awaitable[Any]]
"""Answers a request with a JSON value or a Stream, or raises an ApiError."""


def endpoint(
    service: Service, operation: str, handler: Handler, *, limited: bool = False
) -> Callable[[Request], Awaitable[Response]]:
    """A route of the server: `handler` with all that is common around it."""

    async def answer(request: Request) -> Response:
        began = time.perf_counter()
        headers = {"openai-version": "2020-10-01", "x-request-id": service.ids.new("req_")}
        REQUEST.set(headers["x-request-id"])
        mine, result = service, None
        mishap = service.chaos.next() if service.chaos else None
        try:
            if service.settings.latency:
                await asyncio.sleep(service.settings.latency)
            mine = request.scope["antiphon.service"] = admitted(request, service)
            if mishap:
                headers[HEADER] = mishap.kind
                await mishap.before()
            if limited:
                mine.limiter.take()
            result = await handler(request, mine)
            reply = Reply(operation, 200, _body_of(result), headers)
        except ApiError as refusal:
            reply = refused(operation, refusal, mine, headers)
        except ClientDisconnect:
            return Response(status_code=499)
        except Exception:
            logger.exception("%s failed", operation)
            fault = ApiError("The server had an error.", status=500, type="server_error", code="server_error")
            reply = refused(operation, fault, mine, headers)
        if limited:
            headers.update(mine.limiter.headers())
        headers["openai-processing-ms"] = str(int((time.perf_counter() - began) * 1000))
        reply.request = request
        return send(mine.alter_reply(reply), result, mine, mishap)

    return answer


def refused(operation: str, refusal: ApiError, service: Service, headers: dict[str, str]) -> Reply:
    """A refusal as a reply, in the words of the edition."""
    headers.update(refusal.headers)
    body = refusal.envelope
    body["error"]["type"] = service.edition.error_types.get(refusal.type, refusal.type)
    return Reply(operation, refusal.status, body, headers)


def send(reply: Reply, result: Any, service: Service, mishap: Mishap | None = None) -> Response:
    """The bytes of a reply."""
    media_type = reply.headers.pop("content-type", None)
    if isinstance(result, Stream) and reply.body is None:
        frames = service.alter_chat_frames(result.frames) if result.chat else service.alter_frames(result.frames)
        headers = {**reply.headers, "content-type": media_type or MEDIA_TYPE, "cache-control": "no-cache"}
        if result.cut is not None:
            return Tearable(cut_after(frames, result.cut), reply.status, headers)
        if mishap and mishap.alters:
            return Tearable(mishap.alter(frames, events=True), reply.status, headers)
        return Streamed(frames, reply.status, headers)
    if isinstance(result, Ready) and reply.body is None:
        return Whole(result.content, reply.status, reply.headers | STREAMED)
    torn = isinstance(reply.body, Torn)
    body = reply.body.value if isinstance(reply.body, Torn) else reply.body
    content = body if isinstance(body, bytes) else dumps(body)
    headers = {**reply.headers, "content-type": media_type or "application/json"}
    if isinstance(result, Torn) or torn:
        return Tearable(half_of(content), reply.status, headers)
    if mishap and mishap.alters:
        return Tearable(mishap.alter(_once(content), events=False), reply.status, headers)
    return Whole(content, reply.status, headers)


def _body_of(result: Any) -> Any:
    if isinstance(result, STREAMS):
        return None
    return result.value if isinstance(result, Torn) else result


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content
