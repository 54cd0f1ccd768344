"""Server-sent events as bytes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from hashlib import sha256

from antiphon.server.json_values import Event, dumps

MEDIA_TYPE = "text/event-stream; charset=utf-8"
DONE = b"data: [DONE]\n\n"
DIGESTS = (sha256(b"padding/%d" % number).hexdigest() for number in range(256))
PADDINGS = tuple(digest[: 4 + int(digest[0], 16)] for digest in DIGESTS)
PLAIN_DELTAS = frozenset({"response.refusal.delta", "response.shell_call_output_content.delta"})


def frame(event: Event) -> bytes:
    """One event: its type, its data, an empty line."""
    return b"event: %s\ndata: %s\n\n" % (event["type"].encode(), dumps(event))


def add_padding(event: Event) -> Event:
    """A delta with padding that hides its length; other events as they are."""
    if not is_padded(event["type"]):
        return event
    return {**event, "obfuscation": padding_text(event.get("sequence_number", 0))}


def is_padded(kind: str) -> bool:
    """Whether the length of events of that type is hidden."""
    return kind.endswith(".delta") and kind not in PLAIN_DELTAS


def padding_text(number: int) -> str:
    """From 4 to 19 letters and digits for the delta of that number."""
    return PADDINGS[number % len(PADDINGS)]


async def frames(
    events: AsyncIterator[list[Event]], *, obfuscate: bool, done_marker: bool, apart: bool
) -> AsyncIterator[bytes]:
    """The bytes of a stream: a piece for each event when they are to stay `apart`, else one for all that are there."""
    async for news in events:
        for some in [[event] for event in news] if apart else [news]:
            yield b"".join([frame(add_padding(event) if obfuscate else event) for event in some])
    if done_marker:
        yield DONE
