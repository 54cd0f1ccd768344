"""Raw replies without their requests: the text of one stream, its events as JSON, or one body."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from antiphon.errors import RecordingError
from antiphon.recording.exchange import REFUSAL, Chunk, Exchange, Response
from antiphon.recording.importers.bodies import is_refusal
from antiphon.recording.importers.library_dumps import NOTE, as_sent, is_dump
from antiphon.recording.importers.value_sizes import MOST_EVENTS, has_too_many_events
from antiphon.recording.importers.values import json_bytes
from antiphon.recording.records import Record
from antiphon.recording.source import Remark, Source

NOTES = frozenset({"body-only", "untimed", "headers-partial"})
_STREAM = (("content-type", "text/event-stream"),)


def stream(data: bytes, source: Source) -> Iterator[Record | Remark]:
    """The exchange of a file that holds the text of one event stream. Raises RecordingError where that is too long."""
    if has_too_many_events(data):
        raise RecordingError(f"{source.name}: holds more than {MOST_EVENTS:,} events; split it.")
    # An exchange is taken for a stream by its first line; where that is a comment or an id, the header must say it.
    headers = () if data.startswith((b"event:", b"data:")) else _STREAM
    notes = NOTES | ({"stream-cut"} if source.cut else frozenset())
    response = Response(None, headers, (Chunk(0.0, data),), complete=not source.cut)
    yield Exchange(source.name, None, response, notes=notes)
    if source.cut:
        yield Remark(source.name, source.cut)


def events(values: Sequence[Any], name: str, cut: str = "") -> Iterator[Record | Remark]:
    """The exchange of a stream whose events were saved as JSON, one after the other."""
    data = b"".join(map(_frame, values))
    is_printed = is_dump(data.decode("utf-8", "replace"))
    data = b"".join(_frame(as_sent(each)) for each in values) if is_printed else data
    notes = NOTES | {"framing-reconstructed", "reserialised"} | ({"stream-cut"} if cut else frozenset())
    yield Exchange(name, None, Response(None, (), (Chunk(0.0, data),), complete=not cut), notes=notes)
    if cut:
        yield Remark(name, cut)
    if is_printed:
        yield Remark(name, NOTE)


def _frame(event: Any) -> bytes:
    kind = event.get("type") if isinstance(event, dict) else None
    head = f"event: {kind}\n".encode("utf-8", "replace") if isinstance(kind, str) and "\n" not in kind else b""
    return head + b"data: " + json_bytes(event) + b"\n\n"


def body(data: bytes, name: str, value: Any) -> Iterator[Record | Remark]:
    """The exchange of a file that holds the body of one reply."""
    notes = NOTES | ({REFUSAL} if is_refusal(value) else frozenset())
    is_printed = is_dump(data.decode("utf-8", "replace"))
    content = json_bytes(as_sent(value)) if is_printed else data
    yield Exchange(name, None, Response(None, (), (Chunk(0.0, content),)), notes=notes)
    if is_printed:
        yield Remark(name, NOTE)
