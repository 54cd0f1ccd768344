"""Where a stream ceases to be that of one response: what comes from there on is one finding, and judged no further."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from antiphon.recording.exchange import Exchange
from antiphon.recording.fast_json import read_json
from antiphon.recording.frame import Frame, parse_strict

CREATED = "response.created"
EARLY = frozenset({CREATED, "response.queued", "response.in_progress", "keepalive"})
CHUNK = "chat.completion.chunk"


class Break(StrEnum):
    """What follows a stream's own events."""

    RESTART = "a second response"
    CHUNK = "chunks of Chat Completions"
    ENVELOPE = "the error envelope of an HTTP reply"


class StreamBreak(NamedTuple):
    """The first event that is not one of the response, and its frame."""

    kind: Break
    event: int
    frame: int
    value: Mapping[str, Any]


def stream_break(exchange: Exchange) -> StreamBreak | None:
    """The break of a stream of the Responses API; None for nearly all."""
    names = exchange.frames.event_types
    if len(names) == len(exchange.frames) and names.count(CREATED) < 2:
        return None
    has_begun = is_running = False
    event = 0
    for frame in exchange.frames:
        value = frame.value
        if not isinstance(value, dict):
            envelope = _bare_envelope(frame)
            if envelope is not None:
                return StreamBreak(Break.ENVELOPE, event, frame.number, envelope)
            continue
        kind = value.get("type")
        if kind == CREATED and has_begun and is_running:
            return StreamBreak(Break.RESTART, event, frame.number, value)
        if value.get("object") == CHUNK:
            return StreamBreak(Break.CHUNK, event, frame.number, value)
        if not isinstance(kind, str) and _is_envelope(value):
            return StreamBreak(Break.ENVELOPE, event, frame.number, value)
        has_begun = has_begun or kind == CREATED
        is_running = is_running or (has_begun and str(kind) not in EARLY)
        event += 1
    return None


def _is_envelope(value: Mapping[str, Any]) -> bool:
    """An error object, or the detail that a common web framework has in its place, and nothing of an event."""
    error = value.get("error")
    bare = isinstance(error, str) or (isinstance(error, dict) and bool({"message", "type", "code"} & error.keys()))
    return bare or (value.keys() == {"detail"} and bool(value["detail"]))


def _bare_envelope(frame: Frame) -> Mapping[str, Any] | None:
    """The envelope that a frame consists of, without any field of an event stream."""
    if frame.data is not None or frame.event is not None or not frame.raw.lstrip().startswith(b"{"):
        return None
    value = read_json(frame.raw.decode("utf-8", "replace"), parse_strict)
    return value if isinstance(value, dict) and _is_envelope(value) else None
