"""The journal over HTTP: list it, wait for it to grow, clear it."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from starlette.requests import Request

from antiphon.server.http.query import number
from antiphon.server.json_values import Json
from antiphon.server.state.service import Service

LONGEST_WAIT = 60
STEP = 0.01
"""Seconds between two looks."""


async def list_requests(request: Request, service: Service) -> Any:
    """The requests that are kept, once there have been `wait` of them, or `timeout` seconds have gone by."""
    journal = service.journal
    assert journal is not None
    wanted = number(request, "wait", 0) or 0
    limit = number(request, "timeout", 0, LONGEST_WAIT)
    ends = time.monotonic() + (5 if limit is None else limit)
    while journal.total < wanted and time.monotonic() < ends:
        await asyncio.sleep(STEP)
    return {"object": "list", "total": journal.total, "data": [entry.as_json() for entry in journal.entries()]}


async def clear(request: Request, service: Service) -> Json:
    """Forget every request."""
    assert service.journal is not None
    service.journal.clear()
    return {"object": "list", "total": 0, "data": []}
