"""Requests from pages in a browser: every origin may make them, but not those below /_antiphon."""

from __future__ import annotations

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from antiphon.server.state.service import Service

CONTROL = "/_antiphon"
EXPOSED = (
    "openai-processing-ms", "openai-version", "retry-after", "x-request-id", "x-ratelimit-limit-requests",
    "x-ratelimit-remaining-requests", "x-ratelimit-reset-requests",
)  # fmt: skip
"""Headers of replies that a page may read."""


class CrossOrigin(CORSMiddleware):
    """Answers preflight requests, and allows replies to be read by every origin, without its cookies."""

    def __init__(self, app: ASGIApp, service: Service | None = None) -> None:
        self._service = service
        super().__init__(app, allow_origins=["*"], allow_methods=["*"], allow_headers=["*"], expose_headers=EXPOSED)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; what a page could do to the server's journal and answers is none of its business."""
        is_http = scope["type"] == "http"
        is_control = is_http and scope["path"].startswith(CONTROL)
        refuses = self._service is not None and not self._service.policy.answers_preflights
        is_refused = is_http and scope["method"] == "OPTIONS" and refuses
        await (self.app if is_control or is_refused else super().__call__)(scope, receive, send)
