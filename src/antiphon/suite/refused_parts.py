"""Search for the refused parts of a create: all parts at once, then fewer and fewer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from antiphon.exercise.answer import Answer
from antiphon.exercise.api import Api
from antiphon.exercise.scenario import CapabilityDeclined
from antiphon.recording.exchange import Exchange
from antiphon.suite.parts import Part, body_of, is_refused, is_taken, names_one_of, pack

MOST_CALLS = 24
"""Calls in which the refused parts of one scenario are looked for, beyond its combined creates."""

MOST_FOUND = 2
"""Refused parts of one requirement after which no more are looked for: one null that is refused is like another."""


Send = Callable[[Sequence[Part]], Awaitable[Answer]]
"""Sends a request that has these parts."""


async def send_parts(api: Api, parts: Sequence[Part], tools: Sequence[Mapping[str, Any]] = (), **fields: Any) -> None:
    """Send all parts in as few creates as it takes; where one is refused, find the parts for which it is.

    A right server costs one call for each group. `tools` and `fields` are in every create. Raises CapabilityDeclined
    where the create without any part declines what the scenario rests on.
    """

    async def send(some: Sequence[Part]) -> Answer:
        headers: dict[str, str | None] = {}
        for part in some:
            headers |= part.headers
        return await api.create(**body_of(some, tools), **fields, headers=headers)

    await _explore(send, parts)


async def send_completion_parts(api: Api, parts: Sequence[Part], **fields: Any) -> None:
    """The same in completions of Chat Completions."""
    await send_call_parts(api, "chat.create", parts, **fields)


async def send_call_parts(api: Api, operation: str, parts: Sequence[Part], **fields: Any) -> None:
    """The same in calls of another operation: their parts are fields."""

    async def send(some: Sequence[Part]) -> Answer:
        own = {name: value for part in some for name, value in part.fields.items()}
        return await api.call(operation, body={"model": api.model, **fields, **own})

    await _explore(send, parts)


async def _explore(send: Send, parts: Sequence[Part]) -> None:
    search = _Search(send)
    for group in pack(parts):
        if not await search.explore(group):
            return


class _Search:
    def __init__(self, send: Send) -> None:
        self._request = send
        self._refused: set[Part] = set()
        self._left = MOST_CALLS
        self._has_control = False

    def _open(self, parts: Sequence[Part]) -> list[Part]:
        """The parts that are still to be looked at: not refused, nor of a requirement that is broken often enough."""
        found = Counter(part.requirement for part in self._refused)
        return [part for part in parts if part not in self._refused and found[part.requirement] < MOST_FOUND]

    async def explore(self, group: Sequence[Part]) -> bool:
        """Send a group, and halves of it until each refused part stood alone; False where nothing more can be shown."""
        exchange = await self._send(self._open(group))
        if is_refused(exchange) and not exchange.is_client_error:  # whether it comes again
            exchange = await self._send(self._open(group))
        if not is_refused(exchange):
            return True
        if not self._has_control and not await self._control():
            return False
        pending = list(reversed(_split(self._open(group), exchange)))
        while pending and self._left > 0:
            fewer = self._open(pending.pop())
            if not fewer:
                continue
            self._left -= 1
            exchange = await self._send(fewer)
            if not is_refused(exchange):
                continue
            if len(fewer) == 1 and (exchange.is_client_error or is_refused(await self._send(fewer))):
                self._refused.add(fewer[0])
            elif len(fewer) == 1:
                continue  # a server error that does not come again is not about the part
            else:
                pending += reversed(_split(fewer, exchange))
        return self._left > 0

    async def _control(self) -> bool:
        """The request without any part is taken."""
        answer = await self._request(())
        self._has_control = is_taken(answer.exchange)
        return self._has_control

    async def _send(self, parts: Sequence[Part]) -> Exchange:
        try:
            answer = await self._request(parts)
        except CapabilityDeclined as declined:  # only the create without any part decides that
            if declined.refusal is None:
                raise
            return declined.refusal
        return answer.exchange


def _split(parts: Sequence[Part], refusal: Exchange) -> list[list[Part]]:
    """Two lots: the parts that the refusal names and the others; halves where it names none, or all."""
    named = [each for each in parts if names_one_of(refusal, each.fields)]
    if named and len(named) < len(parts):
        return [named, [each for each in parts if each not in named]]
    middle = len(parts) // 2
    return [list(parts[:middle]), list(parts[middle:])] if middle else [list(parts)]
