"""Values as programs print them: objects of Node, Bun, Python, Ruby and Elixir, on one line or on several."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from antiphon.recording.importers.library_dumps import without_absent

MOST: Final = 2_000_000
"""Characters of one value that are read."""
DEPTH: Final = 60
NODES: Final = 200_000


class Elision:
    """What a program prints in place of a part, such as `[Object]` or `... 3 more items`."""


ELIDED: Final = Elision()
_SPACE = re.compile(r"(?:\s|//[^\n]*)*")
_NUMBER = re.compile(r"[-+]?\d[\d_]*(?:\.\d+)?(?:[eE][-+]?\d+)?n?\b")
_STRING = re.compile(r"""[bru]{0,2}("(?:[^"\\]|\\.)*+"|'(?:[^'\\]|\\.)*+'|`(?:[^`\\]|\\.)*+`)""", re.DOTALL)
_WORD = re.compile(r"[A-Za-z_$][\w$.]*")
_GENERIC = re.compile(r"\[[\w\[\], .|]*\](?=\s*[({])")
_KEY_END = re.compile(r"\s*(?:=>|:|=(?!=))\s*")
_ENUM = re.compile(r"<[\w.]+: ([^<>\n]{1,200})>")
_MARK = re.compile(
    r"\[(?:Object|Array|Circular(?: \*\d+)?|[A-Z]\w*)(?: [\w: ]+)?\]|\[\.{3}\]|\{\.{3}\}|\.{3}[^,\n\])}]*|…[^,\n\])}]*|"
    r"<[^<>\n]{1,80}>|#<[^>\n]*>"
)
_WORDS: Final = {
    "null": None, "None": None, "nil": None, "undefined": None, "true": True, "True": True, "false": False,
    "False": False, "NaN": ELIDED, "Infinity": ELIDED,
}  # fmt: skip
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "a": "\a", "e": "\x1b"}
_ESCAPE = re.compile(r"\\(u\{[0-9a-fA-F]{1,6}\}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|x[0-9a-fA-F]{2}|\r?\n|.)", re.DOTALL)
_PAIRS: Final = {"{": "}", "[": "]", "(": ")"}


class NotThere(ValueError):
    """No value stands at a place."""


@dataclass(frozen=True)
class PrintedValue:
    """A value, where it ends, and whether parts of it were left out when it was printed."""

    value: Any
    end: int
    elided: bool
    wrapped: bool
    """Lines were broken within its texts, as on a narrow screen."""


def printed_at(text: str, place: int) -> PrintedValue | None:
    """The value that is printed at a place of a text; None where there is none."""
    reader = _Reader(text, place, min(len(text), place + MOST))
    try:
        value = reader.value(0)
    except (NotThere, RecursionError):
        return None
    return PrintedValue(value, reader.at, reader.elided, reader.wrapped) if isinstance(value, dict | list) else None


class _Reader:
    """Reads one value, from left to right."""

    def __init__(self, text: str, at: int, end: int) -> None:
        self.at = at
        self.elided = False
        self.wrapped = False
        self._text = text
        self._end = end
        self._nodes = 0

    def value(self, depth: int) -> Any:
        self._nodes += 1
        if depth > DEPTH or self._nodes > NODES:
            raise NotThere
        self._skip()
        if self.at >= self._end:
            raise NotThere
        if match := self._match(_ENUM):
            return printed_scalar(match[1])
        if match := self._match(_MARK):
            return self._left_out(match)
        if match := self._match(_STRING):
            return self._joined(match)
        if match := self._match(_NUMBER):
            return _number(match.group())
        if self._text.startswith("%{", self.at):
            self.at += 1
        if self._text[self.at] == ":" and (match := _WORD.match(self._text, self.at + 1)):
            self.at = match.end()
            return match.group()
        return self._collection(self._text[self.at], depth) if self._text[self.at] in _PAIRS else self._named(depth)

    def _left_out(self, match: re.Match[str]) -> Elision:
        self.elided = True
        return ELIDED

    def _named(self, depth: int) -> Any:
        match = self._match(_WORD)
        if match is None:
            raise NotThere
        if match.group() in _WORDS:
            found = _WORDS[match.group()]
            self.elided = self.elided or found is ELIDED
            return found
        self._match(_GENERIC)
        self._skip()
        if self.at < self._end and self._text[self.at] in "({":
            return self._called(self._text[self.at], depth)
        self.elided = True
        return ELIDED

    def _called(self, opening: str, depth: int) -> Any:
        """What stands in the brackets behind the name of a class: its fields, or the one value that it wraps."""
        if opening == "(" and not self._has_key(self.at + 1):
            found = self._collection("(", depth)
            if not isinstance(found, list):
                return found
            self.elided = True
            return ELIDED
        return without_absent(self._fields(_PAIRS[opening], depth))

    def _collection(self, opening: str, depth: int) -> Any:
        if opening == "{":
            return self._fields("}", depth)
        values: list[Any] = []
        has_comma = False
        self.at += 1
        while not self._closes(_PAIRS[opening]):
            found = self.value(depth + 1)
            if found is not ELIDED:
                values.append(found)
            has_comma = self._comma() or has_comma
        return values[0] if opening == "(" and len(values) == 1 and not has_comma else values

    def _fields(self, closing: str, depth: int) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        self.at += 1
        while not self._closes(closing):
            if match := self._match(_MARK):
                self._left_out(match)
                self._comma()
                continue
            key = self._key()
            found = self.value(depth + 1)
            if found is not ELIDED and not self._text.startswith("undefined", self.at - 9):
                fields[key] = found
            self._comma()
        return fields

    def _key(self) -> str:
        if self._text[self.at] == ":":  # a symbol of Ruby
            self.at += 1
        match = self._match(_STRING) or self._match(_WORD) or self._match(_NUMBER)
        if match is None or not self._match(_KEY_END):
            raise NotThere
        return _unquoted(match[1]) if match.re is _STRING else match.group()

    def _has_key(self, at: int) -> bool:
        match = _WORD.match(self._text, _SPACE.match(self._text, at).end())  # type: ignore[union-attr]
        return match is not None and re.compile(r"\s*=(?!=)").match(self._text, match.end()) is not None

    def _joined(self, match: re.Match[str]) -> str:
        """A string, and those that follow at once or behind a plus sign: long ones are printed in parts."""
        parts = [self._string(match[1])]
        while True:
            before = self.at
            self._skip()
            if self.at < self._end and self._text[self.at] == "+":
                self.at += 1
                self._skip()
            following = self._match(_STRING) if self.at > before else None
            if following is None or _KEY_END.match(self._text, self.at):
                self.at = before
                return "".join(parts)
            parts.append(self._string(following[1]))

    def _string(self, text: str) -> str:
        """The text between quotes; a line that ends within them was broken, unless they are those of a template."""
        if "\n" in text and text[0] != "`" and "\\\n" not in text:
            self.wrapped = True
            text = re.sub(r"\s*\n\s*", " ", text)
        return _unquoted(text)

    def _closes(self, closing: str) -> bool:
        self._skip()
        if self.at >= self._end:
            raise NotThere
        if self._text[self.at] != closing:
            return False
        self.at += 1
        return True

    def _comma(self) -> bool:
        self._skip()
        found = self.at < self._end and self._text[self.at] == ","
        self.at += found
        return found

    def _skip(self) -> None:
        if match := _SPACE.match(self._text, self.at, self._end):
            self.at = match.end()

    def _match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        match = pattern.match(self._text, self.at, self._end)
        if match:
            self.at = match.end()
        return match


def printed_string_at(text: str, place: int) -> tuple[str, int] | None:
    """The string that is printed at a place of a text, and where it ends; None where there is none."""
    match = _STRING.match(text, place)
    return (_unquoted(match[1]), match.end()) if match else None


def printed_scalar(text: str) -> Any:
    """A string, a number or a word as it is printed."""
    if match := _STRING.fullmatch(text):
        return _unquoted(match[1])
    return _number(text) if _NUMBER.fullmatch(text) else _WORDS.get(text, text)


def _number(text: str) -> int | float:
    plain = text.replace("_", "").rstrip("n")
    return int(plain) if plain.lstrip("+-").isdecimal() and len(plain) < 400 else float(plain)


def _unquoted(text: str) -> str:
    if "\\" not in text:
        return text[1:-1]
    plain = _ESCAPE.sub(_unescaped, text[1:-1])
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if "\\u" in text else plain


def _unescaped(match: re.Match[str]) -> str:
    code = match[1]
    if code[0] in "uxU" and len(code) > 1:
        number = int(code[1:].strip("{}"), 16)
        return chr(number) if number <= 0x10FFFF else "\ufffd"
    return "" if code in ("\n", "\r\n") else _ESCAPES.get(code, code)
