"""Tokens of a pasted text: fields of a stream, heads of HTTP, JSON values wherever they stand, and the rest."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from antiphon.recording.exchange import Pairs
from antiphon.recording.importers.paste import repairs as r
from antiphon.recording.importers.paste.python_values import python_at
from antiphon.recording.importers.paste.repairs import Repairs

MOST_TRIES: Final = 12
"""Places of a line at which a value may begin."""
BUDGET: Final = 100_000_000
"""Characters that are looked through for the ends of values of several lines."""
_FIELD = re.compile(r"(event|data|id|retry)(?::[ ]?(.*))?$", re.DOTALL)
_STATUS = re.compile(r"(?:< )?HTTP/\d(?:\.\d)? (\d{3})\b")
_REQUEST = re.compile(r"(?:> )?([A-Z]{3,7}) (\S+) HTTP/\d")
_HEADER = re.compile(r"(?:[<>] )?([\w!#$%&'*+.^`|~-]+): ?(.*?)\r?$")
_NOISE = re.compile(
    r"\s*(?:\* |[{}] \[\d+ bytes data\]|% Total\b|Dload\b|\d+ +[\d.]+[kMG]? .*(?:--:--:--|\d:\d\d:\d\d)|[$#%❯➜] \S|"
    r"[\w.-]+@[\w.-]+:\S*[$#] ?|PS [A-Z]:\\|curl(?:\.exe)? |\(?base\)? ?[$#] |Connected \(press|Disconnected \()"
)
_INLINE = re.compile(r"[{}] \[\d+ bytes data\]\r?\n?|\* (?:Connection #\d+|Closing connection|Excess found)[^\n]*")
_START = re.compile(r"\{|\[(?=\s*[{\"])|(?<!\w)b?[\"'](?=(?:data|event|id):|\{|(?<=b.)')|\b[A-Z]\w*\((?=\w+=)|\bb[\"']")
_ELISION = re.compile(r"\.\.\.|…|\[truncated\]|\[snip", re.IGNORECASE)
_SENT = re.compile(r"(?:[>→↑⬆⇧▲]|-->|=>)\s*(?:TEXT )?['\"]?$")
_RECEIVED = re.compile(r"(?:[<←↓⬇⇩▼]|<--|<=)\s*(?:TEXT )?['\"]?$")
_JSON = json.JSONDecoder()


@dataclass(frozen=True)
class Field:
    """A field of a stream; `raw` is its line as it stands, empty where it was repaired."""

    name: str
    value: str
    raw: str


@dataclass(frozen=True)
class Blank:
    """A blank line, as it stands."""

    raw: str


@dataclass(frozen=True)
class Head:
    """Status line and headers of a reply."""

    status: int
    headers: Pairs


@dataclass(frozen=True)
class CalledRoute:
    """Request line and headers."""

    method: str
    path: str
    headers: Pairs


@dataclass(frozen=True)
class Value:
    """A JSON value: `text` is how it is written, `mark` is `>` or `<` where its direction is marked."""

    value: Any
    text: str | None
    mark: str


@dataclass(frozen=True)
class Rest:
    """A line that is none of these. `elided` says that something was left out there."""

    line: str
    elided: bool


@dataclass(frozen=True)
class Noise:
    """A line of curl or of the shell."""

    line: str


Token = Field | Blank | Head | CalledRoute | Value | Rest | Noise


def without_noise(text: str, repairs: Repairs) -> str:
    """A text without what curl writes in the middle of lines."""
    cleaned, count = _INLINE.subn("", text)
    repairs.add(r.NOISE, count)
    return cleaned


class Tokenizer:
    """Reads the tokens of a text, from its first line to its last."""

    def __init__(self, lines: list[str], repairs: Repairs) -> None:
        self._lines = [f"{line}\n" for line in lines]
        self._repairs = repairs
        self._at = 0
        self._budget = BUDGET

    def __iter__(self) -> Iterator[Token]:
        while self._at < len(self._lines):
            line = self._lines[self._at]
            self._at += 1
            yield from self._tokens(line)

    def _tokens(self, line: str) -> Iterator[Token]:
        bare = line.rstrip("\r\n")
        if not bare.strip():
            yield Blank("\r\n" if line.endswith("\r\n") else "\n")
        elif match := _FIELD.match(bare):
            yield self._field(match[1], match[2] or "", line)
        elif bare[0] == ":":
            yield Field("", bare[1:].removeprefix(" "), line)
        elif match := _STATUS.match(bare):
            yield Head(int(match[1]), self._headers())
        elif match := _REQUEST.match(bare):
            yield CalledRoute(match[1], match[2], self._headers())
        elif _NOISE.match(bare) and '"type"' not in bare:
            self._repairs.add(r.NOISE)
            yield Noise(bare)
        else:
            yield from self._values(line)

    def _headers(self) -> Pairs:
        """The headers that follow, up to a line that is none."""
        pairs = []
        while self._at < len(self._lines):
            line = self._lines[self._at]
            match = _HEADER.match(line.rstrip("\n"))
            if match is None or _FIELD.match(line):
                if not line.strip("<> \r\n"):
                    self._at += 1
                break
            pairs.append((match[1], match[2].strip()))
            self._at += 1
        return tuple(pairs)

    def _field(self, name: str, value: str, line: str) -> Field:
        if name != "data" or value[:1] not in ("{", "["):
            return Field(name, value, line)
        try:
            json.loads(value)
            return Field(name, value, line)
        except (ValueError, RecursionError):
            return self._mended(value, line)

    def _mended(self, value: str, line: str) -> Field:
        """Data that goes on in the next lines, as JSON of several lines or as one line that was wrapped."""
        following = []
        for other in self._lines[self._at : self._at + 5000]:
            if not other.strip() or _FIELD.match(other):
                break
            following.append(other.rstrip("\r\n"))
        for joint, sentence in (("\n", r.PRETTY), ("", r.WRAPPED)):
            decoded = _decoded(joint.join([value, *following]), 0) if following else None
            if decoded and not joint.join([value, *following])[decoded[1] :].strip():
                self._at += len(following)
                self._repairs.add(sentence)
                return Field("data", json.dumps(decoded[0], ensure_ascii=False, separators=(",", ":")), "")
        return Field("data", value, line)

    def _values(self, line: str) -> Iterator[Token]:
        """The values that stand in a line, or begin in it."""
        place, found, tries = 0, False, 0
        while (start := _START.search(line, place)) and tries < MOST_TRIES:
            tries += 1
            at = start.start()
            decoded = self._decoded_at(line, at)
            if decoded is None:
                place = start.end()
                continue
            value, text, line, place = decoded
            if isinstance(value, dict | list | bytes | str):
                found = True
                yield Value(value, text, _mark(line[:at] if "\n" not in line[:at] else ""))
                tries = 0
        if not found:
            yield Rest(line, bool(_ELISION.search(line)))

    def _decoded_at(self, line: str, at: int) -> tuple[Any, str | None, str, int] | None:
        """The value at a place, its text, the line in which it ends and where."""
        if line[at] in "{[":
            if decoded := _decoded(line, at):
                return decoded[0], line[at : decoded[1]], line, decoded[1]
            if len(line) - at < 200 and (several := self._of_several_lines(line, at)):
                return several
            if line.startswith('{\\"', at) and (quoted := _in_quotes(line, at)):
                return quoted[0], None, line, quoted[1]
        elif line[at] == '"' and (decoded := _decoded(line, at)) and isinstance(decoded[0], str):
            return decoded[0], None, line, decoded[1]
        read = python_at(line, at)
        if read is None:
            return None
        self._repairs.add(r.PYTHON)
        return read[0], None, line, read[1]

    def _of_several_lines(self, line: str, at: int) -> tuple[Any, str | None, str, int] | None:
        """A value that is printed on several lines, the first of which it leaves with a bracket open."""
        if line[at:].strip() not in ("{", "[", "[{", "{}") and not line.rstrip().endswith(("{", "[", ",")):
            return None
        size, decoded, text = 64, None, ""
        while decoded is None and self._budget > 0:
            text = line[at:] + "".join(self._lines[self._at : self._at + size])
            decoded = _decoded(text, 0)
            self._budget -= len(text)
            if self._at + size >= len(self._lines):
                break
            size *= 8
        if decoded is None:
            return None
        value, end = decoded
        taken = text.count("\n", 0, end)
        ended = self._lines[self._at + taken - 1]
        self._at += taken
        return value, text[:end], ended, end - text.rfind("\n", 0, end) - 1


def _decoded(text: str, at: int) -> tuple[Any, int] | None:
    try:
        return _JSON.raw_decode(text, at)
    except (ValueError, RecursionError):
        return None


def _in_quotes(line: str, at: int) -> tuple[Any, int] | None:
    """The text of a string around a place, in which JSON is written within quotes."""
    start = line.rfind('"', 0, at)
    while start > 0 and line[start - 1] == "\\":
        start = line.rfind('"', 0, start)
    decoded = _decoded(line, start) if start >= 0 else None
    return decoded if decoded and decoded[1] > at else None


def _mark(before: str) -> str:
    before = before[-40:]
    return ">" if _SENT.search(before) else "<" if _RECEIVED.search(before) else ""
