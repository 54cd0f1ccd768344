"""Route of WebSocket mode: who may open a connection."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.responses import Response
from starlette.websockets import WebSocket
from uvicorn.protocols.utils import ClientDisconnected

from antiphon.server.errors import ApiError
from antiphon.server.http.admission import admit
from antiphon.server.http.endpoint import refusal_reply
from antiphon.server.json_values import dumps
from antiphon.server.state.service import Service
from antiphon.server.websocket.connection import SocketConnection


def socket_route(service: Service) -> Callable[[WebSocket], Awaitable[None]]:
    """The route of WebSocket mode."""

    async def serve(socket: WebSocket) -> None:
        try:
            mine = _admit(socket, service)
        except ApiError as refusal:
            await socket.send_denial_response(_denial(refusal, service))
            # Without this, uvicorn takes a refused handshake for a forgotten one and complains in its log.
            raise ClientDisconnected from None
        await socket.accept(headers=[(b"x-request-id", service.ids.new("req_").encode())])
        await SocketConnection(socket, mine).run()

    return serve


def _admit(socket: WebSocket, service: Service) -> Service:
    """The service as this connection meets it. Raises ApiError."""
    mine = admit(socket, service, needs_key=service.policy.sockets.needs_key)
    for fault in mine.faults[len(service.faults) :]:
        if not fault.reaches_sockets:
            message = f"The fault {fault.name!r} changes nothing of a WebSocket. Ask for it over HTTP."
            raise ApiError(message, code="fault_not_over_websocket")
    if not mine.policy.sockets.opens:
        raise ApiError("This server has a connection open already.", status=409)
    return mine


def _denial(refusal: ApiError, service: Service) -> Response:
    headers = {"openai-version": "2020-10-01", "openai-processing-ms": "0", "x-request-id": service.ids.new("req_")}
    reply = refusal_reply("open-socket", refusal, service, headers)
    return Response(dumps(reply.body), reply.status, reply.headers, "application/json")
