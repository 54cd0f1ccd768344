"""The application of the fast path: plain creates go past the router."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

Responder = Callable[[Request], Awaitable[Response]]


class FastApplication(Starlette):
    """Starlette's, with a short way to the operations that are called most."""

    def __init__(self, *, fast: Collection[str], **options: Any) -> None:
        super().__init__(**options)
        self.fast_routes: Mapping[str, Responder] = {
            route.path: route.endpoint
            for route in self.routes
            if isinstance(route, Route) and route.path in fast and route.methods == {"POST"}
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = self.fast_routes.get(scope["path"]) if scope.get("method") == "POST" else None
        if answer is None or any(name == b"origin" for name, _ in scope["headers"]):
            return await super().__call__(scope, receive, send)
        scope["app"] = self
        response = await answer(Request(scope, receive))
        await response(scope, receive, send)
