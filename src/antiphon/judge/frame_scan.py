"""Scan of the frames of a stream, done once for all checks."""

from __future__ import annotations

from typing import NamedTuple

from antiphon.judge.subjects.responses import ENDINGS, Stream
from antiphon.recording.frame import Frame
from antiphon.recording.frames import Frames

REBUILT = "framing-reconstructed"
_KEPT = "_sighting"


class Sighting(NamedTuple):
    """Result of the scan of a stream's frames."""

    framed: bool
    """There are frames, and they are those that the server sent."""
    terminal: Frame | None
    """The first frame with a terminal event."""
    odd: list[Frame]
    """The few frames that are not just an event line and, after it, one data line with a JSON object of that type."""


def sighting(stream: Stream) -> Sighting:
    """The scan of a stream's frames, cached on the stream."""
    known: Sighting | None = stream.__dict__.get(_KEPT)
    if known is None:
        frames = stream.exchange.frames
        framed = REBUILT not in stream.exchange.notes and len(frames) > 0
        known = stream.__dict__[_KEPT] = Sighting(framed, *_look(frames))
    return known


def _look(frames: Frames) -> tuple[Frame | None, list[Frame]]:
    typed = frames.typed
    last = frames[min(map(typed.index, there))] if (there := ENDINGS.intersection(typed)) else None
    odd: list[Frame] = []
    for frame in frames[len(typed) :] if len(typed) < len(frames) else ():
        event = frame.json
        kind = event.get("type") if isinstance(event, dict) else None
        if kind != frame.event or not frame.is_usual or kind is None:
            odd.append(frame)
        if last is None and isinstance(kind, str) and kind in ENDINGS:
            last = frame
    return last, odd


def framed(stream: Stream) -> bool:
    """The frames are the server's own, not reconstructed."""
    return sighting(stream).framed


def terminal(stream: Stream) -> Frame | None:
    """The first frame with a terminal event."""
    return sighting(stream).terminal


def odd_frames(stream: Stream) -> list[Frame]:
    """The few frames that are not just an event line and, after it, one data line with a JSON object of that type."""
    return sighting(stream).odd
