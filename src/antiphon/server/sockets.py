"""The route of WebSocket mode: who may open a connection."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.responses import Response
from starlette.websockets import WebSocket
from uvicorn.protocols.utils import ClientDisconnected

from antiphon.server.connection import Connection
from antiphon.server.errors import ApiError
from antiphon.server.http import authorise, refused
from antiphon.server.service import Service, dumps


def sockets(service: Service) -> Callable[[WebSocket], Awaitable[None]]:
    """The route of WebSocket mode."""

    async def serve(socket: WebSocket) -> None:
        refusal = _refusal(socket, service)
        if refusal is not None:
            await socket.send_denial_response(refusal)
            # Without this, uvicorn takes a refused handshake for a forgotten one and complains in its log.
            raise ClientDisconnected
        await socket.accept(headers=[(b"x-request-id", service.ids.new("req_").encode())])
        await Connection(socket, service).run()

    return serve


def _refusal(socket: WebSocket, service: Service) -> Response | None:
    rules = service.policy.sockets
    try:
        if not rules.opens:
            raise ApiError("This server has a connection open already.", status=409)
        if rules.needs_key:
            authorise(socket, service.settings.api_key)
    except ApiError as refusal:
        headers = {"openai-version": "2020-10-01", "openai-processing-ms": "0", "x-request-id": service.ids.new("req_")}
        reply = refused("open-socket", refusal, service, headers)
        return Response(dumps(reply.body), reply.status, reply.headers, "application/json")
    return None
