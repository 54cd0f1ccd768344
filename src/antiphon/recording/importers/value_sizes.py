"""Estimates of the memory that a document in JSON takes, by its marks, and a stream, by its events."""

from __future__ import annotations

from typing import Final

LIMIT: Final = 200 * 1024**2
"""Bytes that the values of a document may take that is read whole, besides its texts."""
MOST_EVENTS: Final = 200_000
"""Events of one stream."""
_OBJECT: Final = 64
_LIST: Final = 56
_MEMBER: Final = 30
"""Bytes of an empty object, of an empty list, and of a place in either, at the least."""


def has_too_many_values(data: bytes) -> bool:
    """The values of a document would not fit. Marks in front of an escaped quote stand in texts, and take nothing."""
    if len(data) * _OBJECT < LIMIT:
        return False
    objects = data.count(b"{") - data.count(b'{\\"')
    members = data.count(b",") - data.count(b',\\"')
    return objects * _OBJECT + data.count(b"[") * _LIST + members * _MEMBER > LIMIT


def has_too_many_events(data: bytes) -> bool:
    """A stream has more events than are judged at once."""
    return len(data) > MOST_EVENTS and data.count(b"data") > MOST_EVENTS and data.count(b"\ndata") > MOST_EVENTS
