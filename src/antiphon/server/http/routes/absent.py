"""What the API has and this server has not: a refusal with 501 that says so."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request

from antiphon.server.errors import ApiError
from antiphon.server.state.service import Service

FAMILIES = (
    "assistants", "audio", "batches", "chatkit", "containers", "evals", "fine_tuning", "images",
    "moderations", "organization", "realtime", "threads", "uploads", "videos",
)  # fmt: skip
"""The first part of the paths that are refused so."""


async def refuse(request: Request, service: Service) -> Any:
    """The refusal of anything below one of the families."""
    family = request.url.path.split("/")[2]
    message = (
        f"The reference server has no '{family}'. It has responses, conversations, chat completions, models, "
        "embeddings, files and vector stores."
    )
    raise ApiError(message, status=501, type="server_error", code="not_implemented")
