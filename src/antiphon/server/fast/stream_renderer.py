"""Prerendered streams: the bytes of a stream that waits for nothing, at once.

Plain messages differ in an id and a text, so their frames are kept with places for both.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache

from antiphon.server.behaviour.editions import EditionBehaviour
from antiphon.server.chat.chunks import frame as chunk_frame
from antiphon.server.json_values import Event, Json, dumps
from antiphon.server.model import tokens
from antiphon.server.responses import active_responses
from antiphon.server.responses.answer import answer
from antiphon.server.responses.event_stream import closing_events, events_of_item, opening_events
from antiphon.server.responses.item_events import block, chunks
from antiphon.server.responses.wire import DONE, is_padded, padding_text
from antiphon.server.state.service import Service
from antiphon.server.state.store import Record

PADDING = b',"obfuscation":"%s"}'
ID, TEXT, NUMBER = "<id>", "7eXt", 70_707_007
"""Stand for what is filled in, and occur nowhere else; the text is one token."""
MESSAGE: Json = {
    "id": ID,
    "type": "message",
    "status": "completed",
    "content": [{"type": "output_text", "annotations": [], "logprobs": [], "text": TEXT}],
    "role": "assistant",
}
"""A message of which there is most: it has nothing but an id and a text that is its own."""
MARKED_ID, MARKED_TEXT = ID.encode(), dumps(TEXT)


class StreamRenderer:
    """The prerenderer of the fast path."""

    def response(self, service: Service, record: Record, *, obfuscate: bool) -> bytes:
        """Do the work of a response that does not wait; the bytes of its events."""
        written = PrerenderedStream(obfuscate=obfuscate)
        try:
            output = answer(service, record)
            written.write(opening_events(service, record))
            for index, item in enumerate(output.items):
                if is_plain(item):
                    written.write_message(item, index)
                else:
                    written.write(events_of_item(service, item, index))
            written.write(closing_events(service, record, output))
        except Exception:
            active_responses.fail(record)
        record.log.close()
        return bytes(written) + (DONE if service.edition.done_marker else b"")

    def completion(self, chunks: Iterable[Json]) -> bytes:
        """The bytes of the chunks of a completion."""
        return b"".join([*(chunk_frame(dumps(chunk)) for chunk in chunks), DONE])


class PrerenderedStream:
    """The frames of events, one after the other, each with its number.

    An event begins with its type and has no other number.
    """

    def __init__(self, *, obfuscate: bool, number: int = 0) -> None:
        self._obfuscate, self._number = obfuscate, number
        self._pieces: list[bytes] = []
        self._shown: object = None
        self._rest = b""

    def __bytes__(self) -> bytes:
        return b"".join(self._pieces)

    def write(self, events: Iterable[Event]) -> None:
        """Add the frames of some events. One with the response of the one before shows it as it was then."""
        for event in events:
            kind = event["type"]
            begins, size = _beginning(kind)
            response = event.get("response")
            if response is None or response is not self._shown:
                self._shown, self._rest = response, dumps(event)[size:]
            rest = self._rest
            if self._obfuscate and is_padded(kind):
                rest = rest[:-1] + PADDING % padding_text(self._number).encode()
            self._pieces.append(b"%s%d%s\n\n" % (begins, self._number, rest))
            self._number += 1

    def write_message(self, message: Json, index: int) -> None:
        """Add the frames of a plain message."""
        before, delta, after = _form(index, self._obfuscate)
        text, id = message["content"][0]["text"], message["id"].encode()
        number, add = self._number, self._pieces.append
        add(before.replace(MARKED_ID, id) % (number, number + 1))
        number += 2
        delta = delta.replace(MARKED_ID, id)
        for piece in _deltas(text):
            add(delta % (number, piece, padding_text(number).encode()) if self._obfuscate else delta % (number, piece))
            number += 1
        frames_after = after.replace(MARKED_ID, id) % (number, number + 1, number + 2)
        add(frames_after.replace(MARKED_TEXT, dumps(text)))
        self._number = number + 3


def is_plain(item: Json) -> bool:
    """Whether an item differs from MESSAGE in nothing but its id and its text."""
    if item["type"] != "message" or item["status"] != "completed" or len(item) != len(MESSAGE):
        return False
    [model], parts = MESSAGE["content"], item["content"]
    if len(parts) != 1 or parts[0].keys() != model.keys():
        return False
    return not (parts[0]["annotations"] or parts[0]["logprobs"])


@cache
def _beginning(kind: str) -> tuple[bytes, int]:
    """What comes before the number in the frame of an event of that type, and the size of its JSON up to there."""
    begins = b'{"type":%s' % dumps(kind)
    return b'event: %s\ndata: %s,"sequence_number":' % (kind.encode(), begins), len(begins)


@lru_cache(64)
def _form(index: int, obfuscate: bool) -> tuple[bytes, bytes, bytes]:
    """The frames of MESSAGE before its deltas, that of a delta, and those after, the same in every edition.

    They have places for numbers, deltas and padding.
    """
    frames = []
    for event in block(MESSAGE, index, EditionBehaviour()):
        written = PrerenderedStream(obfuscate=obfuscate, number=NUMBER)
        written.write([event])
        frame = bytes(written).replace(b":%d" % NUMBER, b":%d")
        if is_padded(event["type"]):
            frame = frame.replace(MARKED_TEXT, b"%s").replace(padding_text(NUMBER).encode(), b"%s")
        frames.append(frame)
    added, part, delta, *after = frames
    return added + part, delta, b"".join(after)


def _deltas(text: str) -> tuple[bytes, ...]:
    """The deltas of a text as JSON."""
    return _short_deltas(text) if len(text) < tokens.SHORT else _cut(text)


def _cut(text: str) -> tuple[bytes, ...]:
    return tuple(map(dumps, chunks(text)))


_short_deltas = lru_cache(256)(_cut)
