"""Settings as replies show them, so that those of two turns can be compared."""

from __future__ import annotations

from typing import Any

from antiphon.recording.exchange import Exchange


def value_of(field: str, exchange: Exchange) -> Any:
    """What a reply shows of a setting; of its text, the type of the format."""
    value = exchange.reply.get(field)
    if field == "text":
        format = value.get("format") if isinstance(value, dict) else None
        return format.get("type") if isinstance(format, dict) else None
    return value
