"""Validation of values against the schemas of an edition.

A value is dispatched on its type, so an error names the field.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

from antiphon.contract.load import DEFAULT_EDITION, nearest
from antiphon.contract.schemas.definitions import PreparedDefinition, prepare
from antiphon.contract.schemas.description import Description, SchemaField, description
from antiphon.contract.schemas.library import DEFS, Relaxation, library
from antiphon.contract.schemas.places import Dispatch, Drift, Place
from antiphon.contract.schemas.schema_error import SchemaError, explain_errors, format_value
from antiphon.errors import ConfigError

__all__ = ["Description", "Drift", "SchemaError", "SchemaField", "Schemas"]

_FIELD_BY_FIELD = frozenset({"type", "properties", "required", "additionalProperties", "description", "x-source"})
"""Keywords of a schema that says nothing of several fields together."""
LATEST = datetime(9999, 1, 1, tzinfo=UTC).timestamp()


def _bounded(errors: Iterator[SchemaError]) -> list[SchemaError]:
    """The errors; a value that is nested too deeply to examine yields that error alone."""
    try:
        return list(errors)
    except RecursionError:
        return [SchemaError("", "a value of bounded depth", "one that is nested too deeply", "", "depth")]


class Schemas:
    """The schemas of an edition, as they count today or, for older traffic, as they counted on its day."""

    def __init__(
        self, edition: str = DEFAULT_EDITION, day: date | None = None, without: frozenset[str] = frozenset()
    ) -> None:
        self.library = library(edition, day, without)
        ready = prepare(self.library)
        self._typed, self._single, self._families = ready.typed, ready.single, ready.families
        self._shapes = ready.shapes

    @classmethod
    def at(cls, edition: str, seconds: float) -> Schemas:
        """The schemas for traffic of that time (seconds since 1970); 0, where it is not known, is the most lenient."""
        return cls(edition, datetime.fromtimestamp(min(max(0.0, seconds), LATEST), UTC).date())

    def validate(self, kind: str, value: Any) -> list[SchemaError]:
        """Errors of `value` as a value of `kind`.

        Empty when it fits, or is of a type that the contract does not know.
        """
        try:
            held = self._single.get(kind) or self._typed[kind, value["type"]]
            if self._fits(held, value):
                return []
        except (KeyError, TypeError, RecursionError):
            pass
        return _bounded(self._errors(kind, (), value, ""))

    def fits(self, kind: str, value: Any) -> bool:
        """Whether a value of a kind of one form has no errors: faster than to explain them. What is too deep has."""
        try:
            return self._fits(self.definition(kind, None), value)
        except (KeyError, TypeError, RecursionError):
            return False

    def separate_fields(self, kind: str) -> frozenset[str]:
        """The fields of a kind of one form; none where its schema says more than what each of them is."""
        closed = self.definition(kind, None).self_contained
        root = closed.get("$defs", {}).get(str(closed.get("$ref")).removeprefix(DEFS), closed)
        return frozenset(root.get("properties", ())) if root.keys() <= _FIELD_BY_FIELD else frozenset()

    def unknown(self, kind: str, value: Any) -> list[Drift]:
        """The fields, types and values of open lists inside `value` that the contract does not know."""
        try:
            return [] if self._is_familiar(kind, value) else list(self._drifts(Place("", kind, (), value)))
        except RecursionError:
            return []

    def kinds(self) -> tuple[str, ...]:
        """Every kind of value that has schemas."""
        return tuple(self.library.kinds)

    def types(self, kind: str) -> tuple[str, ...]:
        """The types of a kind; empty for a kind that has one form."""
        return tuple(self._family(kind))

    def event_types(self) -> tuple[str, ...]:
        """The types of events of a stream."""
        return self.types("event")

    def item_types(self) -> tuple[str, ...]:
        """The types of items, in whatever place: output, lists and requests."""
        places = [kind for kind in self.library.kinds if kind.startswith("item.")]
        items = [name for kind in places for name in self.types(kind)]
        request = self.schema("request.item")["$defs"]
        for branch in request["requests.items.item"]["anyOf"]:
            tag = request[branch["$ref"].removeprefix(DEFS)]["properties"].get("type", {})
            items += [tag["const"]] if "const" in tag else []
        return tuple(dict.fromkeys(items))

    def relaxations(self) -> tuple[Relaxation, ...]:
        """The relaxations that are in force."""
        return self.library.applied

    def definition(self, kind: str, type: str | None) -> PreparedDefinition:
        """The definition of a kind, or of one type of it. Raises ConfigError for one that does not exist."""
        family = self._family(kind)
        if not family:
            if kind not in self._single:
                self._single[kind] = PreparedDefinition(self.library, self._shapes, str(self.library.kinds[kind]))
            return self._single[kind]
        if type is None or type not in family:
            raise ConfigError(f"No type {type!r} of {kind}; {nearest(str(type), family)}")
        if (kind, type) not in self._typed:
            self._typed[kind, type] = PreparedDefinition(self.library, self._shapes, family[type])
        return self._typed[kind, type]

    def schema(self, kind: str, type: str | None = None) -> dict[str, Any]:
        """The self-contained JSON Schema of a kind, or of one type of it."""
        return self.definition(kind, type).self_contained

    def describe(self, kind: str, type: str | None = None) -> Description:
        """The fields of a kind, or of one type of it, and the relaxations that touch it."""
        held = self.definition(kind, type)
        return description(kind, type or "", held.reference, held.self_contained, self.library.applied)

    def _family(self, kind: str) -> Mapping[str, str]:
        if kind not in self._families:
            if kind not in self.library.kinds:
                raise ConfigError(f"No kind of value {kind!r}; {nearest(kind, self.library.kinds)}")
            self._families[kind] = self.library.family(kind)
        return self._families[kind]

    def _errors(self, kind: str, only: tuple[str, ...], value: Any, pointer: str) -> Iterator[SchemaError]:
        family, where = self._family(kind), f"kinds.yaml#/kinds/{kind}"
        if not family:
            yield from self._held_errors(self.definition(kind, None), value, pointer)
        elif not isinstance(value, dict):
            yield SchemaError(pointer, "object", format_value(value), where, "type")
        elif not isinstance(value.get("type"), str):
            if "type" in value:
                yield SchemaError(f"{pointer}/type", "string", format_value(value["type"]), where, "type")
            else:
                yield SchemaError(pointer, "a field 'type'", "none", where, "required", "type")
        elif only and value["type"] in family and value["type"] not in only:
            expected = "one of " + ", ".join(only)
            yield SchemaError(f"{pointer}/type", expected, format_value(value["type"]), where, "x-only")
        elif value["type"] in family:
            yield from self._held_errors(self.definition(kind, value["type"]), value, pointer)

    def _fits(self, definition: PreparedDefinition, value: Any) -> bool:
        """Whether a value has no errors: faster than a search for them."""
        if not definition.is_valid(value):
            return False
        if not definition.deep:
            return True
        inside: list[Dispatch] = []
        definition.shape.gather(value, inside)
        for kind, only, each in inside:
            name = each.get("type")
            if type(name) is not str:
                continue
            typed = self._typed.get((kind, name))
            if typed is None:
                if any(self._errors(kind, only, each, "")):
                    return False
            elif (only and name not in only) or not self._fits(typed, each):
                return False
        return True

    def _held_errors(self, definition: PreparedDefinition, value: Any, pointer: str) -> Iterator[SchemaError]:
        if not definition.is_valid(value):
            yield from explain_errors(definition.self_contained, value, definition.reference, pointer)
        if definition.deep:
            for place in definition.shape.places(value, pointer):
                if isinstance(place.value.get("type"), str):
                    yield from self._errors(place.kind, place.only, place.value, place.pointer)

    def _is_familiar(self, kind: str, value: Any) -> bool:
        """Whether `_drifts` finds nothing."""
        name = value.get("type") if isinstance(value, dict) else None
        held = self._typed.get((kind, name)) if isinstance(name, str) else None
        if held is None:
            family = self._family(kind)
            if family and (not isinstance(name, str) or name not in family):
                return not isinstance(name, str)
            held = self.definition(kind, name)
        inside: list[tuple[str, dict[str, Any]]] = []
        familiar = held.shape.is_familiar(value, inside)
        return familiar and (not inside or all(self._is_familiar(*each) for each in inside))

    def _drifts(self, place: Place) -> Iterator[Drift]:
        family, value = self._family(place.kind), place.value
        name = value.get("type") if isinstance(value, dict) else None
        if family and (not isinstance(name, str) or name not in family):
            if isinstance(name, str):
                yield Drift(place.pointer, "type", name)
            return
        for each in self.definition(place.kind, name).shape.drifts(value, place.pointer):
            if isinstance(each, Place):
                yield from self._drifts(each)
            else:
                yield each
