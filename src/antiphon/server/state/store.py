"""Store of responses, their events, and the items in them. Bounded: the oldest go first."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from copy import copy
from dataclasses import dataclass, field

from antiphon.server.behaviour.rules import ConversationRules, WebhookRules
from antiphon.server.json_values import Event, Json
from antiphon.server.model.served_models import ServedModel
from antiphon.server.scripts.answers import ScriptAnswer
from antiphon.server.state.conversations import Conversations

MOST_RESPONSES = 2_000
MOST_ITEMS = 20_000
MOST_EVENTS = 20_000
ENDED = frozenset({"completed", "failed", "incomplete", "cancelled"})


class Log:
    """Log of the events of one response, for any number of readers."""

    __slots__ = ("_news", "closed", "events")

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.closed = False
        self._news: asyncio.Event | None = None

    def append(self, event: Event) -> None:
        """Add an event, unless the log is closed or full."""
        if not self.closed and len(self.events) < MOST_EVENTS:
            self.events.append(event)
            self._wake()

    def close(self) -> None:
        """Let readers end."""
        self.closed = True
        self._wake()

    def forget(self) -> None:
        """Let go of the events; nobody asks for them again."""
        self.closed = True
        self.events = []

    def _wake(self) -> None:
        if self._news is not None:
            self._news.set()
            self._news = None

    async def read(self, start: int = 0) -> AsyncIterator[list[Event]]:
        """The events from the one numbered `start` on: those that are there, then those that come meanwhile."""
        position = start
        while True:
            while position < len(self.events):
                news = self.events[position:]
                position += len(news)
                yield news
            if self.closed:
                return
            if self._news is None:
                self._news = asyncio.Event()
            await self._news.wait()


@dataclass(slots=True, eq=False)
class Record:
    """Record of one response: its object, the request, and what happened on the way."""

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
    model: ServedModel | None = None
    scripted: ScriptAnswer | None = None
    """The answer of a script to it."""

    @property
    def id(self) -> str:
        """The id of the response."""
        return str(self.response["id"])

    @property
    def background(self) -> bool:
        """The response runs in the background."""
        return bool(self.response["background"])

    @property
    def ended(self) -> bool:
        """The response has its last status."""
        return self.response["status"] in ENDED

    @property
    def context(self) -> list[Json]:
        """What a next turn builds upon."""
        return [*self.history, *self.input, *self.response["output"]]


class Store:
    """Finished responses, background ones from their start, and every item in them by its id."""

    def __init__(
        self, conversations: Conversations | None = None, most: int = MOST_RESPONSES, retention: float | None = None
    ) -> None:
        self._most, self._retention = most, retention
        self._records: OrderedDict[str, Record] = OrderedDict()
        self._items: OrderedDict[str, Json] = OrderedDict()
        self.deleted: OrderedDict[str, Record] = OrderedDict()
        self.conversations = conversations or Conversations()
        self.finished: list[Callable[[Record, WebhookRules], None]] = []
        """Called with every response that ends, and with how that is to be told."""

    def under(self, rules: ConversationRules) -> Store:
        """The same store with other rules for its conversations."""
        other = copy(self)
        other.conversations = self.conversations.under(rules)
        return other

    def add(self, record: Record) -> None:
        """Store a response; the oldest goes where there are too many."""
        self._records[record.id] = record
        while len(self._records) > self._most:
            _, oldest = self._records.popitem(last=False)
            self._forget(oldest)

    def _forget(self, record: Record) -> None:
        """Let go of the items of a response, unless a conversation has them, and end its work."""
        if not record.response.get("conversation"):
            for item in (*record.input, *record.response["output"]):
                self._items.pop(item.get("id", ""), None)
        if record.task and not record.ended:
            record.task.cancel()
            record.log.close()

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
        if record and record.ended and (delay or self._retention is not None):
            age = time.monotonic() - record.finished_at
            if self._retention is not None and age >= self._retention:
                del self._records[id]
                self._forget(record)
                return None
            return None if age < delay else record
        return record

    def item(self, id: str) -> Json | None:
        """The item of an id, where it is stored."""
        return self._items.get(id)

    def delete(self, record: Record) -> None:
        """Forget a response and its items, and stop its work."""
        del self._records[record.id]
        self.deleted[record.id] = record
        while len(self.deleted) > MOST_RESPONSES // 10:
            self.deleted.popitem(last=False)
        self._forget(record)

    def all(self) -> list[Record]:
        """Every stored response, the oldest first."""
        return list(self._records.values())

    def children(self, id: str) -> list[Record]:
        """The responses that follow this one directly."""
        return [record for record in self._records.values() if record.parent == id]
