"""Streams that are repeated: their numbers, and what became of their events."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from antiphon.judge.json_pointer import differences

OBFUSCATED = frozenset({"obfuscation", "encrypted_content"})
"""Members that need not be repeated as they were."""
Events = Sequence[dict[str, Any]]


def numbers(events: Events) -> list[Any]:
    """The numbers of the events, as they came."""
    return [event.get("sequence_number") for event in events]


def changed_events(first: Events, again: Events) -> list[str]:
    """What became of the events of a stream, between the first and the last that was repeated."""
    known = {event.get("sequence_number"): event for event in again}
    low, high = numbers(again)[0], numbers(again)[-1]
    return [
        f"event {number}: " + (", ".join(each.pointer for each in found) if number in known else "lost")
        for number, event in zip(numbers(first), first, strict=True)
        if isinstance(number, int) and low <= number <= high
        if (found := list(differences(event, known.get(number), OBFUSCATED)))
    ]
