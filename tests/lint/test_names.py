"""Names of modules, classes and public functions: no bare participle, and no class name twice.

Runs in the lint environment too, without Antiphon's dependencies: it reads the source alone.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "antiphon"
LISTS: dict[str, dict[str, str]] = tomllib.loads(Path(__file__).with_name("names.toml").read_text(encoding="utf-8"))
PARTICIPLES, CLASSES = LISTS["participles"], LISTS["classes"]
PUBLIC = re.compile(r"[a-zA-Z]")
WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z0-9]+|[A-Z]+")
IRREGULAR, OTHER_WORDS = (frozenset(LISTS["words"][key].split()) for key in ("irregular", "no-participles"))


def is_participle(word: str) -> bool:
    word = word.lower()
    return word in IRREGULAR or (len(word) > 4 and word.endswith(("ed", "ing")) and word not in OTHER_WORDS)


def is_bare(name: str) -> bool:
    """Every word of the name is a participle, so that it does not say of what."""
    words = WORD.findall(name)
    return bool(words) and all(map(is_participle, words))


@cache
def definitions() -> tuple[tuple[str, str, str], ...]:
    """Kind, dotted place and name of each module, public class, and public function at the top of a module."""
    return tuple(_definitions())


def _definitions() -> Iterator[tuple[str, str, str]]:
    for path in sorted(SOURCE.rglob("*.py")):
        place = ".".join(path.relative_to(SOURCE.parent).with_suffix("").parts).removesuffix(".__init__")
        yield "module", place, place.rpartition(".")[2]
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and PUBLIC.match(node.name):
                yield "class", f"{place}.{node.name}", node.name
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and PUBLIC.match(node.name):
                yield "function", f"{place}.{node.name}", node.name


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("shown", True), ("Asked", True), ("exchanging", True), ("kept_told", True), ("usage_of", False),
        ("is_embedded", False), ("Recorder", False), ("string", False), ("read", False), ("from_header", False),
    ],
)  # fmt: skip
def test_a_bare_participle_is_recognised(name: str, bare: bool) -> None:
    assert is_bare(name) is bare


def test_no_name_is_a_bare_participle() -> None:
    bare = [f"{kind} {place}" for kind, place, name in definitions() if is_bare(name)]

    assert [each for each in bare if each.partition(" ")[2] not in PARTICIPLES] == []


def test_no_class_name_stands_twice() -> None:
    places = defaultdict(list)
    for kind, place, name in definitions():
        if kind == "class" and name not in CLASSES:
            places[name].append(place)

    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def test_every_exception_is_needed_and_has_a_reason() -> None:
    names = {place: name for _, place, name in definitions()}
    classes = [name for kind, _, name in definitions() if kind == "class"]

    assert [place for place in PARTICIPLES if not is_bare(names.get(place, ""))] == []
    assert [name for name in CLASSES if classes.count(name) < 2] == []
    assert all(reason.endswith(".") for table in (PARTICIPLES, CLASSES) for reason in table.values())
