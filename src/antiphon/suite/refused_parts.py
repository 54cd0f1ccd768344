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
    await _explore(_sender(api, tools, **fields), parts)


async def send_parts_by_turns(
    api: Api, parts: Sequence[Part], tools: Sequence[Mapping[str, Any]], streamed: Sequence[Part]
) -> None:
    """The same, every other group as a stream, which has some more parts.

    A group that is refused as a stream is sent plain, and only where that is taken the stream itself is searched. Where
    the tools are refused that are in every create, the parts that need none are sent without them.
    """
    offered = list(tools)
    plain = _Search(_sender(api, offered))
    stream = _Search(_sender(api, offered, stream=True))
    for place, group in enumerate(pack(parts)):
        if place % 2 and api.target.capabilities.get("streaming") is not False:
            marked = pack([*group, *streamed])[0]
            if not is_refused(await stream.send(marked)):
                continue
            if not is_refused(await plain.send(group)):
                await stream.explore(marked)
                continue
        if not await plain.explore(group):
            break
    if plain.control is False:  # the tools themselves are refused
        bare = _Search(_sender(api, ()))
        for group in pack([part for part in parts if not part.needs_tools]):
            if not await bare.explore(group):
                return


def _sender(api: Api, tools: Sequence[Mapping[str, Any]], **fields: Any) -> Send:
    async def send(some: Sequence[Part]) -> Answer:
        headers: dict[str, str | None] = {name: value for part in some for name, value in part.headers.items()}
        return await api.create(**body_of(some, tools), **fields, headers=headers)

    return send


async def send_completion_parts(api: Api, parts: Sequence[Part], **fields: Any) -> None:
    """The same in completions of Chat Completions."""
    await send_call_parts(api, "chat.create", parts, **fields)


async def send_call_parts(api: Api, operation: str, parts: Sequence[Part], **fields: Any) -> None:
    """The same in calls of another operation: their parts are fields, of completions also messages and tools."""

    async def send(some: Sequence[Part]) -> Answer:
        body: dict[str, Any] = {"model": api.model, **fields}
        for part in some:
            body |= part.fields
            if part.tools:
                body["tools"] = [*body.get("tools", ()), *part.tools]
        if earlier := [item for part in some for item in part.items]:
            body["messages"] = [*earlier, *body.get("messages", ())]
        return await api.call(operation, body=body)

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
        self.control: bool | None = None
        """The request without any part is taken; None where that was not looked at."""

    def _open(self, parts: Sequence[Part]) -> list[Part]:
        """The parts that are still to be looked at: not refused, nor of a requirement that is broken often enough."""
        found = Counter(part.requirement for part in self._refused)
        return [part for part in parts if part not in self._refused and found[part.requirement] < MOST_FOUND]

    async def explore(self, group: Sequence[Part]) -> bool:
        """Send a group, and halves of it until each refused part stood alone; False where nothing more can be shown."""
        exchange = await self.send(self._open(group))
        if is_refused(exchange) and not exchange.is_client_error:  # whether it comes again
            exchange = await self.send(self._open(group))
        if not is_refused(exchange):
            return True
        if self.control is None:
            self.control = is_taken((await self._request(())).exchange)
        if not self.control:
            return False
        pending = list(reversed(_split(self._open(group), exchange)))
        while pending and self._left > 0:
            fewer = self._open(pending.pop())
            if not fewer:
                continue
            self._left -= 1
            exchange = await self.send(fewer)
            if not is_refused(exchange):
                continue
            if len(fewer) == 1 and (exchange.is_client_error or is_refused(await self.send(fewer))):
                self._refused.add(fewer[0])
            elif len(fewer) == 1:
                continue  # a server error that does not come again is not about the part
            else:
                pending += reversed(_split(fewer, exchange))
        return self._left > 0

    async def send(self, parts: Sequence[Part]) -> Exchange:
        """Send parts in one create."""
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
