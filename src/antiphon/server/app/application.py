"""The application: every route of the server, under /v1 but for its health."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute

from antiphon.server.app.webhooks import Deliveries
from antiphon.server.control.routes import control_routes
from antiphon.server.errors import ApiError, shorten
from antiphon.server.fast.application import FastApplication
from antiphon.server.fast.stream_renderer import StreamRenderer
from antiphon.server.faults import faults_by_name
from antiphon.server.http.cross_origin import CrossOrigin
from antiphon.server.http.endpoint import Handler, endpoint
from antiphon.server.http.routes import (
    absent,
    chat,
    compaction,
    conversations,
    counts,
    embeddings,
    files,
    lists,
    models,
    responses,
    vector_stores,
)
from antiphon.server.replay.route import replay_route
from antiphon.server.settings import ServerSettings
from antiphon.server.state.service import Service
from antiphon.server.websocket.route import socket_route

PREFIX = "/v1"
ROUTES: tuple[tuple[str, str, str, Handler], ...] = (
    ("POST", "/responses/input_tokens", "count-input-tokens", counts.input_tokens),
    ("POST", "/responses/compact", "compact-context", compaction.compact),
    ("POST", "/responses", "create-response", responses.create),
    ("GET", "/responses/{response_id}", "get-response", responses.get),
    ("DELETE", "/responses/{response_id}", "delete-response", responses.delete),
    ("POST", "/responses/{response_id}/cancel", "cancel-response", responses.cancel),
    ("GET", "/responses/{response_id}/input_items", "list-input-items", lists.input_items),
    ("GET", "/responses/{response_id}/input_tokens", "count-response", counts.of_response),
    ("POST", "/responses/{response_id}/compact", "compact-response", compaction.of_response),
    ("POST", "/conversations", "create-conversation", conversations.create),
    ("GET", "/conversations/{conversation_id}", "get-conversation", conversations.get),
    ("POST", "/conversations/{conversation_id}", "update-conversation", conversations.update),
    ("DELETE", "/conversations/{conversation_id}", "delete-conversation", conversations.delete),
    ("POST", "/conversations/{conversation_id}/items", "add-conversation-items", conversations.add_items),
    ("GET", "/conversations/{conversation_id}/items", "list-conversation-items", conversations.list_items),
    ("GET", "/conversations/{conversation_id}/items/{item_id}", "get-conversation-item", conversations.get_item),
    ("DELETE", "/conversations/{conversation_id}/items/{item_id}", "drop-conversation-item", conversations.delete_item),
    ("POST", "/chat/completions", "create-chat-completion", chat.create),
    ("GET", "/chat/completions", "list-chat-completions", chat.list_all),
    ("GET", "/chat/completions/{completion_id}", "get-chat-completion", chat.get),
    ("POST", "/chat/completions/{completion_id}", "update-chat-completion", chat.update),
    ("DELETE", "/chat/completions/{completion_id}", "delete-chat-completion", chat.delete),
    ("GET", "/chat/completions/{completion_id}/messages", "list-chat-messages", chat.messages),
    ("GET", "/models", "list-models", models.list_all),
    ("GET", "/models/{model}", "get-model", models.get),
    ("POST", "/embeddings", "create-embedding", embeddings.create),
    ("POST", "/files", "create-file", files.create),
    ("GET", "/files", "list-files", files.list_all),
    ("GET", "/files/{file_id}", "get-file", files.get),
    ("DELETE", "/files/{file_id}", "delete-file", files.delete),
    ("GET", "/files/{file_id}/content", "get-file-content", files.content),
    ("POST", "/vector_stores", "create-vector-store", vector_stores.create),
    ("GET", "/vector_stores", "list-vector-stores", vector_stores.list_all),
    ("GET", "/vector_stores/{vector_store_id}", "get-vector-store", vector_stores.get),
    ("DELETE", "/vector_stores/{vector_store_id}", "delete-vector-store", vector_stores.delete),
    ("POST", "/vector_stores/{vector_store_id}/search", "search-vector-store", vector_stores.search),
    ("POST", "/vector_stores/{vector_store_id}/files", "add-vector-store-file", vector_stores.add_file),
    ("GET", "/vector_stores/{vector_store_id}/files", "list-vector-store-files", vector_stores.list_files),
    ("GET", "/vector_stores/{vector_store_id}/files/{file_id}", "get-vector-store-file", vector_stores.get_file),
)
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
FAST = frozenset({PREFIX + "/responses", PREFIX + "/chat/completions"})
"""The paths whose creates the fast path takes."""
Refuse = Callable[[Request, Exception], Awaitable[Response]]
LIMITED = frozenset({"create-response", "create-chat-completion"})


def create_app(settings: ServerSettings) -> Starlette:
    """The application of a server with these settings."""
    service = Service(settings, faults_by_name, StreamRenderer() if settings.fast_path else None)
    if settings.replay is not None:
        return _replaying(service)
    routes = [
        Route(
            PREFIX + path,
            endpoint(service, operation, handler, limited=operation in LIMITED),
            methods=[method],
        )
        for method, path, operation, handler in ROUTES
    ]
    missing = endpoint(service, "none", absent.refuse)
    routes += [
        Route(f"{PREFIX}/{path}", missing, methods=METHODS)
        for family in absent.FAMILIES
        for path in (family, f"{family}/{{rest:path}}")
    ]
    routes.append(Route("/health", _health, methods=["GET"]))
    refuse = _refuser(service, routes)
    if settings.webhook:
        Deliveries(service, settings.webhook)
    routes += control_routes(service)
    socket = WebSocketRoute(PREFIX + "/responses", socket_route(service))
    options: dict[str, Any] = {
        "routes": [*routes, socket],
        "exception_handlers": {404: refuse, 405: refuse},
        "middleware": [Middleware(CrossOrigin, service=service)],
    }
    app = FastApplication(**options, fast=FAST) if settings.fast_path else Starlette(**options)
    app.state.service = service
    return app


def _replaying(service: Service) -> Starlette:
    """The application of a server that answers from a recording."""
    routes = [Route("/health", _health, methods=["GET"]), *control_routes(service), replay_route(service, PREFIX)]
    app = Starlette(routes=routes, middleware=[Middleware(CrossOrigin)])
    app.state.service = service
    return app


async def _health(request: Request) -> Response:
    """The server is up; nobody needs a key to know that."""
    return JSONResponse({"status": "ok"})


def _refuser(service: Service, routes: Sequence[Route]) -> Refuse:
    """Answers what no route takes, and which methods a path takes."""

    async def nothing(request: Request, service: Service) -> None:
        status = request.state.status
        place = shorten(f"{request.method} {request.url.path}", quote=False)
        reason = "Not allowed" if status == 405 else "Invalid URL"
        raise ApiError(f"{reason}: {place}. See the list of endpoints.", status=status)

    answer = endpoint(service, "none", nothing)

    async def refuse(request: Request, reason: Exception) -> Response:
        assert isinstance(reason, HTTPException)
        request.state.status = reason.status_code
        methods = _methods_of(request.url.path, routes)
        if methods and request.method == "OPTIONS":
            return Response(status_code=204, headers={"allow": methods})
        reply = await answer(request)
        if methods:
            reply.headers["allow"] = methods
        return reply

    return refuse


def _methods_of(path: str, routes: Sequence[Route]) -> str:
    """The methods that a path takes; an empty text where there is no such path."""
    methods = {method for route in routes if route.path_regex.match(path) for method in route.methods or ()}
    return ", ".join(sorted({*methods, "OPTIONS"})) if methods else ""
