"""The route of WebSocket mode: who may open a connection."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.responses import Response
from starlette.websockets import WebSocket
from uvicorn.protocols.utils import ClientDisconnected

from antiphon.server.admission import admitted
from antiphon.server.connection import Connection
from antiphon.server.errors import ApiError
from antiphon.server.http import refused
from antiphon.server.service import Service, dumps


def sockets(service: Service) -> Callable[[WebSocket], Awaitable[None]]:
    """The route of WebSocket mode."""

    async def serve(socket: WebSocket) -> None:
        try:
            mine = _admitted(socket, service)
        except ApiError as refusal:
            await socket.send_denial_response(_refused(refusal, service))
            # Without this, uvicorn takes a refused handshake for a forgotten one and complains in its log.
            raise ClientDisconnected from None
        await socket.accept(headers=[(b"x-request-id", service.ids.new("req_").encode())])
        await Connection(socket, mine).run()

    return serve


def _admitted(socket: WebSocket, service: Service) -> Service:
    """The service as this connection meets it. Raises ApiError."""
    mine = admitted(socket, service, needs_key=service.policy.sockets.needs_key)
    if not mine.policy.sockets.opens:
        raise ApiError("This server has a connection open already.", status=409)
    return mine


def _refused(refusal: ApiError, service: Service) -> Response:
    headers = {"openai-version": "2020-10-01", "openai-processing-ms": "0", "x-request-id": service.ids.new("req_")}
    reply = refused("open-socket", refusal, service, headers)
    return Response(dumps(reply.body), reply.status, reply.headers, "application/json")
