"""The routes themselves, as far as the settings of a server open them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from antiphon.server.control import answers, faults, journal
from antiphon.server.errors import ApiError
from antiphon.server.http.admission import authorise
from antiphon.server.json_values import dumps
from antiphon.server.state.service import Service

PREFIX = "/_antiphon"
ControlHandler = Callable[[Request, Service], Awaitable[Any]]


def control_routes(service: Service) -> list[Route]:
    """The routes that are open; they ask for the key that all others ask for."""
    routes: list[tuple[str, str, ControlHandler]] = []
    if service.journal:
        routes += [("GET", "/requests", journal.list_requests), ("DELETE", "/requests", journal.clear)]
    if service.settings.control:
        routes += [
            ("GET", "/answers", answers.list_answers),
            ("PUT", "/answers", answers.replace),
            ("POST", "/answers", answers.add),
            ("DELETE", "/answers", answers.drop),
            ("GET", "/faults", faults.list_faults),
            ("PUT", "/faults", faults.switch),
            ("DELETE", "/faults", faults.clear),
        ]
    return [Route(PREFIX + path, _control(service, handler), methods=[method]) for method, path, handler in routes]


def _control(service: Service, handler: ControlHandler) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        try:
            authorise(request, service.settings.keys)
            status, body = 200, await handler(request, service)
        except ApiError as refusal:
            status, body = refusal.status, refusal.envelope
        return Response(dumps(body), status, media_type="application/json")

    return answer
