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

    has_content: bool
    """There are frames that carry something. A blank line is a frame as well, and shows nothing."""
    has_frames: bool
    """There are frames that carry something, and they are those that the server sent."""
    terminal: Frame | None
    """The first frame with a terminal event."""
    irregular: list[Frame]
    """The few frames that are not just an event line and, after it, one data line with a JSON object of that type."""


@memoize
def frame_scan(stream: Stream) -> FrameScan:
    """The scan of a stream's frames, cached on the stream."""
    frames = stream.exchange.frames
    terminal, irregular = _scan(frames)
    has_content = len(irregular) < len(frames) or any(_has_fields(frame) for frame in irregular)
    return FrameScan(has_content, has_content and REBUILT not in stream.exchange.notes, terminal, irregular)


def _has_fields(frame: Frame) -> bool:
    return frame.data is not None or frame.event is not None


def _scan(frames: Frames) -> tuple[Frame | None, list[Frame]]:
    typed = frames.event_types
    last = frames[min(map(typed.index, there))] if (there := ENDINGS.intersection(typed)) else None
    odd: list[Frame] = []
    for frame in frames[len(typed) :] if len(typed) < len(frames) else ():
        event = frame.value
        kind = event.get("type") if isinstance(event, dict) else None
        if kind != frame.event or not frame.is_usual or kind is None or event is not frame.json:
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
    irregular, broken = frame_scan(stream).irregular, stream.broken_at
    return irregular if broken is None else [frame for frame in irregular if frame.number < broken.frame]
