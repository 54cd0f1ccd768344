"""Journal of the requests that a server has got: bounded, and read from other threads too."""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MOST_REQUESTS = 1_000
MOST_BYTES = 64 * 1024 * 1024
SHOWN = 300
"""Characters of a body that a line shows."""


@dataclass(slots=True, eq=False)
class JournalEntry:
    """Request of a client, and what became of it as far as it has been answered."""

    method: str
    """A verb of HTTP, or WEBSOCKET for a message over one."""
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """By name in lower case; what is a credential by its name is redacted."""
    content: bytes
    time: float = field(default_factory=time.time)
    """Seconds since the epoch at which it came."""
    number: int = 0
    """1 for the first that the server got."""
    status: int | None = None
    """Of the reply; None until it begins. Over a WebSocket 200 for what is taken."""
    response_id: str | None = None
    """Of the response or completion that it made or named."""
    request_id: str | None = None
    """The x-request-id of the reply."""

    @property
    def body(self) -> Any:
        """The JSON that was sent; a text where it is none, None where there was no body."""
        if not self.content:
            return None
        try:
            return json.loads(self.content)
        except (ValueError, RecursionError):
            return self.content.decode("utf-8", "replace")

    def as_json(self) -> dict[str, Any]:
        """All of it as JSON."""
        names = ("number", "method", "path", "query", "headers", "body", "time", "status", "response_id", "request_id")
        return {name: getattr(self, name) for name in names}

    def __str__(self) -> str:
        """One line: what was asked for, and how it was answered."""
        ending = "no reply yet" if self.status is None else str(self.status)
        made = f" {self.response_id}" if self.response_id else ""
        body = "" if self.body is None else " " + json.dumps(self.body, ensure_ascii=False)
        body = body if len(body) <= SHOWN else body[: SHOWN - 1] + "…"
        return f"{self.number}. {self.method} {self.path} → {ending}{made}{body}"


class Journal:
    """Latest requests, up to so many and so many bytes of bodies; the oldest go first."""

    def __init__(self, most: int = MOST_REQUESTS, most_bytes: int = MOST_BYTES) -> None:
        self.most = most
        self.total = 0
        """How many came since the last time it was cleared, those that have gone included."""
        self._most_bytes = most_bytes
        self._bytes = 0
        self._entries: deque[JournalEntry] = deque()
        self._news = threading.Condition()

    def add(self, entry: JournalEntry) -> None:
        """Write a request down, with its number."""
        with self._news:
            self.total += 1
            entry.number = self.total
            self._entries.append(entry)
            self._bytes += len(entry.content)
            while len(self._entries) > self.most or (self._bytes > self._most_bytes and len(self._entries) > 1):
                self._bytes -= len(self._entries.popleft().content)
            self._news.notify_all()

    def entries(self) -> list[JournalEntry]:
        """The requests that are kept, the oldest first."""
        with self._news:
            return list(self._entries)

    def clear(self) -> None:
        """Forget every request; numbers begin at 1 again."""
        with self._news:
            self._entries.clear()
            self._bytes = self.total = 0

    def wait_for(self, count: int, timeout: float) -> bool:
        """Whether so many requests have come, within `timeout` seconds. Not for the thread of the server."""
        with self._news:
            return self._news.wait_for(lambda: self.total >= count, timeout)
