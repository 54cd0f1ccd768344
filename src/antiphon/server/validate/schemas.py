"""The subset of JSON Schema that strict functions and strict formats may use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

DEEPEST = 10
MOST_PROPERTIES = 5_000
MOST_ENUM_VALUES = 1_000
MOST_CHARACTERS = 120_000
REFUSED = frozenset({"oneOf", "allOf", "not", "if", "then", "else", "dependentRequired", "dependentSchemas"})


class UnsupportedSchema(ValueError):
    """A schema that strict mode does not take, and where."""


def check_strict(schema: Any) -> None:
    """Raise UnsupportedSchema where a schema lies outside the subset."""
    if not isinstance(schema, dict):
        raise UnsupportedSchema("schema must be an object")
    if "anyOf" in schema or schema.get("type") != "object":
        raise UnsupportedSchema("the root of the schema must have type 'object' and must not be an 'anyOf'")
    totals = {"properties": 0, "values": 0, "characters": 0}
    for where, node, depth in walk(schema):
        _check_node(where, node, depth, totals)
    if totals["properties"] > MOST_PROPERTIES:
        raise UnsupportedSchema(f"more than {MOST_PROPERTIES} properties")
    if totals["values"] > MOST_ENUM_VALUES:
        raise UnsupportedSchema(f"more than {MOST_ENUM_VALUES} enum values")
    if totals["characters"] > MOST_CHARACTERS:
        raise UnsupportedSchema(f"names and enum values of more than {MOST_CHARACTERS} characters together")


def _check_node(where: str, node: dict[str, Any], depth: int, totals: dict[str, int]) -> None:
    if depth > DEEPEST:
        raise UnsupportedSchema(f"In context={where}: more than {DEEPEST} levels of nesting")
    for word in REFUSED & node.keys():
        raise UnsupportedSchema(f"In context={where}: '{word}' is not permitted")
    kinds = node.get("type")
    if kinds == "object" or (isinstance(kinds, list) and "object" in kinds) or "properties" in node:
        properties = node.get("properties") or {}
        if node.get("additionalProperties") is not False:
            raise UnsupportedSchema(
                f"In context={where}: 'additionalProperties' is required to be supplied and to be false"
            )
        absent = [name for name in properties if name not in (node.get("required") or ())]
        if absent:
            raise UnsupportedSchema(f"In context={where}: 'required' must include every key. Missing '{absent[0]}'")
        totals["properties"] += len(properties)
        totals["characters"] += sum(map(len, properties))
    if kinds == "array" and not isinstance(node.get("items"), dict):
        raise UnsupportedSchema(f"In context={where}: array schema missing items")
    values = node.get("enum") or ()
    totals["values"] += len(values)
    totals["characters"] += sum(len(value) for value in values if isinstance(value, str))


def walk(schema: dict[str, Any], where: str = "()", depth: int = 1) -> Iterator[tuple[str, dict[str, Any], int]]:
    """Every schema inside a schema, with its path and its depth of nesting."""
    yield where, schema, depth
    if depth > DEEPEST:
        return
    deeper = depth + 1
    for word in ("properties", "$defs", "definitions"):
        inner = schema.get(word)
        if isinstance(inner, dict):
            for name, node in inner.items():
                if isinstance(node, dict):
                    below = deeper if word == "properties" else depth
                    yield from walk(node, f"{where[:-1]}'{word}', '{name}',)", below)
    items = schema.get("items")
    if isinstance(items, dict):
        yield from walk(items, f"{where[:-1]}'items',)", deeper)
    for index, node in enumerate(schema.get("anyOf") or ()):
        if isinstance(node, dict):
            yield from walk(node, f"{where[:-1]}'anyOf', '{index}',)", depth)


def is_strict(schema: Any) -> bool:
    """Whether a schema already lies inside the subset."""
    try:
        check_strict(schema)
    except UnsupportedSchema:
        return False
    return True
