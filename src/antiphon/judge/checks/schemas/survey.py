"""Holds responses and items to their schemas, each error given to the one requirement that it belongs to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from antiphon.contract.schemas.validation import SchemaError
from antiphon.judge.checks.schemas.table import ABSENT, FIELDS, ITEM_PLACES, LISTS, OBJECTS, SCHEMA_REQUIREMENTS, whole
from antiphon.judge.registry import Violation, check_table
from antiphon.judge.schemas import errors_of
from antiphon.judge.subjects.responses import Item, ResponseObject


class SurveyPlace(NamedTuple):
    """A value with requirements: its kind, its type, and its pointer."""

    place: str
    name: str
    pointer: str
    value: Any


UNTYPED = ITEM_PLACES | {"logprob"}
"""Places whose entries need no type to be told apart, or whose type has a requirement of its own."""


class Survey(NamedTuple):
    """Requirements that a subject shows, and the violations of each."""

    judged: frozenset[str]
    violations: dict[str, list[Violation]]


def _place(place: str, pointer: str, value: Any) -> SurveyPlace:
    name = value.get("type") if isinstance(value, dict) else None
    return SurveyPlace(place, name if isinstance(name, str) else "", pointer, value)


def _children(place: SurveyPlace, table: Mapping[str, Mapping[str, str]]) -> Mapping[str, str]:
    general = "item" if place.place in ITEM_PLACES else place.place
    own = table.get(f"{general}/{place.name}")
    every = table.get(general, {})
    return {**every, **own} if own else every


@lru_cache(maxsize=1024)
def _inside(place: str, name: str) -> tuple[str | None, tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]:
    """The requirement of a whole place, and its fields that are lists of places or places, with what they hold."""
    requirement = whole(place, name)
    here = SurveyPlace(place, name, "", None)
    lists, objects = _children(here, LISTS), _children(here, OBJECTS)
    return requirement if requirement in SCHEMA_REQUIREMENTS else None, tuple(lists.items()), tuple(objects.items())


def _judge(place: str, value: Any, violated: set[str]) -> None:
    """Add the requirements that a place and all places inside it show."""
    name = value.get("type") if place != "response" else ""
    requirement, lists, objects = _inside(place, name if isinstance(name, str) else "")
    if requirement is not None:
        violated.add(requirement)
    if "status" in value and place in ITEM_PLACES:
        violated.add("item.status-known")
    for field, kind in lists:
        entries = value.get(field)
        if isinstance(entries, list):
            for entry in entries:
                if isinstance(entry, dict):
                    _judge(kind, entry, violated)
    for field, kind in objects:
        if isinstance(value.get(field), dict):
            _judge(kind, value[field], violated)


def _judged_kinds(root: SurveyPlace) -> frozenset[str]:
    found: set[str] = set()
    _judge(root.place, root.value, found)
    return frozenset(found)


def _steps(error: SchemaError) -> list[str]:
    """The way to what is wrong; a missing field counts as the last step."""
    steps = [step.replace("~1", "/").replace("~0", "~") for step in error.pointer.split("/")[1:]]
    if error.keyword == "required":
        steps.append(error.expected.removeprefix("a field ").strip("'\""))
    return steps


def requirement_of(root: SurveyPlace, error: SchemaError) -> str | None:
    """The requirement that a schema error belongs to; None where the table knows none."""
    place, steps = _innermost(root, _steps(error))
    path = "/".join(steps)
    if error.keyword == "required":
        for key in (f"{place.place}/{place.name}", place.place):
            named = ABSENT.get(key, {}).get(path)
            if named:
                return whole(place.place, place.name) if named == "WHOLE" else named
    for key in (f"{place.place}/{place.name}", place.place):
        for pattern, requirement in FIELDS.get(key, {}).items():
            if pattern == path or ("*" in pattern and _fits(pattern.split("/"), steps)):
                return requirement
    return whole(place.place, place.name)


def _fits(pattern: Sequence[str], steps: Sequence[str]) -> bool:
    return len(pattern) == len(steps) and all(one in ("*", other) for one, other in zip(pattern, steps, strict=True))


def _innermost(place: SurveyPlace, steps: list[str]) -> tuple[SurveyPlace, list[str]]:
    """The innermost place on a way, and the rest of the way. A wrong type belongs to what holds the value."""
    while steps and isinstance(place.value, dict):
        entries = place.value.get(steps[0])
        kind = _children(place, LISTS).get(steps[0])
        if kind and isinstance(entries, list) and len(steps) > 2 and steps[1].isdecimal():
            entry = entries[int(steps[1])]
            typed = isinstance(entry, dict) and isinstance(entry.get("type"), str)
            if kind not in UNTYPED and (not typed or steps[2:] == ["type"]):
                break
            place, steps = _place(kind, f"{place.pointer}/{steps[0]}/{steps[1]}", entry), steps[2:]
            continue
        kind = _children(place, OBJECTS).get(steps[0])
        if kind and isinstance(entries, dict) and len(steps) > 1:
            place, steps = _place(kind, f"{place.pointer}/{steps[0]}", entries), steps[1:]
            continue
        break
    return place, steps


NOTHING: frozenset[str] = frozenset()
KINDS = {"added": "item.added", "done": "item.output", "compaction": "item.compacted"}
EVENTS = ("added", "done")


def _root(subject: ResponseObject | Item) -> tuple[str, SurveyPlace]:
    if isinstance(subject, ResponseObject):
        return "response", SurveyPlace("response", "", "", subject.body)
    if subject.source == "list":
        kept = subject.operation.startswith("conversations.")
        kind, place = ("item.conversation", "kept") if kept else ("item.listed", "listed")
        return kind, _place(place, "", subject.body)
    place = "compacted" if subject.source == "compaction" else "item"
    return KINDS.get(subject.source, "item.output"), _place(place, "", subject.body)


def survey_of(subject: ResponseObject | Item) -> Survey:
    """Schema results for a subject."""
    if "survey" not in subject.memo:
        subject.memo["survey"] = _survey(subject)
    made: Survey = subject.memo["survey"]
    return made


def _survey(subject: ResponseObject | Item) -> Survey:
    kind, root = _root(subject)
    judged = _judged_kinds(root)
    if isinstance(subject, Item) and subject.source in EVENTS:
        judged -= {"item.status-known"}
    errors = errors_of(subject, kind, subject.body)
    found: dict[str, list[Violation]] = defaultdict(list) if errors else {}
    for error in errors:
        requirement = requirement_of(root, error)
        if requirement in judged:
            at = "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in _steps(error))
            found[str(requirement)].append(Violation(subject.at(at), error.expected, error.got))
    return Survey(judged, found)


def _shown_requirements(subject: ResponseObject | Item) -> frozenset[str]:
    """What a subject shows; an item of an output is surveyed with its response."""
    return NOTHING if isinstance(subject, Item) and subject.source == "output" else survey_of(subject).judged


def _broken_requirements(subject: ResponseObject | Item) -> Collection[str]:
    return NOTHING if isinstance(subject, Item) and subject.source == "output" else survey_of(subject).violations


TABLES: Mapping[Any, Callable[[str], Callable[[Any], Any]]] = {
    each: check_table(each, _shown_requirements, _broken_requirements) for each in (ResponseObject, Item)
}


def _register(requirement: str, on: type) -> None:
    def find(subject: ResponseObject | Item) -> Iterator[Violation]:
        yield from survey_of(subject).violations.get(requirement, ())

    find.__doc__ = f"What the schemas say of {requirement}."
    TABLES[on](requirement)(find)


for _name in sorted(SCHEMA_REQUIREMENTS):
    _register(_name, ResponseObject)
    if _name != "response.schema":
        _register(_name, Item)
