"""Strings, numbers and words as programs print them."""

from __future__ import annotations

import json
import re
from typing import Any, Final


class Elision:
    """What a program prints in place of a part, such as `[Object]` or `... 3 more items`."""


ELIDED: Final = Elision()
STRING: Final = re.compile(r"""[bru]{0,2}("(?:[^"\\]|\\.)*+"|'(?:[^'\\]|\\.)*+'|`(?:[^`\\]|\\.)*+`)""", re.DOTALL)
NUMBER: Final = re.compile(r"[-+]?\d[\d_]*(?:\.\d+)?(?:[eE][-+]?\d+)?n?\b")
_DOUBLED: Final = re.compile(r"'((?:[^']|'')*+)'")
"""A string of SQL, in which an apostrophe stands twice."""
WORDS: Final = {
    "null": None, "None": None, "nil": None, "undefined": None, "NULL": None, "Null": None, "nothing": None,
    "vim.NIL": None, "true": True, "True": True, "false": False, "False": False, "NaN": ELIDED, "Infinity": ELIDED,
}  # fmt: skip
"""What words stand for, in any language."""
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "a": "\a", "e": "\x1b"}
_ESCAPE: Final = re.compile(
    r"\\(u\{[0-9a-fA-F]{1,6}\}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|x[0-9a-fA-F]{2}|\r?\n|.)", re.DOTALL
)


def string_as_written(text: str, place: int) -> tuple[str, int] | None:
    """The string at a place, and where it ends; as it stands where only so it is JSON, as in Markdown and SQL.

    None for strings between apostrophes that are JSON otherwise, or not at all.
    """
    match = STRING.match(text, place)
    if match is None:
        return None
    plain, written = text_in_quotes(match[1]), match[1][1:-1]
    if text.startswith("'", match.end()) and (doubled := _DOUBLED.match(text, place)):
        match, written = doubled, doubled[1].replace("''", "'")
    if plain != written and not _is_json(plain) and _is_json(written):
        return written, match.end()
    return (plain, match.end()) if text[place] == "`" else None


def _is_json(text: str) -> bool:
    try:
        json.loads(text.removeprefix("data:"))
    except (ValueError, RecursionError):
        return False
    return True


def printed_scalar(text: str) -> Any:
    """A string, a number or a word as it is printed."""
    if match := STRING.fullmatch(text):
        return text_in_quotes(match[1])
    return number(text) if NUMBER.fullmatch(text) else WORDS.get(text, text)


def number(text: str) -> int | float:
    """A number; one that a program of Go or Java prints with an exponent is whole where its digits are."""
    plain = text.replace("_", "").rstrip("n")
    if plain.lstrip("+-").isdecimal() and len(plain) < 400:
        return int(plain)
    found = float(plain)
    return int(found) if "e" in plain.lower() and found.is_integer() and abs(found) < 1 << 53 else found


def text_in_quotes(text: str) -> str:
    """The text that a string in quotes stands for."""
    return without_escapes(text[1:-1])


def without_escapes(text: str) -> str:
    """A text in which what is written with a backslash is what it stands for."""
    if "\\" not in text:
        return text
    plain = _ESCAPE.sub(_character, text)
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if "\\u" in text else plain


def _character(match: re.Match[str]) -> str:
    code = match[1]
    if code[0] in "uxU" and len(code) > 1:
        number = int(code[1:].strip("{}"), 16)
        return chr(number) if number <= 0x10FFFF else "\ufffd"
    return "" if code in ("\n", "\r\n") else _ESCAPES.get(code, code)
