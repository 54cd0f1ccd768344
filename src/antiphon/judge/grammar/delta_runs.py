"""Runs of deltas that differ in text, number and padding alone: most of a stream is such a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from antiphon.recording.exchange import Exchange

Notable = Sequence[tuple[int, Mapping[str, Any]]]
KEYS = frozenset(
    {
        "type",
        "item_id",
        "output_index",
        "content_index",
        "summary_index",
        "command_index",
        "logprobs",
        "delta",
        "sequence_number",
        "obfuscation",
    }
)
"""What a delta of a run may hold."""
INDICES = ("output_index", "content_index", "summary_index", "command_index")


class Pattern(NamedTuple):
    """Common properties of the deltas of a run."""

    kind: str
    size: int
    item: Any
    indices: tuple[Any, ...]
    logprobs: Any
    padding: type

    def length(self, events: Sequence[Mapping[str, Any]], start: int, number: int) -> int:
        """Number of events from `start` on that fit, the first of them with the sequence number `number`."""
        kind, size, item, (output, content, summary, command), logprobs, padding = self
        for place in range(start, len(events)):
            event = events[place]
            get = event.get
            delta = get("delta")
            if (
                get("type") != kind
                or type(delta) is not str
                or not delta
                or get("sequence_number") != number
                or len(event) != size
                or get("item_id") != item
                # Indices are compared by identity, because True equals 1; large ones take the long way.
                or get("output_index") is not output
                or get("content_index") is not content
                or get("summary_index") is not summary
                or get("command_index") is not command
                or get("logprobs") != logprobs
                or type(get("obfuscation")) is not padding
                or type(event["sequence_number"]) is not int
            ):
                return place - start
            number += 1
        return len(events) - start


_NOTABLE = "notable"


def store_notable(exchange: Exchange, notable: Notable) -> None:
    """Store with an exchange the events that are no repetitions, for later readers."""
    exchange.memo[_NOTABLE] = notable


def notable_of(exchange: Exchange) -> Notable:
    """The events of an exchange with their places, but for those in a run; all, where nobody has looked for runs."""
    known: Notable | None = exchange.memo.get(_NOTABLE)
    return tuple(enumerate(exchange.events)) if known is None else known


def pattern_of(event: Mapping[str, Any]) -> Pattern | None:
    """The pattern that a delta sets for those after it; None where it holds more than deltas usually do."""
    get = event.get
    logprobs, padding, item = get("logprobs"), get("obfuscation"), get("item_id")
    if logprobs not in (None, []) or type(padding) not in (str, type(None)) or type(item) is not str:
        return None
    # Without nulls, an event of the same size and the same values has the same keys.
    if not event.keys() <= KEYS or "sequence_number" not in event or not get("delta") or None in event.values():
        return None
    return Pattern(event["type"], len(event), item, tuple(map(get, INDICES)), logprobs, type(padding))
