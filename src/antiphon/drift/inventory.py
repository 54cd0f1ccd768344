"""Inventory of a set of schemas: types, fields and named values, in a form in which sources can be compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from antiphon.drift.shapes import FieldShape, Resolve, shape_of

DEEPEST = 6
MOST_BRANCHES = 400
BETA = "beta"
"""The kind of what a source has under a name for a beta."""
OWN = ("response",)
"""Fields whose value is of a kind that is looked at by itself."""


class InventoryEntry(NamedTuple):
    """One thing that a source has: `field`, `event`, `reasoning.effort` of the kind that it belongs to."""

    what: str
    """operation, type, field or value."""
    kind: str
    name: str


@dataclass
class Inventory:
    """All entries of a source, with where it has them from, and the places where its looking ended."""

    entries: dict[InventoryEntry, tuple[str, ...]] = field(default_factory=dict)
    ends: set[tuple[str, str]] = field(default_factory=set)
    kinds: set[str] = field(default_factory=set)
    """Kinds that the source covers."""
    listed: set[tuple[str, str]] = field(default_factory=set)
    """The fields whose values are listed."""
    shapes: dict[InventoryEntry, FieldShape] = field(default_factory=dict)

    def add(self, entry: InventoryEntry, sources: tuple[str, ...] = ()) -> None:
        """Add an entry, unless it is there."""
        self.entries.setdefault(entry, sources)

    def add_field(self, kind: str, place: str, shape: FieldShape, sources: tuple[str, ...] = ()) -> None:
        """Add a field with its shape, joined with that of the same field in another object of its kind."""
        entry = InventoryEntry("field", kind, place)
        self.add(entry, sources)
        self.shapes[entry] = shape.joined(self.shapes.get(entry))

    def knows(self, entry: InventoryEntry) -> bool:
        """Whether this source covers the place of an entry."""
        kind, path = entry.kind, entry.name.split("=")[0]
        if kind not in self.kinds:
            return False
        steps = path.split(".")
        if entry.what in ("field", "value") and any(
            (kind, ".".join(steps[:length])) in self.ends for length in range(len(steps))
        ):
            return False
        return entry.what != "value" or (kind, path) in self.listed


def survey(inventory: Inventory, kind: str, schema: Mapping[str, Any], resolve: Resolve, one: bool = False) -> None:
    """Add the content of a schema for a kind; a union is a family of types, unless it is one object."""
    branches = list(objects(schema, resolve))
    tagged = [(tag, each) for each in branches for tag in tags(each, resolve)]
    inventory.kinds.add(kind)
    if one or not tagged:
        for each in branches:
            _fields(inventory, kind, "", each, resolve, ())
        return
    for tag, each in tagged:
        inventory.add(InventoryEntry("type", kind, tag), sources_of(each))
        inventory.kinds.add(f"{kind}:{tag}")
        _fields(inventory, f"{kind}:{tag}", "", each, resolve, ())


def sources_of(schema: Mapping[str, Any]) -> tuple[str, ...]:
    """The sources that a schema names when the document lacks what it describes."""
    return tuple(schema.get("x-source", ()))


def objects(schema: Mapping[str, Any], resolve: Resolve, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    """The object schemas that a schema is a union of, `allOf` joined."""
    if depth > 2 * DEEPEST or "x-dispatch" in schema:
        return
    if "$ref" in schema:
        yield from objects(resolve(schema["$ref"]), resolve, depth + 1)
    elif "allOf" in schema:
        yield merge_all_of(schema, resolve, depth)
    elif "anyOf" in schema or "oneOf" in schema:
        for each in (schema.get("anyOf") or schema["oneOf"])[:MOST_BRANCHES]:
            yield from objects(each, resolve, depth + 1)
    elif "then" in schema and "properties" not in schema:
        for word in ("then", "else"):
            yield from objects(_bare(schema.get(word, {})), resolve, depth + 1)
    elif "properties" in schema or schema.get("type") == "object":
        yield schema


def _bare(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """A reference without what stands beside it."""
    return {"$ref": schema["$ref"]} if "$ref" in schema else schema


def merge_all_of(schema: Mapping[str, Any], resolve: Resolve, depth: int = 0) -> Mapping[str, Any]:
    """The parts of an `allOf` as one object."""
    properties = dict(schema.get("properties", {}))
    required = list(schema.get("required", ()))
    for part in schema.get("allOf", ()):
        required += part.get("required", ())
        for each in objects(part, resolve, depth + 1):
            properties = {**each.get("properties", {}), **properties}
            required += each.get("required", ())
    return {"type": "object", "properties": properties, "required": required}


def tags(schema: Mapping[str, Any], resolve: Resolve) -> list[str]:
    """The values of `type` that an object stands for."""
    tag = schema.get("properties", {}).get("type")
    return [each for each in values(tag, resolve) if isinstance(each, str)] if tag else []


def values(schema: Mapping[str, Any], resolve: Resolve, depth: int = 0) -> list[Any]:
    """The values that a schema names: constants, lists, open lists, in any branch."""
    if depth > DEEPEST:
        return []
    if "$ref" in schema:
        return values(resolve(schema["$ref"]), resolve, depth + 1)
    if "const" in schema:
        return [schema["const"]]
    found = [*schema.get("enum", ()), *schema.get("x-known", ())]
    for word in ("anyOf", "oneOf", "allOf"):
        for each in schema.get(word, ()):
            found += values(each, resolve, depth + 1)
    if isinstance(schema.get("items"), dict) and not found:
        found = values(schema["items"], resolve, depth + 1)
    return [each for each in found if each is not None]


def _fields(
    inventory: Inventory, kind: str, path: str, schema: Mapping[str, Any], resolve: Resolve, sources: tuple[str, ...]
) -> None:
    if path.count(".") >= DEEPEST:
        inventory.ends.add((kind, path))
        return
    for name, each in schema.get("properties", {}).items():
        place = f"{path}.{name}" if path else name
        origin = sources_of(each) or sources
        inventory.add_field(kind, place, shape_of(name, schema, resolve), origin)
        for value in values(each, resolve):
            inventory.listed.add((kind, place))
            inventory.add(InventoryEntry("value", kind, f"{place}={value}"), origin)
        inner = list(_inside(each, resolve))
        if len(inner) == 1 and name not in OWN and not ends(each, resolve):
            _fields(inventory, kind, place, inner[0], resolve, origin)
        else:
            inventory.ends.add((kind, place))


def _inside(schema: Mapping[str, Any], resolve: Resolve, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    """The objects that a field holds, by itself or in a list."""
    if depth > DEEPEST:
        return
    if "$ref" in schema and "x-dispatch" not in schema:
        yield from _inside(resolve(schema["$ref"]), resolve, depth + 1)
        return
    for word in ("anyOf", "oneOf"):
        for each in schema.get(word, ()):
            yield from _inside(each, resolve, depth + 1)
    if isinstance(schema.get("items"), dict):
        yield from _inside(schema["items"], resolve, depth + 1)
    elif "anyOf" not in schema and "oneOf" not in schema:
        yield from (each for each in objects(schema, resolve) if each.get("properties"))


def ends(schema: Mapping[str, Any], resolve: Resolve, depth: int = 0) -> bool:
    """Whether a value is held to a kind of its own, so that it is not looked into here."""
    if depth > DEEPEST:
        return True
    if "x-dispatch" in schema:
        return True
    below = [*schema.get("anyOf", ()), *schema.get("oneOf", ())]
    if isinstance(schema.get("items"), dict):
        below.append(schema["items"])
    if "$ref" in schema:
        below.append(resolve(schema["$ref"]))
    return any(ends(each, resolve, depth + 1) for each in below)
