"""Values as programs print them: objects of Node, Python, Ruby, PHP, Go, Rust and others, on one line or several."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from antiphon.recording.importers.library_dumps import without_absent
from antiphon.recording.importers.paste import notation_patterns as p
from antiphon.recording.importers.paste import php_dumps
from antiphon.recording.importers.paste.scalars import (
    ELIDED,
    NUMBER,
    STRING,
    WORDS,
    Elision,
    number,
    printed_scalar,
    text_in_quotes,
)

MOST: Final = 2_000_000
"""Characters of one value that are read."""
DEPTH: Final = 60
NODES: Final = 200_000


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


def printed_at(text: str, place: int) -> tuple[PrintedValue | None, int]:
    """The value that is printed at a place of a text, None where there is none, and how far it was looked for."""
    if php_dumps.BEGINNING.match(text, place):
        return _dumped_at(text, place)
    reader = _Reader(text, place, min(len(text), place + MOST))
    try:
        value = reader.value(0)
    except (NotThere, RecursionError):
        return None, reader.at
    if not isinstance(value, dict | list):
        return None, reader.at
    return PrintedValue(value, reader.at, reader.elided, reader.wrapped), reader.at


def _dumped_at(text: str, place: int) -> tuple[PrintedValue | None, int]:
    try:
        value, end = php_dumps.dumped_at(text, place)
    except (php_dumps.NotDumped, RecursionError):
        return None, len(text)
    return PrintedValue(value, end, elided=False, wrapped=False), end


class _Reader:
    """Reads one value, from left to right."""

    def __init__(self, text: str, at: int, end: int) -> None:
        self.at = at
        self.elided = False
        self.wrapped = False
        self._text = text
        self._end = end
        self._nodes = 0
        self._name = ""
        """The key whose value is read."""
        self._is_php = False
        self._is_lua = False

    def value(self, depth: int) -> Any:
        self._nodes += 1
        if depth > DEPTH or self._nodes > NODES:
            raise NotThere
        self._skip()
        if self.at >= self._end:
            raise NotThere
        if match := self._match(p.ENUM):
            return printed_scalar(match[1])
        if match := self._match(p.BINARY):
            return text_in_quotes(match[1])
        if self._match(p.OBJECT):
            return self._fields(">", depth)
        if match := self._match(p.TYPE):
            return self._typed(match, depth)
        return self._untyped(depth)

    def _typed(self, match: re.Match[str], depth: int) -> Any:
        """A value behind the name of its type."""
        self._is_php = self._is_php or "array" in match.group()
        is_list = "[]" in (match[1], match[2]) and self._text.startswith("{", self.at)
        if self._text.startswith("<nil>", self.at):
            self.at += 5
            return None
        return self._values("{", "}", depth) if is_list else self.value(depth + 1)

    def _untyped(self, depth: int) -> Any:
        if match := self._match(p.MARK):
            return self._left_out(match)
        if match := self._match(STRING):
            return self._joined(match)
        if match := self._match(NUMBER):
            return number(match.group())
        if self._text[self.at] == ":" and (match := p.WORD.match(self._text, self.at + 1)):
            self.at = match.end()
            return match.group()
        return self._collection(self._text[self.at], depth) if self._text[self.at] in p.PAIRS else self._named(depth)

    def _left_out(self, match: re.Match[str]) -> Elision | None:
        if match.group() in ("<nil>", "<null>"):
            return None
        self.elided = True
        return ELIDED

    def _named(self, depth: int) -> Any:
        match = self._match(p.WORD)
        if match is None:
            raise NotThere
        name = match.group()
        if name in WORDS:
            found = WORDS[name]
            self.elided = self.elided or found is ELIDED
            return found
        if name == "vim.empty_dict" and self._match(p.EMPTY):
            return {}
        self._match(p.GENERIC)
        self._skip()
        opening = self._text[self.at] if self.at < self._end else ""
        if name in p.LISTS and opening in ("[", "("):
            self._is_php = self._is_php or name == "array"
            return self._collection(opening, depth)
        if opening in ("(", "{"):
            return self._called(name, opening, depth)
        self.elided = True
        return ELIDED

    def _called(self, name: str, opening: str, depth: int) -> Any:
        """What stands in the brackets behind the name of a class: its fields, or the one value that it wraps."""
        if opening == "(" and not self._has_key(self.at + 1):
            is_empty = p.EMPTY.match(self._text, self.at) is not None
            found = self._collection("(", depth)
            if not isinstance(found, list) or (is_empty and name == "Dict"):
                return {} if is_empty else found
            self.elided = True
            return ELIDED
        fields = self._fields(p.PAIRS[opening], depth)
        return fields if name in p.PLAIN else without_absent(fields)

    def _collection(self, opening: str, depth: int) -> Any:
        if opening == "{" and (not self._is_lua or self._is_member()):
            return self._fields("}", depth)
        if opening == "{":
            return self._values("{", "}", depth) or php_dumps.of_fields({}, self._name)
        is_empty = self._is_php and p.EMPTY.match(self._text, self.at)
        if is_empty or p.ENTRY.match(self._text, self.at + 1):
            self._is_php = self._is_php or opening == "["
            name = self._name
            fields = self._fields(p.PAIRS[opening], depth)
            return php_dumps.of_fields(fields, name) if self._is_php else fields
        return self._values(opening, p.PAIRS[opening], depth)

    def _values(self, opening: str, closing: str, depth: int) -> Any:
        """A list, or the one value that stands in round brackets."""
        values: list[Any] = []
        has_comma = False
        self.at += 1
        while not self._closes(closing):
            found = self.value(depth + 1)
            if found is not ELIDED:
                values.append(found)
            has_comma = self._comma() or has_comma
        return values[0] if opening == "(" and len(values) == 1 and not has_comma else values

    def _is_member(self) -> bool:
        """What stands behind a bracket is the key of a member."""
        match = p.MEMBER.match(self._text, self.at + 1)
        return match is not None and (match.group()[-1] not in "\"'")

    def _fields(self, closing: str, depth: int) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        self.at += closing != ">"
        while not self._closes(closing):
            if match := self._match(p.MARK):
                self._left_out(match)
                self._comma()
                continue
            key = self._name = self._key()
            found = self.value(depth + 1)
            if found is not ELIDED and not self._text.startswith("undefined", self.at - 9):
                fields[key] = found
            self._comma()
        return fields

    def _key(self) -> str:
        self._match(p.TYPE)
        self._match(p.KEY_MARK)
        if match := self._match(p.BRACKETED) or self._match(p.BINARY):
            return self._ended(text_in_quotes(match[1]))
        match = self._match(STRING) or self._match(p.WORD) or self._match(NUMBER)
        if match is None:
            raise NotThere
        return self._ended(text_in_quotes(match[1]) if match.re is STRING else match.group())

    def _ended(self, key: str) -> str:
        end = self._match(p.KEY_END)
        if end is None:
            raise NotThere
        self._is_lua = self._is_lua or end.group() == " = "
        return key

    def _has_key(self, at: int) -> bool:
        match = p.WORD.match(self._text, p.SPACE.match(self._text, at).end())  # type: ignore[union-attr]
        return match is not None and re.compile(r"\s*=(?!=|>)").match(self._text, match.end()) is not None

    def _joined(self, match: re.Match[str]) -> str:
        """A string, and those that follow at once or behind a plus sign: long ones are printed in parts."""
        parts = [self._string(match[1])]
        while True:
            before = self.at
            self._skip()
            if self.at < self._end and self._text[self.at] == "+":
                self.at += 1
                self._skip()
            following = self._match(STRING) if self.at > before else None
            if following is None or p.KEY_END.match(self._text, self.at):
                self.at = before
                return "".join(parts)
            parts.append(self._string(following[1]))

    def _string(self, text: str) -> str:
        """The text between quotes; a line that ends within them was broken, unless it is a template's or PHP's."""
        if "\n" in text and text[0] != "`" and "\\\n" not in text and not self._is_php:
            self.wrapped = True
            text = re.sub(r"\s*\n\s*", " ", text)
        if self._is_php and text[0] == "'":
            return re.sub(r"\\([\\'])", r"\1", text[1:-1])
        return text_in_quotes(text)

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
        if match := p.SPACE.match(self._text, self.at, self._end):
            self.at = match.end()

    def _match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        match = pattern.match(self._text, self.at, self._end)
        if match:
            self.at = match.end()
        return match
