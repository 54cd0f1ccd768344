"""Entries of a script: from JSON values to answers, checked by `spec/meta/script.schema.json`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from antiphon.contract.paths import spec_dir
from antiphon.contract.spec_files import meta_schema
from antiphon.errors import ConfigError
from antiphon.server.scripts.answers import RequestMatcher, ScriptAnswer

EQUAL = ("api", "turn", "stream")
FOUND = ("model", "text", "instructions", "output")
SAID = ("say", "refuse", "json")
OUTPUT = ("think", *SAID, "call", "annotations", "cite")
OF_A_TEXT = ("annotations", "cite")
LASTING = ("name", "when", "times", "delay", "error")
EXPRESSION = re.compile(r"/(.*)/(i?)", re.DOTALL)
UNEXPECTED = re.compile(r"'([^']*)' (?:was|were) unexpected")
Place = Sequence[str | int]
"""The path into the value of a script."""
Mistake = Callable[[Place, str], ConfigError]
"""What to raise for a mistake at a place."""


def read_answers(value: Any, mistake: Mistake) -> list[ScriptAnswer]:
    """The answers of a script that is given as its value. Raises what `mistake` makes of the first mistake in it."""
    for error in meta_schema("script").iter_errors(value):
        raise mistake(*_explain(list(error.instance_path), error.message))
    entries = _Entries(mistake)
    return [entries.answer(entry, number) for number, entry in enumerate(value["answers"])]


def describe_place(place: Place) -> str:
    """A path as a message shows it."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place).lstrip(".")


def _explain(place: list[Any], message: str) -> tuple[Place, str]:
    stray = UNEXPECTED.search(message)
    if stray:
        near = get_close_matches(stray[1], list(_known(_schema())), 1, 0.6)
        hint = f"; did you mean {near[0]!r}?" if near else "; docs/server.md lists what there is"
        return [*place, stray[1]], f"unknown key{hint}"
    return place, message if len(message) <= 200 else message[:199] + "…"


class _Entries:
    """Reader of entries that fit the schema."""

    def __init__(self, mistake: Mistake) -> None:
        self._mistake = mistake

    def answer(self, entry: Mapping[str, Any], number: int) -> ScriptAnswer:
        """The answer of an entry."""
        self._check_together(entry, number)
        when = self._when(entry.get("when") or {}, ("answers", number, "when"))
        return ScriptAnswer(when, entry, entry.get("name") or f"answers[{number}]", entry.get("times"))

    def _check_together(self, entry: Mapping[str, Any], number: int) -> None:
        """Keys that exclude each other do not stand together."""
        texts = [key for key in SAID if key in entry]
        wrong = [*texts[1:], *(key for key in OUTPUT if "items" in entry and key in entry)]
        if "error" in entry:
            wrong += [key for key in entry if key not in LASTING]
        if wrong:
            first = "error" if "error" in entry else "items" if "items" in entry else texts[0]
            raise self._mistake(("answers", number, wrong[0]), f"excludes '{first}'; keep one of them")
        for key in OF_A_TEXT:
            if key in entry and "say" not in entry:
                raise self._mistake(("answers", number, key), "belongs to 'say', which is not there")
        for index, source in enumerate(entry.get("cite") or ()):
            if source.get("text", "") not in entry["say"]:
                place = ("answers", number, "cite", index, "text")
                raise self._mistake(place, "does not occur in 'say', of which it is to be a part")

    def _when(self, given: Mapping[str, Any], path: tuple[str | int, ...]) -> RequestMatcher:
        """What must be so, with its expressions compiled."""
        return RequestMatcher(
            {name: given[name] for name in EQUAL if name in given},
            {name: self._matcher(given[name], (*path, name)) for name in FOUND if name in given},
            {name.lower(): self._matcher(text, (*path, "header", name))
             for name, text in (given.get("header") or {}).items()},
            given.get("tool"),
            given.get("no_output"),
        )  # fmt: skip

    def _matcher(self, text: str, path: Place) -> re.Pattern[str]:
        expression = EXPRESSION.fullmatch(text)
        if expression is None:
            return re.compile(re.escape(text), re.IGNORECASE)
        try:
            return re.compile(expression[1], re.IGNORECASE if expression[2] else 0)
        except re.error as error:
            raise self._mistake(path, f"not a regular expression: {error}") from None


def _schema() -> Any:
    return json.loads((spec_dir() / "meta" / "script.schema.json").read_text(encoding="utf-8"))


def _known(schema: Any) -> Iterator[str]:
    """Every key that a schema names."""
    if isinstance(schema, dict):
        properties = schema.get("properties")
        yield from properties if isinstance(properties, dict) else ()
        for inner in schema.values():
            yield from _known(inner)
