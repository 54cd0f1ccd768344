"""Results of a handler that are no JSON value: a stream, or half of a reply."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

REPLY_HEADERS = "antiphon.headers"
"""Key of a scope: headers of a reply that is no refusal, beside those of every reply."""


@dataclass(slots=True)
class EventStream:
    """Stream of bytes, one piece for each event."""

    frames: AsyncIterator[bytes]
    chat: bool = False
    """It belongs to Chat Completions, and has faults of its own."""
    cut: int | None = None
    """The connection is closed after so many events."""


@dataclass(slots=True)
class RenderedStream:
    """Stream that is there whole; no fault and no random failure alters it."""

    content: bytes


@dataclass(slots=True)
class TruncatedJson:
    """JSON value of which only the first half is sent before the connection is closed."""

    value: Any
