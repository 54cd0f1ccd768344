"""Settings as replies show them, so that those of two turns can be compared."""

from __future__ import annotations

from typing import Any

from antiphon.judge.json_pointer import differences
from antiphon.recording.exchange import Exchange

KEPT = ("instructions", "prompt_cache_key", "safety_identifier", "tool_choice", "tools", "parallel_tool_calls")
"""Settings that a stored response keeps as they were shown."""


def value_of(field: str, exchange: Exchange) -> Any:
    """What a reply shows of a setting; of its text, the type of the format."""
    value = exchange.reply.get(field)
    if field == "text":
        format = value.get("format") if isinstance(value, dict) else None
        return format.get("type") if isinstance(format, dict) else None
    return value


def lost_settings(created: Exchange, read: Exchange) -> list[str]:
    """The settings that the reply to a create shows, and that a read of it shows otherwise or not."""
    shown, found = created.reply, read.body
    return [name for name in KEPT if shown.get(name) and any(differences(shown[name], found.get(name)))]
