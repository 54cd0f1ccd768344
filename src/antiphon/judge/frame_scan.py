"""Scan of the frames of a stream, done once for all checks."""

from __future__ import annotations

from typing import NamedTuple

from antiphon.judge.memo import memoize
from antiphon.judge.subjects.responses import ENDINGS, Stream
from antiphon.recording.frame import Frame
from antiphon.recording.frames import Frames

REBUILT = "framing-reconstructed"


class FrameScan(NamedTuple):
    """Result of the scan of a stream's frames."""

    has_frames: bool
    """There are frames, and they are those that the server sent."""
    terminal: Frame | None
    """The first frame with a terminal event."""
    irregular: list[Frame]
    """The few frames that are not just an event line and, after it, one data line with a JSON object of that type."""


@memoize
def frame_scan(stream: Stream) -> FrameScan:
    """The scan of a stream's frames, cached on the stream."""
    frames = stream.exchange.frames
    has_frames = REBUILT not in stream.exchange.notes and len(frames) > 0
    return FrameScan(has_frames, *_scan(frames))


def _scan(frames: Frames) -> tuple[Frame | None, list[Frame]]:
    typed = frames.event_types
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


def has_original_frames(stream: Stream) -> bool:
    """The frames are the server's own, not reconstructed."""
    return frame_scan(stream).has_frames


def terminal_frame(stream: Stream) -> Frame | None:
    """The first frame with a terminal event."""
    return frame_scan(stream).terminal


def irregular_frames(stream: Stream) -> list[Frame]:
    """The few frames that are not just an event line and, after it, one data line with a JSON object of that type."""
    return frame_scan(stream).irregular
