"""Eager task: work that is begun at once, and needs a task of the loop only if it has to wait."""

from __future__ import annotations

import types
from collections.abc import Awaitable, Generator
from typing import Any, Generic, TypeVar, cast

T = TypeVar("T")


class EagerTask(Generic[T]):
    """Some work whose first step has been done: it has `ended` with a `result`, or the `rest` is to be awaited.

    The first step is no part of a task, so it must not ask for the current one. What it raises is raised here.
    """

    __slots__ = ("_steps", "_waits", "ended", "result")

    def __init__(self, work: Awaitable[T]) -> None:
        self._steps = work.__await__()
        self.ended = False
        try:
            self._waits = next(self._steps)
        except StopIteration as end:
            self.ended = True
            self.result: T = end.value

    async def rest(self) -> T:
        """What is left of it."""
        return await _rest(self._steps, self._waits)


@types.coroutine
def _rest(steps: Generator[Any, Any, T], waits: Any) -> Generator[Any, Any, T]:
    try:
        while True:
            try:
                sent = yield waits
            except BaseException as reason:
                waits = steps.throw(reason)
            else:
                waits = steps.send(sent)
    except StopIteration as end:
        return cast(T, end.value)
