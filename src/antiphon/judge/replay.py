"""Differences between a stream and its replay."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from antiphon.judge.json_pointer import Difference, differences

PADDING = frozenset({"obfuscation"})
RENEWED = frozenset({"encrypted_content", "fingerprint"})


def replay_differences(
    first: Iterable[Mapping[str, Any]], replayed: Iterable[Mapping[str, Any]], after: int = -1
) -> Iterator[Difference]:
    """Where a replay differs from the events of the first stream with numbers above `after`; padding does not count.

    Pointers begin with the sequence number: `/7/delta`.
    """
    yield from differences(_numbered(first, after), _numbered(replayed, -1), PADDING | RENEWED)


def _numbered(events: Iterable[Mapping[str, Any]], after: int) -> dict[int, Mapping[str, Any]]:
    numbered = ((event.get("sequence_number"), event) for event in events)
    return {number: event for number, event in numbered if type(number) is int and number > after}
