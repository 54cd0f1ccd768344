"""The state of one running server, and how its objects are shown."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from copy import deepcopy
from dataclasses import replace
from typing import Any

from antiphon.server.chat.stored import Completions
from antiphon.server.conversations import Conversations
from antiphon.server.echo import snapshot
from antiphon.server.editions import edition
from antiphon.server.faults import chosen
from antiphon.server.faults.base import Reply
from antiphon.server.ids import Ids
from antiphon.server.policy import Policy
from antiphon.server.sealed import seal
from antiphon.server.settings import Settings
from antiphon.server.store import Event, Json, Store
from antiphon.server.tracing import watched


class Service:
    """Settings, policy and memory of a server; what every route works with."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.edition = edition(settings.edition)
        self.faults = chosen(settings.faults)
        turned: dict[str, Any] = {}
        for fault in self.faults:
            turned |= fault.policy
        self.policy = watched(replace(Policy(), **turned))
        self.ids = Ids("/".join(("antiphon", *settings.faults)))
        self.store = Store(Conversations(self.policy.conversations))
        self.completions = Completions()
        self.models = frozenset({*settings.models, *map(snapshot, settings.models)})

    def now(self) -> int:
        """Seconds since the epoch."""
        return int(time.time())

    def seal_item(self, item: Json) -> Json:
        """An item as it goes out of a conversation: sealed anew, and a copy."""
        shown = deepcopy(item)
        if shown.get("encrypted_content") is True:
            shown["encrypted_content"] = seal({"item": item["id"]})
        return shown

    def show_item(self, item: Json) -> Json:
        """An item as it goes out with a response."""
        shown = self.seal_item(item)
        for fault in self.faults:
            if fault.item:
                shown = fault.item(shown)
        return shown

    def show_response(self, response: Json) -> Json:
        """A response as it goes out."""
        shown = {key: value if key == "output" else deepcopy(value) for key, value in response.items()}
        shown["output"] = [self.show_item(item) for item in response["output"]]
        for fault in self.faults:
            if fault.response:
                shown = fault.response(shown)
        return shown

    def show_completion(self, completion: Json) -> Json:
        """A chat completion as it goes out."""
        shown = deepcopy(completion)
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


async def _number(events: AsyncIterator[Event]) -> AsyncIterator[Event]:
    number = 0
    async for event in events:
        yield {"type": event["type"], "sequence_number": number, **{k: v for k, v in event.items() if k != "type"}}
        number += 1


def dumps(value: Any) -> bytes:
    """JSON in UTF-8; escaped where the text holds half of a surrogate pair."""
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":")).encode()
