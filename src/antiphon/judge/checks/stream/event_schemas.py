"""Fields of each event, by its schema.

A field with a requirement of its own is left to it: numbers, indices and ids to the walk, the response and the item
inside an event to the requirements about responses and items.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from antiphon.contract.schemas.library import DEFS
from antiphon.contract.schemas.validation import SchemaError, Schemas
from antiphon.errors import ConfigError
from antiphon.judge.event_families import FAMILIES, family_of
from antiphon.judge.memo import memoize
from antiphon.judge.registry import Violation, check_table
from antiphon.judge.schemas import schemas_for
from antiphon.judge.stream_analysis import analysis_of, events_of_types, notable_events
from antiphon.judge.subjects.responses import Stream
from antiphon.judge.values import violation_at

ELSEWHERE = (
    "sequence_number",
    "output_index",
    "item_id",
    "content_index",
    "logprobs",
    "delta",
    "response",
    "item",
    "type",
)
OF_ERRORS = (*ELSEWHERE, "code", "message", "param", "error")
MOST = 20
MOST_SHAPES = 4096
LARGEST_SHAPE = 100
"""Shapes of events that are kept as fitting, and the length of the longest of them."""
WRAPPERS = ("lifecycle", "output-item")
"""Families of events that carry an object with requirements of its own."""
WRAPPED = frozenset({"response", "item"})


PLAIN = frozenset({"type", "required", "properties", "description", "x-source"})
"""Keywords of a schema that is a list of fields."""
TYPES = {"string": str, "integer": int}


@memoize
def _errors(stream: Stream) -> dict[str, list[tuple[int, SchemaError]]]:
    """The errors of a stream's events by family."""
    fields = _fields_of(schemas_for(stream))
    found = _found(fields, notable_events(stream))
    if found and len(notable_events(stream)) < len(stream.events):
        found = _found(fields, enumerate(stream.events))
    return found


class _Fields:
    """What the schemas of a day ask of the fields of events, as far as families judge them here."""

    def __init__(self, schemas: Schemas) -> None:
        self._schemas = schemas
        self._own: dict[str, _Own | None] = {}
        self._fitting: set[tuple[Any, ...]] = set()
        """Shapes about which nothing more is to be asked: what fits them is not left to the values."""

    def fit(self, shape: tuple[Any, ...], event: Mapping[str, Any]) -> bool:
        """Whether an event has the fields that its family judges, as surely as any other of its shape."""
        if shape in self._fitting:
            return True
        kind = shape[0]
        family = family_of(kind)
        if family is not None:
            if kind not in self._own:
                self._own[kind] = self._own_of(family, kind)
            own = self._own[kind]
            if own is None or not own.fits(event):
                return False
        if len(self._fitting) < MOST_SHAPES and len(shape) < LARGEST_SHAPE:
            self._fitting.add(shape)
        return True

    def errors(self, family: str, event: Mapping[str, Any]) -> tuple[list[SchemaError], bool]:
        """The errors that the family judges, and whether there are others. To explain an error is slow."""
        errors = self._schemas.validate("event", event)
        own = [error for error in errors if not _belongs_elsewhere(family, error)]
        return own, len(own) < len(errors)

    def _own_of(self, family: str, kind: str) -> _Own | None:
        """None where the schema is more than a list of fields with one plain type each."""
        try:
            definition = self._schemas.definition("event", kind)
        except ConfigError:
            return None
        root = definition.self_contained.get("$defs", {}).get(
            str(definition.self_contained.get("$ref")).removeprefix(DEFS), {}
        )
        if not root.keys() <= PLAIN or root.get("type") != "object" or (definition.deep and family not in WRAPPERS):
            return None
        elsewhere = _ELSEWHERE[family]
        own = {name: each for name, each in root["properties"].items() if name not in elsewhere}
        if any(each.keys() - PLAIN or each.get("type") not in TYPES for each in own.values()):
            return None
        types = {name: TYPES[each["type"]] for name, each in own.items()}
        return _Own(types, tuple(name for name in root.get("required", ()) if name not in elsewhere))


class _Own(NamedTuple):
    """The types of the fields that a family judges itself, and those of them that must be there."""

    types: Mapping[str, type]
    required: tuple[str, ...]

    def fits(self, event: Mapping[str, Any]) -> bool:
        types = self.types
        return all(name in event for name in self.required) and all(
            type(event[name]) is types[name] for name in types if name in event
        )


@lru_cache(maxsize=64)
def _fields_of(schemas: Schemas) -> _Fields:
    return _Fields(schemas)


def _found(
    fields: _Fields, events: Iterable[tuple[int, Mapping[str, Any]]]
) -> dict[str, list[tuple[int, SchemaError]]]:
    found: dict[str, list[tuple[int, SchemaError]]] = {}
    settled: set[tuple[Any, ...]] = set()
    for number, event in events:
        kind = event.get("type")
        if not isinstance(kind, str):
            continue
        shape = (kind, *event, *map(type, event.values()))
        family = family_of(kind)
        if fields.fit(shape, event) or family is None or len(found.get(family, ())) >= MOST or shape in settled:
            continue
        if family in WRAPPERS:
            event = {name: value for name, value in event.items() if name not in WRAPPED}
        errors, others = fields.errors(family, event)
        if errors:
            found.setdefault(family, []).extend((number, error) for error in errors)
        elif others:
            settled.add(shape)  # a hundred events without logprobs are explained once
    return found


def _elsewhere(family: str) -> tuple[str, ...]:
    """The fields that other requirements judge."""
    if family == "keepalive":
        return ("type",)
    names = OF_ERRORS if family == "error" else ELSEWHERE
    return tuple(name for name in names if name != "delta") if family == "shell-call-output-content" else names


_ELSEWHERE = {family: frozenset(_elsewhere(family)) for family in FAMILIES}


def _belongs_elsewhere(family: str, error: SchemaError) -> bool:
    if error.pointer == "" and error.missing:
        return error.missing in _ELSEWHERE[family]
    if error.pointer.startswith("/part/annotations"):
        return True
    return error.pointer.removeprefix("/").split("/")[0] in _ELSEWHERE[family]


def _carries(stream: Stream) -> Iterator[Violation]:
    """The event that carries an item does carry one."""
    kinds = [kind for kind in analysis_of(stream).types if family_of(kind) == "output-item"]
    for number, event in events_of_types(stream, kinds):
        if "item" in event and not isinstance(event["item"], dict):
            yield violation_at(f"event {number} /item", "an object", event["item"])


def _finder(family: str) -> Callable[[Stream], Iterator[Violation]]:
    def find(stream: Stream) -> Iterator[Violation]:
        if family == "output-item":
            yield from _carries(stream)
        for number, error in _errors(stream).get(family, ()):
            yield Violation(f"event {number} {error.pointer}".rstrip(), error.expected, error.got)

    find.__name__ = "stream_schema_" + family.replace("-", "_")
    find.__doc__ = f"Events of the family {family} have the fields of their schema."
    return find


def _shown_requirements(stream: Stream) -> frozenset[str]:
    return frozenset(f"stream.schema.{family_of(kind)}" for kind in analysis_of(stream).types)


def _broken_requirements(stream: Stream) -> set[str]:
    """The families with errors; those with more requirements than the schema are always among them."""
    return {f"stream.schema.{family}" for family in (*_errors(stream), "output-item")}


_schema_check = check_table(Stream, _shown_requirements, _broken_requirements)
for _family in FAMILIES:
    _schema_check(f"stream.schema.{_family}")(_finder(_family))
