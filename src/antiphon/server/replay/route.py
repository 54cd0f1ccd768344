"""The one route of a server that replays: every path below /v1."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from antiphon.server.behaviour.truncation import ConnectionCut
from antiphon.server.errors import ApiError
from antiphon.server.http.admission import authorise
from antiphon.server.http.journal_notes import note_reply, note_request
from antiphon.server.http.replies import TruncatedReply
from antiphon.server.http.request_body import read_bytes
from antiphon.server.json_values import dumps
from antiphon.server.recorded_exchange import RecordedResponse
from antiphon.server.replay.library import ReplayLibrary
from antiphon.server.state.service import Service

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
NOT_REPLAYED = frozenset(
    {"connection", "keep-alive", "transfer-encoding", "content-length", "content-encoding", "date", "server"}
    | {"access-control-allow-origin", "access-control-expose-headers"}
)
"""Headers that belong to the connection that was recorded, or whose bodies were decoded since."""


def replay_route(service: Service, prefix: str) -> Route:
    """The route that answers from the recording of the settings. Raises ValueError where nothing in it can answer."""
    library = ReplayLibrary(service.settings.replay or (), near=service.settings.near)
    return Route(prefix + "/{rest:path}", _endpoint(service, library), methods=METHODS)


def _endpoint(service: Service, library: ReplayLibrary) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        entry = None
        try:
            if service.journal:
                entry = await note_request(service.journal, request)
            authorise(request, service.settings.keys)
            body = _json(await read_bytes(request))
            recorded = library.find(request.method, request.url.path, dict(request.query_params), body)
        except ApiError as refusal:
            headers = dict(refusal.headers)
            reply = Response(dumps(refusal.envelope), refusal.status, headers, "application/json")
        else:
            headers = {name.lower(): value for name, value in recorded.headers if name.lower() not in NOT_REPLAYED}
            reply = TruncatedReply(body_pieces(recorded, service.settings.replay_pace), recorded.status or 200, headers)
        if entry:
            note_reply(entry, request, reply.status_code, headers)
        return reply

    return answer


async def body_pieces(recorded: RecordedResponse, pace: float | None) -> AsyncIterator[bytes]:
    """The pieces of a body, each when it came, or with so many seconds between them; cut where it was cut."""
    began = asyncio.get_running_loop().time()
    for number, (at, data) in enumerate(recorded.chunks):
        passed = asyncio.get_running_loop().time() - began
        wait = at - passed if pace is None else pace if number else 0.0
        if wait > 0:
            await asyncio.sleep(wait)
        yield data
    if not recorded.complete:
        raise ConnectionCut


def _json(data: bytes) -> Any:
    try:
        return json.loads(data) if data else None
    except (ValueError, RecursionError):
        return None
