"""What the server remembers: responses, their events, and the items in them. Bounded: the oldest go first."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

from antiphon.server.conversations import Conversations

Json = dict[str, Any]
Event = dict[str, Any]
MOST_RESPONSES = 2_000
MOST_ITEMS = 20_000
MOST_EVENTS = 20_000
ENDED = frozenset({"completed", "failed", "incomplete", "cancelled"})


class Log:
    """The events of one response in their order, for any number of readers."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.closed = False
        self._news = asyncio.Event()

    def append(self, event: Event) -> None:
        if not self.closed and len(self.events) < MOST_EVENTS:
            self.events.append(event)
            self._wake()

    def close(self) -> None:
        self.closed = True
        self._wake()

    def _wake(self) -> None:
        self._news.set()
        self._news = asyncio.Event()

    async def read(self, start: int = 0) -> AsyncIterator[Event]:
        """The events from the one numbered `start` on: those that are there, then those that come."""
        position = start
        while True:
            while position < len(self.events):
                yield self.events[position]
                position += 1
            if self.closed:
                return
            await self._news.wait()


@dataclass(slots=True, eq=False)
class Record:
    """One response: what it shows, what it was made from, and what happened on the way."""

    response: Json
    body: Json
    history: list[Json]
    """The items of earlier turns."""
    input: list[Json]
    streamed: bool = False
    log: Log = field(default_factory=Log)
    task: asyncio.Task[None] | None = None
    finished_at: float = 0.0
    parent: str | None = None

    @property
    def id(self) -> str:
        return str(self.response["id"])

    @property
    def background(self) -> bool:
        return bool(self.response["background"])

    @property
    def ended(self) -> bool:
        return self.response["status"] in ENDED

    @property
    def context(self) -> list[Json]:
        """What a next turn builds upon."""
        return [*self.history, *self.input, *self.response["output"]]


class Store:
    """Finished responses, background ones from their start, and every item in them by its id."""

    def __init__(self, conversations: Conversations | None = None) -> None:
        self._records: OrderedDict[str, Record] = OrderedDict()
        self._items: OrderedDict[str, Json] = OrderedDict()
        self.deleted: OrderedDict[str, Record] = OrderedDict()
        self.conversations = conversations or Conversations()
        self.finished: list[Callable[[Record], None]] = []
        """Called with every response that ends."""

    def add(self, record: Record) -> None:
        self._records[record.id] = record
        while len(self._records) > MOST_RESPONSES:
            _, oldest = self._records.popitem(last=False)
            if oldest.task:
                oldest.task.cancel()

    def remember(self, items: list[Json]) -> None:
        """Let these items be found by reference."""
        for item in items:
            if item.get("id"):
                self._items[item["id"]] = item
        while len(self._items) > MOST_ITEMS:
            self._items.popitem(last=False)

    def get(self, id: str, *, delay: float = 0.0) -> Record | None:
        """The record of that id, once it has been readable for `delay` seconds."""
        record = self._records.get(id)
        if record and delay and record.ended and time.monotonic() - record.finished_at < delay:
            return None
        return record

    def item(self, id: str) -> Json | None:
        return self._items.get(id)

    def delete(self, record: Record) -> None:
        """Forget a response and its items, and stop its work."""
        del self._records[record.id]
        self.deleted[record.id] = record
        while len(self.deleted) > MOST_RESPONSES // 10:
            self.deleted.popitem(last=False)
        for item in (*record.input, *record.response["output"]):
            self._items.pop(item.get("id", ""), None)
        if record.task and not record.ended:
            record.task.cancel()
            record.log.close()

    def all(self) -> list[Record]:
        """Every stored response, the oldest first."""
        return list(self._records.values())

    def children(self, id: str) -> list[Record]:
        """The responses that follow this one directly."""
        return [record for record in self._records.values() if record.parent == id]
