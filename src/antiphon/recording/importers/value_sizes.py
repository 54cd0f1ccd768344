"""Estimate of the memory that the values of a document in JSON would take, by its marks."""

from __future__ import annotations

from typing import Final

LIMIT: Final = 200 * 1024**2
"""Bytes that the values of a document may take that is read whole, besides its texts."""
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
