"""One frame of an event stream: its bytes, and the fields that a conforming reader finds in them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from antiphon.recording.fast_json import read_json

BOM: Final = b"\xef\xbb\xbf"
_LINE_END = re.compile(rb"\r\n|\r|\n")


class _NotJSON:
    """The data of a frame that is not JSON. No key is in it, and it equals nothing."""

    def __repr__(self) -> str:
        return "<not JSON>"

    def __bool__(self) -> bool:
        return False

    def get(self, _key: str, default: Any = None) -> Any:
        return default


NOT_JSON: Final = _NotJSON()
_UNREAD: Final = object()


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


_DECODER: Final = json.JSONDecoder(parse_constant=_refuse_constant)


class Frame:
    """The bytes from one blank line to the next, and the fields in them.

    `event`, `data`, `id` and `retry` are None when no such field was sent. `remarks` name what is unusual: bom, cr,
    crlf, comment, empty, several-data-lines, unknown-field, invalid-utf8, no-final-blank-line, too-large.
    """

    __slots__ = ("_json", "_raw", "at", "comments", "data", "event", "id", "number", "remarks", "retry")

    def __init__(self, number: int, at: float, raw: bytes, remarks: Iterable[str] = ()) -> None:
        self.number = number
        self.at = at
        self._raw: bytes | None = raw
        self.event: str | None = None
        self.data: str | None = None
        self.id: str | None = None
        self.retry: int | None = None
        self.comments: tuple[str, ...] = ()
        self.remarks: tuple[str, ...] = tuple(remarks)
        self._json: Any = _UNREAD
        if not self._read_usual():
            self._read_lines()

    @classmethod
    def usual(cls, number: int, at: float, event: str, data: str, json: Any = _UNREAD) -> Frame:
        """A frame of one `event: ` line and, after it, one `data: ` line; `json` where the data was read already."""
        made = cls.__new__(cls)
        made.number = number
        made.at = at
        made._raw = None
        made.event = event
        made.data = data
        made.id = made.retry = None
        made.comments = made.remarks = ()
        made._json = json
        return made

    def __repr__(self) -> str:
        return f"Frame(number={self.number}, event={self.event!r}, data={self.data!r:.80}, remarks={self.remarks})"

    @property
    def is_usual(self) -> bool:
        """Nothing but an event line and, after it, a data line."""
        return self._raw is None

    @property
    def raw(self) -> bytes:
        """The bytes of the frame, its blank line included."""
        return f"event: {self.event}\ndata: {self.data}\n\n".encode() if self._raw is None else self._raw

    @property
    def json(self) -> Any:
        """The data as JSON: None when there is no data, `NOT_JSON` when it is not JSON."""
        if self._json is _UNREAD:
            self._json = None if self.data is None else read_json(self.data, parse_strict)
        return self._json

    @property
    def value(self) -> Any:
        """The data as a lenient reader has it: an object in spite of a NaN or an Infinity in it; else as `json`."""
        return self.json if self.data is None or self.json is not NOT_JSON else parse_lenient(self.data)

    def _read_usual(self) -> bool:
        """Read a frame of one `event:` and one `data:` line that ends in two line feeds, as nearly all do."""
        raw = self.raw
        if raw[:7] != b"event: " or self.remarks or b"\r" in raw:
            return False
        lines = raw.split(b"\n", 4)
        if len(lines) != 4 or lines[1][:6] != b"data: " or lines[2]:
            return False
        try:
            self.event, self.data = lines[0][7:].decode(), lines[1][6:].decode()
        except UnicodeDecodeError:
            return False
        return True

    def _read_lines(self) -> None:
        remarks = dict.fromkeys(self.remarks)
        raw = self.raw
        if "bom" in remarks:
            raw = raw[len(BOM) :]
        if b"\r" in raw:
            remarks.update(dict.fromkeys("crlf" if end == b"\r\n" else "cr" for end in _carriage_returns(raw)))
        data: list[str] = []
        comments: list[str] = []
        for line in _LINE_END.split(raw):
            if line:
                self._read_field(line, data, comments, remarks)
        if data:
            self.data = "\n".join(data)
        if len(data) > 1:
            remarks["several-data-lines"] = None
        if comments:
            remarks["comment"] = None
        if not raw.strip(b"\r\n"):
            remarks["empty"] = None
        self.comments = tuple(comments)
        self.remarks = tuple(remarks)

    def _read_field(self, line: bytes, data: list[str], comments: list[str], remarks: dict[str, None]) -> None:
        try:
            text = line.decode()
        except UnicodeDecodeError:
            remarks["invalid-utf8"] = None
            text = line.decode(errors="replace")
        name, _, value = text.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            data.append(value)
        elif name == "event":
            self.event = value
        elif name == "id":
            if "\0" not in value:
                self.id = value
        elif name == "retry":
            if value.isascii() and value.isdigit() and len(value) < 20:
                self.retry = int(value)
        elif name == "":
            comments.append(value)
        else:
            remarks["unknown-field"] = None


def parse_strict(data: str) -> Any:
    """The data of a frame, which the fast reader refuses, as JSON; `NOT_JSON` when it is not JSON."""
    try:
        return _DECODER.decode(data)
    except (ValueError, RecursionError):
        return NOT_JSON


def parse_lenient(data: str) -> Any:
    """The data of a frame that is not JSON, if only for a NaN or an Infinity; else `NOT_JSON`."""
    if "NaN" not in data and "Infinity" not in data:
        return NOT_JSON
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return NOT_JSON


def _carriage_returns(raw: bytes) -> Iterator[bytes]:
    return (end.group() for end in _LINE_END.finditer(raw) if end.group() != b"\n")
