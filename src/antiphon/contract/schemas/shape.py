"""Shape of a schema: the fields that it names, and the places that are dispatched on a type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from antiphon.contract.schemas.library import DEFS, Library, split
from antiphon.contract.schemas.places import Dispatch, Drift, Place, escape_key

APPLICATORS = ("anyOf", "oneOf", "allOf")
BRANCHES = ("then", "else")


class Shape:
    """What the schemas that hold for one value, taken together, say about its fields."""

    def __init__(self, shapes: Shapes, parts: tuple[tuple[str, dict[str, Any]], ...]) -> None:
        self._shapes = shapes
        self._parts = parts

    @cached_property
    def properties(self) -> Mapping[str, Shape]:
        """The shape of each known field."""
        found: dict[str, list[tuple[str, Any]]] = {}
        for file, schema in self._parts:
            for name, each in schema.get("properties", {}).items():
                found.setdefault(name, []).append((file, each))
        return {name: self._shapes.of(*parts) for name, parts in found.items()}

    @cached_property
    def items(self) -> Shape | None:
        """The shape of each entry of a list."""
        return self._below("items")

    @cached_property
    def values(self) -> Shape | None:
        """The shape of the values of a map with free keys."""
        return self._below("additionalProperties")

    def _below(self, keyword: str) -> Shape | None:
        parts = [(file, schema[keyword]) for file, schema in self._parts if isinstance(schema.get(keyword), dict)]
        return self._shapes.of(*parts) if parts else None

    @cached_property
    def dispatch(self) -> tuple[str, tuple[str, ...]] | None:
        """The kind that the value is held to by its type, and the types that may stand here (empty: all)."""
        found = [schema for _, schema in self._parts if "x-dispatch" in schema]
        if not found:
            return None
        lists = [schema.get("x-only", ()) for schema in found]
        return found[0]["x-dispatch"], tuple(name for names in lists for name in names) if all(lists) else ()

    @cached_property
    def free(self) -> bool:
        """Whether any field may stand here."""
        named = any("properties" in schema for _, schema in self._parts)
        loose = any(
            schema.get("type") == "object" and not {"properties", "x-dispatch"} & schema.keys()
            for _, schema in self._parts
        )
        return loose or not named

    @cached_property
    def known(self) -> frozenset[str]:
        """The values that an open list names; empty where there is no such list."""
        return frozenset(value for _, schema in self._parts for value in schema.get("x-known", ()))

    @cached_property
    def deep(self) -> bool:
        """Whether a dispatched value may lie at or below this place."""
        seen: set[int] = set()

        def search(shape: Shape) -> bool:
            if id(shape) in seen:
                return False
            seen.add(id(shape))
            below = [*shape.properties.values(), shape.items, shape.values]
            return shape.dispatch is not None or any(search(each) for each in below if each is not None)

        return search(self)

    @cached_property
    def _deep_properties(self) -> tuple[tuple[str, Shape], ...]:
        return tuple((name, shape) for name, shape in self.properties.items() if shape.deep)

    def places(self, value: Any, pointer: str = "") -> Iterator[Place]:
        """The dispatched values of `value`, outermost only."""
        if isinstance(value, dict):
            if self.dispatch:
                yield Place(pointer, *self.dispatch, value)
                return
            for name, shape in self._deep_properties:
                if name in value:
                    yield from shape.places(value[name], f"{pointer}/{escape_key(name)}")
            if self.values and self.values.deep:
                for name in value.keys() - self.properties.keys():
                    yield from self.values.places(value[name], f"{pointer}/{escape_key(name)}")
        elif isinstance(value, list) and self.items and self.items.deep:
            for index, each in enumerate(value):
                yield from self.items.places(each, f"{pointer}/{index}")

    def gather(self, value: Any, dispatches: list[Dispatch]) -> None:
        """Add the values that `places` yields, but for empty ones."""
        if isinstance(value, dict):
            if self.dispatch:
                dispatches.append((*self.dispatch, value))
                return
            for name, shape in self._deep_properties:
                if value.get(name):
                    shape.gather(value[name], dispatches)
            if self.values and self.values.deep:
                for name in value.keys() - self.properties.keys():
                    self.values.gather(value[name], dispatches)
        elif isinstance(value, list) and self.items and self.items.deep:
            for each in value:
                self.items.gather(each, dispatches)

    @cached_property
    def _telling(self) -> tuple[tuple[str, Shape], ...]:
        """The fields in which a drift or a place may be."""
        return tuple((name, shape) for name, shape in self.properties.items() if not shape.is_mute)

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(self.properties)

    @cached_property
    def is_mute(self) -> bool:
        """Whether `drifts` yields nothing for any value."""
        below = self.properties or self.items or self.values
        return not (below or self.dispatch or self.known)

    def is_familiar(self, value: Any, nested: list[tuple[str, dict[str, Any]]]) -> bool:
        """Whether `drifts` yields nothing but places, of which the kinds and the values are added: faster to tell."""
        if isinstance(value, dict):
            if self.dispatch:
                nested.append((self.dispatch[0], value))
                return True
            if self.values:
                shapes = ((self.properties.get(name, self.values), each) for name, each in value.items())
                return all(shape.is_familiar(each, nested) for shape, each in shapes)
            if not self.free and not self._names.issuperset(value):
                return False
            for name, shape in self._telling:
                each = value.get(name)
                if each is not None and not shape.is_familiar(each, nested):
                    return False
            return True
        if isinstance(value, list):
            return self.items is None or all(self.items.is_familiar(each, nested) for each in value)
        return not (self.known and isinstance(value, str) and value not in self.known)

    def drifts(self, value: Any, pointer: str = "") -> Iterator[Drift | Place]:
        """What of `value` the schemas do not know; dispatched values are handed back as places."""
        if isinstance(value, dict):
            if self.dispatch:
                yield Place(pointer, *self.dispatch, value)
                return
            for name, each in value.items():
                shape = self.properties.get(name) or self.values
                if shape:
                    yield from shape.drifts(each, f"{pointer}/{escape_key(name)}")
                elif not self.free:
                    yield Drift(pointer, "field", name)
        elif isinstance(value, list):
            for index, each in enumerate(value) if self.items else ():
                yield from self.items.drifts(each, f"{pointer}/{index}") if self.items else ()
        elif self.known and isinstance(value, str) and value not in self.known:
            yield Drift(pointer, "value", value)


class Shapes:
    """The shapes of a library, each made once."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._made: dict[tuple[int, ...], Shape] = {}

    def of(self, *parts: tuple[str, Any]) -> Shape:
        """The shape of a value that the schemas (with the files that they stand in) hold for."""
        flat = [each for file, schema in parts for each in self._flat(file, schema)]
        key = tuple(id(schema) for _, schema in flat)
        if key not in self._made:
            self._made[key] = Shape(self, tuple(flat))
        return self._made[key]

    def _flat(self, file: str, schema: Any) -> Iterator[tuple[str, dict[str, Any]]]:
        """The schema and, in place of each reference and alternative, the schemas behind it."""
        if not isinstance(schema, dict):
            return
        yield file, schema
        if "$ref" in schema:
            where, name = split(schema["$ref"], file)
            yield from self._flat(where, self._library.definition(f"{where}{DEFS}{name}"))
        for keyword in APPLICATORS:
            for each in schema.get(keyword, ()):
                yield from self._flat(file, each)
        for keyword in BRANCHES:
            yield from self._flat(file, schema.get(keyword))
