"""JSON values: their types, and how they are written."""

from __future__ import annotations

import json
from typing import Any

import msgspec

Json = dict[str, Any]
Event = dict[str, Any]
_encode = msgspec.json.Encoder().encode


def dumps(value: Any) -> bytes:
    """JSON in UTF-8; escaped where the text holds half of a surrogate pair."""
    try:
        return _encode(value)
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":")).encode()
