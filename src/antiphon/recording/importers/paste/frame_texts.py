"""Frames of a pasted stream: as they stand, or put together again where the paste damaged them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any, Final

from antiphon.recording.importers.paste import limits
from antiphon.recording.importers.paste import repairs as r
from antiphon.recording.importers.paste.repairs import Repairs

DONE: Final = "[DONE]"
MOST_LINES: Final = 500
"""Lines of data of one frame."""
_ELISION = re.compile(r"\.{3}|…|\btruncated\b|<snip|\[snip", re.IGNORECASE)


@dataclass(slots=True)
class FrameText:
    """One frame of a pasted stream."""

    raw: str = ""
    """Its lines as they stand."""
    event: str | None = None
    data: list[str] = field(default_factory=list)
    fields: list[tuple[str, str]] = field(default_factory=list)
    """All its fields, as name and value."""
    verbatim: bool = True
    """Nothing of it was repaired."""
    closed: bool = False
    """A blank line ended it."""

    @property
    def is_empty(self) -> bool:
        """Nothing stands in it."""
        return not self.fields

    @property
    def json(self) -> Any:
        """The data as JSON; None where they are none."""
        try:
            return json.loads("\n".join(self.data))
        except (ValueError, RecursionError):
            return None

    @property
    def is_whole(self) -> bool:
        """The data are JSON, or the mark of the end."""
        return self.data == [DONE] or self.json is not None

    def add(self, name: str, value: str, raw: str) -> None:
        """Add a field."""
        self.fields.append((name, value))
        self.raw += raw
        self.verbatim = self.verbatim and bool(raw)
        if name == "data":
            self.data.append(value)
        elif name == "event":
            self.event = value

    def text(self) -> str:
        """The frame as a server would send it."""
        return "".join(f"{name}: {value}\n" if name else f": {value}\n" for name, value in self.fields) + "\n"


class FrameCollector:
    """Collects frames from fields and blank lines; puts back the ends that a paste has lost."""

    def __init__(self, repairs: Repairs) -> None:
        self.frames: list[FrameText] = []
        self._repairs = repairs
        self._open = FrameText()

    @property
    def has_any(self) -> bool:
        """Something of a frame was taken."""
        return bool(self.frames) or not self._open.is_empty

    def add_field(self, name: str, value: str, raw: str) -> None:
        """Add a field; one that cannot belong to the frame begins another."""
        is_long = len(self._open.data) >= MOST_LINES
        begins = name in ("event", "data") and self._open.data and (is_long or self._open.is_whole)
        if begins or (name == "event" and self._open.data):
            self._repairs.add(r.BLANK)
            self._open.verbatim = False
            self._close()
        self._open.add(name, value, raw)

    def add_blank(self, raw: str) -> None:
        """End the frame."""
        if self._open.is_empty:
            if self.frames and self.frames[-1].verbatim:
                self.frames[-1].raw += raw
            return
        self._open.raw += raw
        self._open.closed = True
        self._close()

    def add_event(self, event: str | None, data: str) -> None:
        """Add a frame of an event whose data alone were found."""
        self._close()
        if event:
            self._open.add("event", event, "")
        self._open.add("data", data, "")
        self._close()

    def end(self) -> list[FrameText]:
        """The frames, with those joined again that blank lines between their fields had split."""
        self._close()
        joined: list[FrameText] = []
        for frame in self.frames:
            before = joined[-1] if joined else None
            if before and before.event is not None and not before.data and frame.data and frame.event is None:
                before.fields += frame.fields
                before.data, before.verbatim = frame.data, False
                self._repairs.add(r.DOUBLED)
            else:
                joined.append(frame)
        return joined

    def _close(self) -> None:
        if not self._open.is_empty:
            self.frames.append(self._open)
        if len(self.frames) > limits.EVENTS:
            raise limits.PasteTooLarge(f"it holds more than {limits.EVENTS:,} events")
        self._open = FrameText()


def is_shortened(frame: FrameText) -> bool:
    """Its data are no JSON, and say that something was left out."""
    return bool(frame.data) and not frame.is_whole and any(_ELISION.search(line) for line in frame.data)


def event_type(frame: FrameText) -> str:
    """The type of a frame's event; empty where it has none."""
    value = frame.json if frame.data else None
    kind = value.get("type") if isinstance(value, dict) else None
    return kind if isinstance(kind, str) else ""


def is_chat_chunk(frame: FrameText) -> bool:
    """The frame carries a chunk of a chat completion."""
    value = frame.json if frame.data else None
    return isinstance(value, dict) and value.get("object") == "chat.completion.chunk"


def response_id(frame: FrameText) -> str:
    """The id of the response that a frame carries; empty where it carries none."""
    value = frame.json if frame.data else None
    response = value.get("response") if isinstance(value, dict) else None
    id = response.get("id") if isinstance(response, dict) else None
    return id if isinstance(id, str) else ""
