"""Fields of each event, by its schema.

A field with a requirement of its own is left to it: numbers, indices and ids to the walk, the response and the item
inside an event to the requirements about responses and items.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, lru_cache
from typing import Any

from antiphon.contract.schemas.definitions import PreparedDefinition
from antiphon.contract.schemas.library import DEFS
from antiphon.contract.schemas.validation import SchemaError, Schemas
from antiphon.errors import ConfigError
from antiphon.judge.event_families import FAMILIES, family_of
from antiphon.judge.registry import Violation, check
from antiphon.judge.schemas import schemas_for
from antiphon.judge.stream_analysis import analysis_of, events_of_types, notable_events
from antiphon.judge.subjects.responses import Stream

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


def _errors(stream: Stream) -> dict[str, list[tuple[int, SchemaError]]]:
    """The errors of a stream's events by family, found once."""
    known = stream.__dict__.get("_schema_errors")
    if isinstance(known, dict):
        return known
    schemas = schemas_for(stream)
    found = _found(schemas, notable_events(stream))
    if found and len(notable_events(stream)) < len(stream.events):
        found = _found(schemas, enumerate(stream.events))
    stream.__dict__["_schema_errors"] = found
    return found


def _found(
    schemas: Schemas, events: Iterable[tuple[int, Mapping[str, Any]]]
) -> dict[str, list[tuple[int, SchemaError]]]:
    found: dict[str, list[tuple[int, SchemaError]]] = {}
    asked, fitting = _SchemaQueries(schemas), _fitting(schemas)
    for number, event in events:
        kind = event.get("type")
        if not isinstance(kind, str):
            continue
        shape = (kind, *event, *map(type, event.values()))
        if shape in fitting:
            continue
        family = family_of(kind)
        if family is None or _fits(schemas, family, kind, event):
            if len(fitting) < MOST_SHAPES and len(shape) < LARGEST_SHAPE:
                fitting.add(shape)
            continue
        if family in found and len(found[family]) >= MOST:
            continue
        if family in WRAPPERS:
            event = {name: value for name, value in event.items() if name not in WRAPPED}
        if errors := asked.errors(family, kind, event):
            found.setdefault(family, []).extend((number, error) for error in errors)
    return found


@lru_cache(maxsize=4096)
def _own(definition: PreparedDefinition, family: str) -> tuple[Mapping[str, type], tuple[str, ...]] | None:
    """The types of the fields that a family judges itself, and those of them that must be there.

    None where the schema is more than a list of fields with one plain type each.
    """
    root = definition.self_contained.get("$defs", {}).get(
        str(definition.self_contained.get("$ref")).removeprefix(DEFS), {}
    )
    if not root.keys() <= PLAIN or root.get("type") != "object" or (definition.deep and family not in WRAPPERS):
        return None
    elsewhere = _elsewhere(family)
    own = {name: each for name, each in root["properties"].items() if name not in elsewhere}
    if any(each.keys() - PLAIN or each.get("type") not in TYPES for each in own.values()):
        return None
    types = {name: TYPES[each["type"]] for name, each in own.items()}
    return types, tuple(name for name in root.get("required", ()) if name not in elsewhere)


@lru_cache(maxsize=64)
def _fitting(schemas: Schemas) -> set[tuple[Any, ...]]:
    """Types of events, each with names and types of its fields, that need no further validation."""
    return set()


def _fits(schemas: Schemas, family: str, kind: str, event: Mapping[str, Any]) -> bool:
    """Whether an event has the fields that its family judges, as surely as any other with fields of these types."""
    try:
        own = _own(schemas.definition("event", kind), family)
    except ConfigError:
        return False
    if own is None:
        return False
    types, required = own
    return all(name in event for name in required) and all(
        type(event[name]) is types[name] for name in types if name in event
    )


class _SchemaQueries:
    """Schema validation that repeats at most about a hundred events without logprobs: explaining an error is slow."""

    def __init__(self, schemas: Schemas) -> None:
        self._schemas = schemas
        self._settled: dict[str, set[tuple[Any, ...]]] = {}

    def errors(self, family: str, kind: str, event: Mapping[str, Any]) -> list[SchemaError]:
        settled = self._settled.get(kind)
        if settled is not None and _shape(event) in settled:
            return []
        errors = self._schemas.validate("event", event)
        told = [error for error in errors if not _belongs_elsewhere(family, error)]
        if errors and not told:
            self._settled.setdefault(kind, set()).add(_shape(event))
        return told


def _shape(event: Mapping[str, Any]) -> tuple[Any, ...]:
    return (*event, *map(type, event.values()))


@cache
def _elsewhere(family: str) -> tuple[str, ...]:
    """The fields that other requirements judge."""
    if family == "keepalive":
        return ("type",)
    names = OF_ERRORS if family == "error" else ELSEWHERE
    return tuple(name for name in names if name != "delta") if family == "shell-call-output-content" else names


def _belongs_elsewhere(family: str, error: SchemaError) -> bool:
    names = _elsewhere(family)
    if error.pointer == "" and error.keyword == "required":
        return any(error.expected == f"a field {name!r}" for name in names)
    if error.pointer.startswith("/part/annotations"):
        return True
    return error.pointer.split("/")[1:2] in [[name] for name in names]


def _carries(stream: Stream) -> Iterator[Violation]:
    """The event that carries an item does carry one."""
    kinds = [kind for kind in analysis_of(stream).types if family_of(kind) == "output-item"]
    for number, event in events_of_types(stream, kinds):
        if "item" in event and not isinstance(event["item"], dict):
            yield Violation(f"event {number} /item", "an object", type(event["item"]).__name__)


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
    return _requirements(frozenset(analysis_of(stream).types))


@lru_cache(maxsize=256)
def _requirements(kinds: frozenset[str]) -> frozenset[str]:
    return frozenset(f"stream.schema.{family_of(kind)}" for kind in kinds)


def _broken_requirements(stream: Stream) -> set[str]:
    """The families with errors; those with more requirements than the schema are always among them."""
    return {f"stream.schema.{family}" for family in (*_errors(stream), "output-item")}


for _family in FAMILIES:
    check(
        f"stream.schema.{_family}",
        subject=Stream,
        shown_requirements=_shown_requirements,
        broken_requirements=_broken_requirements,
    )(_finder(_family))
