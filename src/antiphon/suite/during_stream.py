"""Calls made while a response streams."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import anyio

from antiphon.exercise.answer import Answer
from antiphon.exercise.api import Api
from antiphon.exercise.scenario import CannotContinue
from antiphon.recording.sse import Frame

PATIENCE = 30.0
"""Seconds after which what is done meanwhile is given up."""


async def while_streaming(api: Api, act: Callable[[str], Awaitable[Any]], **body: Any) -> Answer:
    """Stream a create, and act with the response's id as soon as an event names it.

    Raises Stuck when no event does.
    """
    begun = anyio.Event()
    ids: list[str] = []

    def hear(frame: Frame) -> bool:
        response = frame.json.get("response") if isinstance(frame.json, dict) else None
        if isinstance(response, dict) and isinstance(response.get("id"), str) and not ids:
            ids.append(response["id"])
            begun.set()
        return False

    async def meanwhile() -> None:
        with anyio.move_on_after(PATIENCE):
            await begun.wait()
            if ids:
                await act(ids[0])

    async with anyio.create_task_group() as group:
        group.start_soon(meanwhile)
        answer = await api.stream(**body, until=hear)
        begun.set()
    if not ids:
        raise CannotContinue("the stream named no id", answer.exchange.id)
    return answer
