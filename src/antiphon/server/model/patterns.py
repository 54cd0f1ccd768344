"""Texts that a regular expression finds something in, the short ones first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Any

_parser: Any = import_module("re._parser")
"""The parser of the standard library, which has no types."""
MOST_EXTRA = 64
MOST_VARIANTS = 8
CANDIDATES = "a0A -_.@/:" + "".join(map(chr, range(33, 127))) + "é你\n"
CATEGORIES = {"CATEGORY_DIGIT": r"\d", "CATEGORY_WORD": r"\w", "CATEGORY_SPACE": r"\s",
              "CATEGORY_NOT_DIGIT": r"\D", "CATEGORY_NOT_WORD": r"\W", "CATEGORY_NOT_SPACE": r"\S"}  # fmt: skip


@cache
def compile_pattern(pattern: str) -> re.Pattern[str] | None:
    """The expression; None where Python does not take it."""
    try:
        return re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        return None


def samples(pattern: str, least: int = 0) -> Iterator[str]:
    """Texts that the expression finds something in, of at least `least` characters where that can be."""
    expression = compile_pattern(pattern)
    if expression is None:
        return
    tree = _parser.parse(pattern)
    for variant in range(MOST_VARIANTS):
        for extra in (*range(MOST_EXTRA), least, 2 * least):
            text = _Writer(variant, extra).write(tree)
            for padded in (text, text + "a" * (least - len(text)), "a" * (least - len(text)) + text):
                if len(padded) >= least and expression.search(padded):
                    yield padded


class _Writer:
    """Writes one text: `variant` chooses between branches, `extra` is how often repeats may go beyond their least."""

    def __init__(self, variant: int, extra: int) -> None:
        self._variant, self._extra = variant, extra
        self._groups: dict[int, str] = {}

    def write(self, tree: Any) -> str:
        return "".join(self._node(str(name), value) for name, value in tree)

    def _node(self, name: str, value: Any) -> str:
        match name:
            case "LITERAL":
                return chr(value)
            case "NOT_LITERAL":
                return next(each for each in CANDIDATES if each != chr(value))
            case "ANY":
                return "a"
            case "IN":
                return _member(value)
            case "BRANCH":
                return self.write(value[1][self._variant % len(value[1])])
            case "SUBPATTERN":
                self._groups[value[0]] = text = self.write(value[3])
                return text
            case "ATOMIC_GROUP":
                return self.write(value)
            case "GROUPREF":
                return str(self._groups.get(value, ""))
            case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
                least, most, tree = value
                more = min(self._extra, int(most) - least)
                self._extra -= more
                return "".join(self.write(tree) for _ in range(least + more))
        return ""


def _member(members: Any) -> str:
    """A character of a set."""
    negated = bool(members) and str(members[0][0]) == "NEGATE"
    for character in (*CANDIDATES, *(chr(value) for name, value in members if str(name) == "LITERAL"),
                      *(chr(value[0]) for name, value in members if str(name) == "RANGE")):  # fmt: skip
        if any(_is_in(character, str(name), value) for name, value in members) != negated:
            return str(character)
    return ""


def _is_in(character: str, name: str, value: Any) -> bool:
    match name:
        case "LITERAL":
            return bool(ord(character) == value)
        case "RANGE":
            return bool(value[0] <= ord(character) <= value[1])
        case "CATEGORY":
            return re.match(CATEGORIES.get(str(value), r"\w"), character) is not None
    return False
