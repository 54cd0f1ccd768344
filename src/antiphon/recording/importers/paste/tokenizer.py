"""Reading of tokens: fields of a stream, heads of HTTP, values wherever they stand in lines or over several."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from antiphon.recording.exchange import Pairs
from antiphon.recording.importers.bodies import is_event
from antiphon.recording.importers.paste import limits
from antiphon.recording.importers.paste import repairs as r
from antiphon.recording.importers.paste.gaps import ends_early, is_left_out
from antiphon.recording.importers.paste.limits import PasteTooLarge
from antiphon.recording.importers.paste.notation import printed_at
from antiphon.recording.importers.paste.python_values import python_at
from antiphon.recording.importers.paste.repairs import Repairs
from antiphon.recording.importers.paste.scalars import string_as_written
from antiphon.recording.importers.paste.tokens import Blank, CalledRoute, Field, Gap, Head, Noise, Rest, Token, Value

MOST_TRIES: Final = 12
"""Places of a line at which a value may begin."""
NEAR_END: Final = 20_000
"""Characters before the end of some lines from where on a value may go on in those that follow."""
_FIELD = re.compile(r"(event|data|id|retry)(?::[ ]?(.*))?$", re.DOTALL)
_STATUS = re.compile(r"(?:< )?HTTP/\d(?:\.\d)? (\d{3})\b")
_REQUEST = re.compile(r"(?:> )?([A-Z]{3,7}) (\S+) HTTP/\d")
_HEADER = re.compile(r"(?:[<>] )?([\w!#$%&'*+.^`|~-]+): ?(.*?)\r?$")
_NOISE = re.compile(
    r"\s*(?:\* |[{}] \[\d+ bytes data\]|% Total\b|Dload\b|\d+ +[\d.]+[kMG]? .*(?:--:--:--|\d:\d\d:\d\d)|[$#%❯➜] \S|"
    r"[\w.-]+@[\w.-]+:\S*[$#] ?|PS [A-Z]:\\|curl(?:\.exe)? |curl: \(\d+\)|\^C|\(?base\)? ?[$#] |"
    r"Connected \(press|Disconnected \(|\d+K [ .]+|Saving to: |Length: |\S+ \S+ \(\S+ [KMG]?B/s\) - )"
)
_INLINE = re.compile(r"[{}] \[\d+ bytes data\]\r?\n?|\* (?:Connection #\d+|Closing connection|Excess found)[^\n]*")
_START = re.compile(
    r"\{|\[(?=\s*[{\"]|\d[\d.]*, ?\"[oi]\"|\s*'\w+' *=>)|(?<!\w)b?[\"'](?=(?:data|event|id):|\{|(?<=b.)')|"
    r"`(?=(?:data|event|id):|\{)|\b[A-Z]\w*(?:\[[\w\[\], .|]*\])?\((?=\s*\w+=|\s*$)|%(?=\{)|\bb[\"']|"
    r"map\[string\](?:interface \{\}|any)(?=\{)|\((?:map\[string\]|\[\])interface \{\}\) \(len=|"
    r"\barray(?:\(\d+\) (?=\{)|:\d+ (?=\[)| ?\((?=\s*$|\s*['\d]))|\bobject\([\w\\@]+\)#\d+ \(\d+\) (?=\{)|"
    r"\bDict\{String, ?Any\}(?=\()|#<(?:struct |data )?[A-Z][\w:]*(?::0x[0-9a-f]+)?(?=\s+@?[a-z_]\w*=)"
)
"""Where a value may begin: JSON, texts that hold some, objects of Python, then those of Go, PHP, Julia and Ruby."""
_NAMED = ("array(", "object(")
_PIECE = re.compile(r"(?<![\w\\])[\"']")
"""Where a string goes on that the one before left open."""
_EVENT = re.compile(r"""\{\s*["':]?type["']?\s*(?::|=>)\s*(?:String\()?["']response\.""")
"""The beginning of an event: where it cannot be read, what can be read in it is no value of its own."""
_EXPECTED = re.compile(r"\b(?:expected|wanted|want)\b[\s:=-]*$", re.IGNORECASE)
_COUNTED = re.compile(r"[\"']? \[(\d+) bytes\b")
"""What libraries for sockets write behind the text of a message."""
_MEMBER = re.compile(r"""["'](?:response|item|part)\\*["']\s*(?::|=>)\s*$""")
"""The key of a member of an event: where its value is read alone, the event itself could not be."""
_ELISION = re.compile(r"\.\.\.|…|\[truncated\]|\[snip", re.IGNORECASE)
_SENT = re.compile(r"(?:[>→↑⬆⇧▲]|-->|=>)\s*(?:TEXT )?['\"]?$")
_RECEIVED = re.compile(r"(?:[<←↓⬇⇩▼]|<--|<=)\s*(?:TEXT )?['\"]?$")
_JSON = json.JSONDecoder()
LEAST_BROKEN: Final = 80
"""Characters of a line that is a value cut off, and no first line of one."""
NEAR: Final = 200
"""Characters before a value that say what it is."""
MOST_LINES: Final = 50_000
"""Lines of one printed value."""
Decoded = tuple[Any, str | None, str, int, bool]
"""A value, its text in JSON, the line in which it ends, the place there, and whether parts of it are left out."""


def without_noise(text: str, repairs: Repairs) -> str:
    """A text without what curl writes in the middle of lines."""
    cleaned, count = _INLINE.subn("", text)
    repairs.add(r.NOISE, count)
    return cleaned


class Tokenizer:
    """Reads the tokens of a text, from its first line to its last."""

    def __init__(self, lines: list[str], repairs: Repairs) -> None:
        self._lines = lines
        self._repairs = repairs
        self._at = 0
        self._budget = limits.BUDGET + 2 * sum(map(len, lines))
        self._is_in_piece = False
        self._is_wrapped = False

    def __iter__(self) -> Iterator[Token]:
        while self._at < len(self._lines):
            line = self._lines[self._at]
            self._at += 1
            yield from self._tokens(f"{line}\n")

    def _following(self, size: int) -> str:
        """The text of the next lines."""
        lines = self._lines[self._at : self._at + size]
        return "\n".join([*lines, ""])

    def _tokens(self, line: str) -> Iterator[Token]:
        bare = line.rstrip("\r\n")
        if not bare.strip():
            yield Blank("\r\n" if line.endswith("\r\n") else "\n")
        elif match := _FIELD.match(bare):
            yield self._field(match[1], match[2] or "", line)
            self._is_in_piece = False
        elif bare[0] == ":":
            yield Field("", bare[1:].removeprefix(" "), line)
        elif match := _STATUS.match(bare):
            yield Head(int(match[1]), self._headers(bare.endswith(".")))
        elif match := _REQUEST.match(bare):
            yield CalledRoute(match[1], match[2], self._headers())
        elif is_left_out(bare):
            yield Gap(bare)
        elif _NOISE.match(bare) and '"type"' not in bare:
            self._repairs.add(r.NOISE)
            yield Noise(bare)
        else:
            yield from self._values(line)

    def _headers(self, has_dots: bool = False) -> Pairs:
        """The headers that follow, up to a line that is none; of a dump, without the dot that stands for its end."""
        pairs = []
        while self._at < len(self._lines):
            line = self._lines[self._at]
            line = line[:-1] if has_dots and line.endswith(".") else line
            match = _HEADER.match(line)
            if match is None or _FIELD.match(line):
                if not line.strip("<> \r\n"):
                    self._at += 1
                break
            pairs.append((match[1], match[2].strip()))
            self._at += 1
        return tuple(pairs)

    def _field(self, name: str, value: str, line: str) -> Field:
        if name == "event" and value != value.rstrip():
            self._repairs.add(r.TRAILING)
            return Field(name, value.rstrip(), f"event: {value.rstrip()}\n")
        if name != "data" or value[:1] not in ("{", "["):
            return Field(name, value, line)
        try:
            json.loads(value)
            return Field(name, value, line)
        except (ValueError, RecursionError):
            return self._mended(value, line)

    def _mended(self, value: str, line: str) -> Field:
        """Data that goes on in the next lines, as JSON of several lines or as one line that was wrapped."""
        following: list[str] = []
        fields: list[int] = []
        for other in self._lines[self._at : self._at + 5000]:
            if not other.strip():
                break
            fields += [len(following)] if _FIELD.match(other) else []
            if len(fields) > 2:
                break
            following.append(other.rstrip("\r\n"))
        before = self._budget
        for count in dict.fromkeys((*fields[:2], len(following))):
            for joint, sentence in (("\n", r.PRETTY), ("", r.WRAPPED)):
                joined = joint.join([value, *following[:count]])
                self._spend(len(joined))
                decoded = _decoded(joined, 0) if count else None
                if decoded and not joined[decoded[1] :].strip():
                    self._budget = before
                    self._at += count
                    self._repairs.add(sentence)
                    return Field("data", json.dumps(decoded[0], ensure_ascii=False, separators=(",", ":")), "")
        return Field("data", value, line)

    def _values(self, line: str) -> Iterator[Token]:
        """The values that stand in a line, or begin in it."""
        place, found, tries, is_lost = 0, False, 0, False
        while (start := self._start(line, place)) and tries < MOST_TRIES:
            tries += 1
            self._spend(limits.TRY)
            at = start.start()
            self._is_wrapped = False
            decoded = self._decoded_at(line, at)
            if decoded is None:
                is_event_there = line[at] in "{(" and _EVENT.match(line, at) is not None
                is_lost = is_lost or (is_event_there and (not found or ends_early(line[at:].rstrip())))
                place = start.end()
                if line[at] in "{[" and at < NEAR and not line[:at].strip() and _breaks_off(line[at:]):
                    self._repairs.add(r.BROKEN_OFF)
                    break
                continue
            before = line[max(0, at - NEAR) : at]
            value, text, line, place, elided = decoded
            elided = elided or _is_cut_short(value, line, place)
            if isinstance(value, dict | list | bytes | str):
                found = True
                tries = 0
                is_lost = is_lost and not is_event(value)
                if _EXPECTED.search(before[-40:]):
                    self._repairs.add(r.EXPECTED)
                    continue
                if _MEMBER.search(before[-40:]) and not is_event(value):
                    is_lost = True
                    continue
                self._is_in_piece = isinstance(value, str) and "\n" in value and not value.endswith("\n")
                yield Value(value, text, _mark(before), elided, at < NEAR and not before.strip(), self._is_wrapped)
        if found and is_lost:
            yield Rest(line, elided=True)
        if not found:
            self._is_in_piece = False
            yield Rest(line, bool(_ELISION.search(line)))

    def _start(self, line: str, place: int) -> re.Match[str] | None:
        return (_PIECE if self._is_in_piece and not place else _START).search(line, place)

    def _decoded_at(self, line: str, at: int) -> Decoded | None:
        """The value at a place, its text, the line in which it ends, where, and whether parts of it are left out."""
        if line[at] in "{[":
            if decoded := _decoded(line, at):
                return decoded[0], line[at : decoded[1]], line, decoded[1], False
            if len(line) - at < 2000 and (several := self._of_several_lines(line, at)):
                return several
            if line.startswith('{\\"', at) and (quoted := _in_quotes(line, at)):
                return quoted[0], None, line, quoted[1], False
        elif line[at] in "\"'" and (decoded := _decoded(line, at)) and isinstance(decoded[0], str):
            return decoded[0], None, line, decoded[1], False
        elif line[at] in "`'" and (string := string_as_written(line, at)):
            return string[0], None, line, string[1], False
        elif line.startswith(_NAMED, at):
            return self._printed(line, at)
        if read := python_at(line, at, self._spend):
            self._repairs.add(r.PYTHON)
            return read[0], None, line, read[1], False
        return self._printed(line, at) if line[at] not in "\"'b" else None

    def _printed(self, line: str, at: int) -> Decoded | None:
        """A value as another language prints it, on this line or on several."""
        size, before = 0, self._budget
        while True:
            text = line[at:] + self._following(size)
            printed, reached = printed_at(text, 0)
            if printed:
                self._budget = before
                self._repairs.add(r.PRINTED)
                self._is_wrapped = printed.wrapped
                return self._ended(line, at, text, printed.value, None, printed.end, printed.elided)
            self._spend(reached + len(text) // 8)
            if (not size and not _is_open(line, at)) or self._at + size >= len(self._lines) or size > MOST_LINES:
                return None
            if size and reached < len(text) - NEAR_END:
                return None
            size = 8 * size or 64

    def _ended(self, line: str, at: int, text: str, value: Any, written: str | None, end: int, elided: bool) -> Decoded:
        """A value that ends in this line, or in one that follows: those are taken."""
        taken = text.count("\n", 0, end)
        if not taken or line.count("\n", at) >= taken:
            return value, written, line, at + end, elided
        ended = f"{self._lines[self._at + taken - 1]}\n"
        self._at += taken
        return value, written, ended, end - text.rfind("\n", 0, end) - 1, elided

    def _of_several_lines(self, line: str, at: int) -> Decoded | None:
        """A value in JSON that is printed on several lines, the first of which it leaves with a bracket open."""
        if not _is_open(line, at):
            return None
        size, before = 64, self._budget
        while True:
            text = line[at:] + self._following(size)
            if decoded := _decoded(text, 0):
                self._budget = before
                return self._ended(line, at, text, decoded[0], text[: decoded[1]], decoded[1], False)
            self._spend(len(text) // 8)
            if self._at + size >= len(self._lines) or not ends_early(text):
                return None
            size *= 8

    def _spend(self, count: int) -> None:
        """Count characters that were looked through. Raises PasteTooLarge where they are too many."""
        self._budget -= count
        if self._budget < 0:
            raise PasteTooLarge("too much of it looks like a value and is none")


def _is_cut_short(value: Any, line: str, end: int) -> bool:
    """A text that a log shortened: the number of its bytes stands behind it, and is another."""
    counted = _COUNTED.match(line, end) if isinstance(value, str) else None
    return counted is not None and len(value.encode("utf-8", "replace")) != int(counted[1])


def _breaks_off(text: str) -> bool:
    """A value on one line whose end is not there."""
    return len(text) > LEAST_BROKEN and ends_early(text.strip())


def _is_open(line: str, at: int) -> bool:
    """The line leaves the bracket open that begins at a place."""
    return line[at:].strip() in ("{", "[", "[{", "{}") or line.rstrip().endswith(("{", "[", "(", ",", " +"))


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
