"""From a request to a reply: body, key, limits, envelope and headers, the same for every route."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import ClientDisconnect, HTTPConnection, Request
from starlette.responses import Response, StreamingResponse

from antiphon.server.errors import ApiError
from antiphon.server.faults.base import Reply
from antiphon.server.service import Service, dumps
from antiphon.server.tracing import REQUEST
from antiphon.server.wire import MEDIA_TYPE

logger = logging.getLogger(__name__)
WINDOW = 60.0
REQUESTS_PER_MINUTE = 10_000
TOKENS_PER_MINUTE = 2_000_000


@dataclass(slots=True)
class Stream:
    """The bytes of a stream, one piece for each event."""

    frames: AsyncIterator[bytes]
    chat: bool = False
    """It belongs to Chat Completions, and has faults of its own."""


Handler = Callable[[Request, Service], Awaitable[Any]]
"""Answers a request with a JSON value or a Stream, or raises an ApiError."""


class Limiter:
    """Counts create calls within the last minute."""

    def __init__(self, most: int | None) -> None:
        self.most = most
        self._calls: deque[float] = deque()

    def take(self) -> None:
        """Count one call, or refuse it."""
        if self.most is None:
            return
        now = time.monotonic()
        while self._calls and now - self._calls[0] >= WINDOW:
            self._calls.popleft()
        if len(self._calls) >= self.most:
            wait = WINDOW - (now - self._calls[0])
            raise ApiError(
                f"Rate limit reached: {self.most} requests per minute. Try again in {wait:.1f} s.",
                status=429,
                type="rate_limit_error",
                code="rate_limit_exceeded",
                headers={"retry-after": str(max(1, round(wait + 0.5))), "retry-after-ms": str(int(wait * 1000) + 1)},
            )
        self._calls.append(now)

    def headers(self) -> dict[str, str]:
        limit = self.most or REQUESTS_PER_MINUTE
        return {
            "x-ratelimit-limit-requests": str(limit),
            "x-ratelimit-remaining-requests": str(max(0, limit - len(self._calls)) if self.most else limit - 1),
            "x-ratelimit-reset-requests": "6ms" if not self.most else "1m0s",
            "x-ratelimit-limit-tokens": str(TOKENS_PER_MINUTE),
            "x-ratelimit-remaining-tokens": str(TOKENS_PER_MINUTE - 1_000),
            "x-ratelimit-reset-tokens": "30ms",
        }


def endpoint(
    service: Service, operation: str, handler: Handler, limiter: Limiter | None = None
) -> Callable[[Request], Awaitable[Response]]:
    """A route of the server: `handler` with all that is common around it."""

    async def answer(request: Request) -> Response:
        began = time.perf_counter()
        headers = {"openai-version": "2020-10-01", "x-request-id": service.ids.new("req_")}
        REQUEST.set(headers["x-request-id"])
        try:
            if service.settings.latency:
                await asyncio.sleep(service.settings.latency)
            authorise(request, service.settings.api_key)
            if limiter:
                limiter.take()
            result = await handler(request, service)
            reply = Reply(operation, 200, None if isinstance(result, Stream) else result, headers)
        except ApiError as refusal:
            result = None
            reply = refused(operation, refusal, service, headers)
        except ClientDisconnect:
            return Response(status_code=499)
        except Exception:
            logger.exception("%s failed", operation)
            result = None
            fault = ApiError("The server had an error.", status=500, type="server_error", code="server_error")
            reply = refused(operation, fault, service, headers)
        if limiter:
            headers.update(limiter.headers())
        headers["openai-processing-ms"] = str(int((time.perf_counter() - began) * 1000))
        reply.request = request
        return send(service.alter_reply(reply), result, service)

    return answer


def refused(operation: str, refusal: ApiError, service: Service, headers: dict[str, str]) -> Reply:
    """A refusal as a reply, in the words of the edition."""
    headers.update(refusal.headers)
    body = refusal.envelope
    body["error"]["type"] = service.edition.error_types.get(refusal.type, refusal.type)
    return Reply(operation, refusal.status, body, headers)


def send(reply: Reply, result: Any, service: Service) -> Response:
    """The bytes of a reply."""
    media_type = reply.headers.pop("content-type", None)
    if isinstance(result, Stream) and reply.body is None:
        frames = service.alter_chat_frames(result.frames) if result.chat else service.alter_frames(result.frames)
        headers = {**reply.headers, "content-type": media_type or MEDIA_TYPE, "cache-control": "no-cache"}
        return StreamingResponse(frames, reply.status, headers)
    content = reply.body if isinstance(reply.body, bytes) else dumps(reply.body)
    return Response(content, reply.status, {**reply.headers, "content-type": media_type or "application/json"})


def authorise(request: HTTPConnection, key: str | None) -> None:
    """Let through who has the key."""
    if key is None:
        return
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not given:
        message = "You didn't provide an API key. Send it as 'Authorization: Bearer KEY'."
        raise ApiError(message, status=401)
    if given != key:
        masked = given[:3] + "*" * 8 + given[-2:] if len(given) > 8 else "*" * len(given)
        raise ApiError(f"Incorrect API key provided: {masked}.", status=401, code="invalid_api_key")
