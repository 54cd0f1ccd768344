"""Endpoint: from a request to a reply; key, limits, envelope and headers are the same for every route."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from antiphon.server.behaviour.chaos import HEADER, Mishap
from antiphon.server.behaviour.fault import OutgoingReply
from antiphon.server.behaviour.policy_trace import REQUEST
from antiphon.server.behaviour.truncation import first_half, truncate_after
from antiphon.server.errors import ApiError
from antiphon.server.http.admission import admit
from antiphon.server.http.journal_notes import note_reply, note_request
from antiphon.server.http.replies import StreamedReply, TruncatedReply, WholeReply
from antiphon.server.http.results import REPLY_HEADERS, EventStream, RenderedStream, TruncatedJson
from antiphon.server.json_values import dumps
from antiphon.server.responses.wire import MEDIA_TYPE
from antiphon.server.state.service import Service

STREAM_HEADERS = {"content-type": MEDIA_TYPE, "cache-control": "no-cache", "transfer-encoding": "chunked"}
NO_HEADERS: Mapping[str, str] = {}
logger = logging.getLogger(__name__)


STREAMS = (EventStream, RenderedStream)
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
        mine, result, entry = service, None, None
        mishap = service.chaos.next() if service.chaos else None
        try:
            if service.journal:
                entry = await note_request(service.journal, request)
            if service.settings.latency:
                await asyncio.sleep(service.settings.latency)
            mine = request.scope["antiphon.service"] = admit(request, service)
            if mishap:
                headers[HEADER] = mishap.kind
                await mishap.before()
            if limited:
                mine.limiter.take()
            result = await handler(request, mine)
            headers |= request.scope.get(REPLY_HEADERS, NO_HEADERS)
            reply = OutgoingReply(operation, 200, _body_of(result), headers)
        except ApiError as refusal:
            reply = refusal_reply(operation, refusal, mine, headers)
        except ClientDisconnect:
            return Response(status_code=499)
        except Exception:
            logger.exception("%s failed", operation)
            fault = ApiError("The server had an error.", status=500, type="server_error", code="server_error")
            reply = refusal_reply(operation, fault, mine, headers)
        if limited:
            headers.update(mine.limiter.headers())
        headers["openai-processing-ms"] = str(int((time.perf_counter() - began) * 1000))
        reply.request = request
        reply = mine.alter_reply(reply)
        if entry:
            note_reply(entry, request, reply.status, headers)
        return send(reply, result, mine, mishap)

    return answer


def refusal_reply(operation: str, refusal: ApiError, service: Service, headers: dict[str, str]) -> OutgoingReply:
    """A refusal as a reply, in the words of the edition."""
    headers.update(refusal.headers)
    body = refusal.envelope
    body["error"]["type"] = service.edition.error_types.get(refusal.type, refusal.type)
    return OutgoingReply(operation, refusal.status, body, headers)


def send(reply: OutgoingReply, result: Any, service: Service, mishap: Mishap | None = None) -> Response:
    """The bytes of a reply."""
    media_type = reply.headers.pop("content-type", None)
    if isinstance(result, EventStream) and reply.body is None:
        frames = service.alter_chat_frames(result.frames) if result.chat else service.alter_frames(result.frames)
        headers = {**reply.headers, "content-type": media_type or MEDIA_TYPE, "cache-control": "no-cache"}
        if result.cut is not None:
            return TruncatedReply(truncate_after(frames, result.cut), reply.status, headers)
        if mishap and mishap.alters:
            return TruncatedReply(mishap.alter(frames, events=True), reply.status, headers)
        return StreamedReply(frames, reply.status, headers)
    if isinstance(result, RenderedStream) and reply.body is None:
        return WholeReply(result.content, reply.status, reply.headers | STREAM_HEADERS)
    truncated = isinstance(reply.body, TruncatedJson)
    body = reply.body.value if isinstance(reply.body, TruncatedJson) else reply.body
    content = body if isinstance(body, bytes) else dumps(body)
    headers = {**reply.headers, "content-type": media_type or "application/json"}
    if isinstance(result, TruncatedJson) or truncated:
        return TruncatedReply(first_half(content), reply.status, headers)
    if mishap and mishap.alters:
        return TruncatedReply(mishap.alter(_once(content), events=False), reply.status, headers)
    return WholeReply(content, reply.status, headers)


def _body_of(result: Any) -> Any:
    if isinstance(result, STREAMS):
        return None
    return result.value if isinstance(result, TruncatedJson) else result


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content
