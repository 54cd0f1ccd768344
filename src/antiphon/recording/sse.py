"""Event streams as bytes: frames as received, with the irregularities that a library would silently repair.

The rules are those of the WHATWG's "Server-sent events", section "Interpreting an event stream".
"""

from __future__ import annotations

import re
from itertools import chain
from typing import Final

from antiphon.recording.frame import BOM, NOT_JSON, Frame

__all__ = ["FRAME_LIMIT", "NOT_JSON", "Frame", "Reader"]

FRAME_LIMIT: Final = 32 * 1024 * 1024
"""Bound in bytes on one frame; the rest of a longer one is dropped, with the remark `too-large`."""

_BLANK_LINE = re.compile(rb"(?:\r\n|\r(?!\n)|\n)(?:\r\n|\r(?!\n)|\n)")


_USUAL = re.compile("event: ([^\n]*)\ndata: ([^\n]*)\n\n")
_AROUND: Final = len("event: \ndata: \n\n")


def usual(data: bytes) -> list[tuple[str, str]]:
    """Event and data line of each frame, where all frames consist of just these; else nothing."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return []
    found: list[tuple[str, str]] = _USUAL.findall(text)
    covered = _AROUND * len(found) + sum(map(len, chain.from_iterable(found)))
    return found if covered == len(text) else []


class Reader:
    """Bytes in, frames out, however the bytes are cut. It holds at most one unfinished frame."""

    def __init__(self, limit: int = FRAME_LIMIT, after: int = 0) -> None:
        """`after`: how many frames of the stream were read before."""
        self._limit = limit
        self._buffer = bytearray()
        self._seen = 0
        """Bytes of the buffer in which no frame ends."""
        self._head: bytes | None = None
        """Stored beginning of a frame beyond the limit."""
        self._has_cr = False
        self._number = after
        self._at = 0.0
        self._begun = after > 0

    def feed(self, data: bytes, at: float = 0.0) -> list[Frame]:
        """The frames that `data`, arrived at `at`, brings to their end."""
        before = len(self._buffer)
        self._buffer += data
        self._has_cr = self._has_cr or b"\r" in data
        frames = self._take(before, at, closing=False)
        self._at = at
        return frames

    def close(self) -> list[Frame]:
        """The frames that the end of the stream completes, and what is left without a final blank line."""
        frames = self._take(len(self._buffer), self._at, closing=True)
        if self._buffer or self._head is not None:
            rest = bytes(self._buffer) if self._head is None else self._head
            frames.append(self._frame(rest, self._at, ("no-final-blank-line",)))
            self._buffer.clear()
            self._head = None
        return frames

    def _take(self, before: int, at: float, closing: bool) -> list[Frame]:
        frames: list[Frame] = []
        if not self._begun and not closing and len(self._buffer) < len(BOM) and BOM.startswith(bytes(self._buffer)):
            return frames
        start = self._usual(at, frames)
        while (end := self._end(start, closing)) is not None:
            raw = bytes(self._buffer[start:end]) if self._head is None else self._head
            frames.append(self._frame(raw, at if end > before else self._at))
            start, self._seen, self._head = end, end, None
        del self._buffer[:start]
        self._seen = max(0, len(self._buffer) - 3)
        self._shorten()
        return frames

    def _usual(self, at: float, frames: list[Frame]) -> int:
        """Read the complete frames of the buffer at once, where blank lines alone separate them; returns their end."""
        buffer = self._buffer
        end = buffer.rfind(b"\n\n", self._seen) + 2
        if end < 3 or self._has_cr or self._head is not None or buffer[:7] != b"event: ":
            return 0
        found = usual(bytes(buffer[:end]))
        if not found:
            return 0
        frames += [Frame.usual(number, at, *each) for number, each in enumerate(found, self._number)]
        self._number, self._begun, self._seen = self._number + len(found), True, end
        return end

    def _end(self, start: int, closing: bool) -> int | None:
        """End of the frame that begins at `start`; None while it is not known."""
        buffer = self._buffer
        begin = start
        if not self._begun and buffer.startswith(BOM):
            begin += len(BOM)
        first = bytes(buffer[begin : begin + 2])
        if self._head is None and first[:1] in (b"\r", b"\n"):
            end = begin + (2 if first == b"\r\n" else 1)
        elif not self._has_cr:
            end = buffer.find(b"\n\n", max(begin, self._seen)) + 2
            if end == 1:
                return None
        else:
            match = _BLANK_LINE.search(buffer, max(begin, self._seen))
            if match is None:
                return None
            end = match.end()
        undecided = not closing and end == len(buffer) and buffer[end - 1] == 13
        return None if undecided else end

    def _frame(self, raw: bytes, at: float, remarks: tuple[str, ...] = ()) -> Frame:
        if not self._begun and raw.startswith(BOM):
            remarks = ("bom", *remarks)
        if self._head is not None:
            remarks = (*remarks, "too-large")
        self._begun = True
        self._number += 1
        return Frame(self._number - 1, at, raw, remarks)

    def _shorten(self) -> None:
        if len(self._buffer) <= self._limit:
            return
        if self._head is None:
            self._head = bytes(self._buffer[: self._limit])
        del self._buffer[:-3]
        self._seen = 0
