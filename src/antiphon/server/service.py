"""The state of one running server, and how its objects are shown."""

from __future__ import annotations

import json
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterable
from copy import copy, deepcopy
from dataclasses import replace
from typing import Any

import msgspec

from antiphon.server.chaos import Chaos
from antiphon.server.chat.stored import Completions
from antiphon.server.conversations import Conversations
from antiphon.server.editions import edition
from antiphon.server.faults import chosen
from antiphon.server.faults.base import Fault, Reply
from antiphon.server.ids import Ids
from antiphon.server.limits import Limiter
from antiphon.server.models import named
from antiphon.server.policy import Policy
from antiphon.server.scripts.reading import load
from antiphon.server.sealed import seal
from antiphon.server.settings import Settings
from antiphon.server.store import Event, Json, Store
from antiphon.server.tracing import watched

_encode = msgspec.json.Encoder().encode
MOST_KEPT = 64
"""Combinations of faults asked for by header that are kept ready."""


class Service:
    """Settings, policy and memory of a server; what every route works with."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.edition = edition(settings.edition)
        self.faults = chosen(settings.faults)
        self.policy = watched(policy_of(self.faults))
        self.ids = Ids("/".join(("antiphon", *settings.faults, *([settings.part] if settings.part else ()))))
        self.chaos = Chaos(settings.chaos, settings.seed) if settings.chaos else None
        self.script = load(settings.script) if settings.script else None
        self.models = named((*settings.models, *(self.script.models if self.script else ())))
        self._tenants: dict[str, Service] = {}
        self._remember_nothing()
        for key in settings.keys:
            self._tenants[key] = self._alone() if self._tenants else self

    def _remember_nothing(self) -> None:
        """Begin with an empty memory."""
        settings = self.settings
        conversations = Conversations(self.policy.conversations)
        self.store = Store(conversations, settings.max_responses, settings.retention)
        self.completions = Completions(settings.max_responses)
        self.limiter = Limiter(settings.rate_limit)
        self._faulty: OrderedDict[tuple[str, ...], Service] = OrderedDict()

    def _alone(self) -> Service:
        """The same server with a memory of its own."""
        other, told = copy(self), self.store.finished
        other._remember_nothing()
        other.store.finished = told
        return other

    @property
    def keeps_apart(self) -> bool:
        """Whether each event of a stream is a piece of its own, since something may be done to it."""
        return bool(self.faults or self.chaos or self.script)

    def tenant(self, key: str) -> Service:
        """The server as the holder of this key sees it."""
        return self._tenants[key]

    def with_faults(self, names: tuple[str, ...]) -> Service:
        """The same server, and the same memory, with more faults. ValueError for one that is unknown."""
        found = self._faulty.get(names)
        if found is None:
            found = copy(self)
            found.faults = (*self.faults, *chosen(names))
            found.policy = policy_of(found.faults)
            found.store = self.store.under(found.policy.conversations)
            self._faulty[names] = found
            while len(self._faulty) > MOST_KEPT:
                self._faulty.popitem(last=False)
        return found

    def now(self) -> int:
        """Seconds since the epoch."""
        return int(time.time())

    def seal_item(self, item: Json) -> Json:
        """An item as it goes out of a conversation: sealed anew, and a copy where a fault may change it."""
        shown = deepcopy(item) if self.faults else item
        if shown.get("encrypted_content") is True:
            return {**shown, "encrypted_content": seal({"item": item["id"]})}
        return shown

    def show_item(self, item: Json) -> Json:
        """An item as it goes out with a response."""
        shown = self.seal_item(item)
        for fault in self.faults:
            if fault.item:
                shown = fault.item(shown)
        return shown

    def show_response(self, response: Json) -> Json:
        """A response as it goes out: a snapshot."""
        if not self.faults:
            shown = response.copy()
            shown["output"] = [self.seal_item(item) for item in response["output"]]
            return shown
        shown = {key: value if key == "output" else deepcopy(value) for key, value in response.items()}
        shown["output"] = [self.show_item(item) for item in response["output"]]
        for fault in self.faults:
            if fault.response:
                shown = fault.response(shown)
        return shown

    def show_completion(self, completion: Json) -> Json:
        """A chat completion as it goes out."""
        shown = deepcopy(completion) if self.faults else completion
        for fault in self.faults:
            if fault.completion:
                shown = fault.completion(shown)
        return shown

    def alter_chunks(self, chunks: AsyncIterator[Json]) -> AsyncIterator[Json]:
        """The chunks of a chat stream with what the faults do to them."""
        for fault in self.faults:
            if fault.chunks:
                chunks = fault.chunks(chunks)
        return chunks

    def alter_chat_frames(self, frames: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        for fault in self.faults:
            if fault.chat_frames:
                frames = fault.chat_frames(frames)
        return frames

    def alter_events(self, events: AsyncIterator[Event]) -> AsyncIterator[Event]:
        """The events with what the faults do to them, numbered."""
        for fault in self.faults:
            if fault.events:
                events = fault.events(events)
        events = _number(events)
        for fault in self.faults:
            if fault.numbered:
                events = fault.numbered(events)
        return events

    def alter_frames(self, frames: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        for fault in self.faults:
            if fault.frames:
                frames = fault.frames(frames)
        return frames

    def alter_reply(self, reply: Reply) -> Reply:
        for fault in self.faults:
            if fault.reply:
                reply = fault.reply(reply)
        return reply


def policy_of(faults: Iterable[Fault]) -> Policy:
    """The policy with the switches that these faults turn."""
    turned: dict[str, Any] = {}
    for fault in faults:
        turned |= fault.policy
    return replace(Policy(), **turned)


async def _number(events: AsyncIterator[Event]) -> AsyncIterator[Event]:
    number = 0
    async for event in events:
        yield {"type": event["type"], "sequence_number": number} | event
        number += 1


def dumps(value: Any) -> bytes:
    """JSON in UTF-8; escaped where the text holds half of a surrogate pair."""
    try:
        return _encode(value)
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":")).encode()
