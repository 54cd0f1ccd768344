"""Server-sent events as bytes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from hashlib import sha256

from antiphon.server.service import dumps
from antiphon.server.store import Event

MEDIA_TYPE = "text/event-stream; charset=utf-8"
DONE = b"data: [DONE]\n\n"
PLAIN_DELTAS = frozenset({"response.refusal.delta", "response.shell_call_output_content.delta"})


def frame(event: Event) -> bytes:
    """One event: its type, its data, an empty line."""
    return b"event: %s\ndata: %s\n\n" % (event["type"].encode(), dumps(event))


def obfuscated(event: Event) -> Event:
    """A delta with padding that hides its length; other events as they are."""
    if not event["type"].endswith(".delta") or event["type"] in PLAIN_DELTAS:
        return event
    digest = sha256(f"{event.get('sequence_number')}/{event.get('item_id')}".encode()).hexdigest()
    return {**event, "obfuscation": digest[: 4 + int(digest[0], 16)]}


async def frames(events: AsyncIterator[Event], *, obfuscate: bool, done_marker: bool) -> AsyncIterator[bytes]:
    """The bytes of a stream, one piece for each event."""
    async for event in events:
        yield frame(obfuscated(event) if obfuscate else event)
    if done_marker:
        yield DONE
