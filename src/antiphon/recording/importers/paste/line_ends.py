"""Line ends of a pasted text: marked, lost or written out by what showed it, and bytes shown as their numbers."""

from __future__ import annotations

import json
import re
from typing import Final

from antiphon.recording.importers.paste import repairs as r
from antiphon.recording.importers.paste.repairs import Repairs
from antiphon.recording.importers.paste.scalars import without_escapes

_MARKED: Final = re.compile(r"^(event: ?[\w.]+|data: ?[{\[][^\n]*[}\]])(?:\^M)?\$\r?$", re.MULTILINE)
"""A field as `cat -A` shows it."""
_END_MARK: Final = re.compile(r"(?:\^M)?\$\r?$", re.MULTILINE)
_WRITTEN_OUT: Final = re.compile(
    r"^[^\n\"'`{]{0,200}?(?:event|data): ?[^\n]*?\\n(?:\\n)?(?:event|data): ?", re.MULTILINE
)
_LINE_OF_DATA: Final = re.compile(r"^data: ?([{\[].*)$", re.MULTILINE)
_NUMBERS: Final = re.compile(r"\[(?:-?\d{1,3}(?:, ?| )){24,}+-?\d{1,3}\]")
_TEXT: Final = re.compile(r"\s*(?:[{\[]\s*[{\"]|event:|data:|id:|:)")
LEAST_MARKED: Final = 2
SEPARATORS: Final = ("\u2028", "\u2029", "\x0b", "\r")
"""What stands in place of line ends where text was copied out of a page or a word processor."""


def with_line_ends(text: str, repairs: Repairs) -> str:
    """A text whose lines end as lines do."""
    for separator in SEPARATORS if "\n" not in text.strip() else ():
        if f"{separator}data:" in text or f"{separator}event:" in text:
            repairs.add(r.LINE_ENDS)
            return text.replace(separator, "\n")
    if len(_MARKED.findall(text)) >= LEAST_MARKED:
        repairs.add(r.LINE_ENDS)
        return _END_MARK.sub("", text)
    return _with_written_ends(text, repairs)


def is_written_out(data: bytes) -> bool:
    """Line ends stand as a backslash and a letter, and quotes or backslashes in the data have one before them, too."""
    first = data[: data.find(b"\n") + 1 or len(data)]
    return rb"\ndata:" in first and (rb"data: {\"" in first or rb"\\" in first)


def has_no_lines(data: bytes) -> bool:
    """Fields are separated by what ends a line in a word processor alone."""
    if b"\n" in data.strip():
        return False
    return any(f"{mark}{name}:".encode() in data for mark in SEPARATORS[:3] for name in ("event", "data"))


def has_end_marks(data: bytes) -> bool:
    """The ends of lines are marked."""
    return _MARKED.search(data[:65536].decode("utf-8", "replace")) is not None


def _with_written_ends(text: str, repairs: Repairs) -> str:
    """A text in which line ends are written out; the data are JSON once they are read in the right one of two ways."""
    if "\\n" not in text or not _WRITTEN_OUT.search(text):
        return text
    both = [without_escapes(text), text.replace("\\n", "\n")]
    counts = [_readable(each) for each in (text, *both)]
    best = max(range(3), key=counts.__getitem__)
    if not best or counts[best] <= counts[0]:
        return text
    repairs.add(r.LINE_ENDS)
    return both[best - 1]


def _readable(text: str) -> int:
    """How many lines of data are JSON."""
    return sum(map(_is_json, _LINE_OF_DATA.findall(text)))


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def without_numbers(text: str, repairs: Repairs) -> str:
    """A text in which bytes that stand as a list of their numbers are the text that they are."""
    return _NUMBERS.sub(lambda match: _text_of(match, repairs), text)


def _text_of(match: re.Match[str], repairs: Repairs) -> str:
    numbers = [int(each) % 256 for each in re.findall(r"-?\d+", match.group()) if -129 < int(each) < 256]
    try:
        text = bytes(numbers).decode()
    except UnicodeDecodeError:
        return match.group()
    if not _TEXT.match(text):
        return match.group()
    repairs.add(r.NUMBERS)
    is_member = match.string[max(0, match.start() - 3) : match.start()].rstrip().endswith('":')
    return json.dumps(text) if is_member else f"\n{text}\n"
