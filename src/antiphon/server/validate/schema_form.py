"""Well-formedness of a JSON Schema that a request brings, and whether it is small enough to be answered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from antiphon.server.validate.schemas import UnsupportedSchema, check_strict

DEEPEST = 64
LONGEST = 10_000
"""The least number of items or characters that a schema may ask for."""
KINDS: dict[str, type | tuple[type, ...]] = {
    "type": (str, list),
    "properties": dict,
    "$defs": dict,
    "definitions": dict,
    "required": list,
    "enum": list,
    "anyOf": list,
    "oneOf": list,
    "allOf": list,
    "items": (dict, bool),
    "$ref": str,
}
COUNTS = ("minItems", "minLength")
BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")


def check_schema(schema: Any, strict: object) -> None:
    """Raise UnsupportedSchema where a schema is none or, when it is to be held strictly, lies outside the subset."""
    if schema is not None:
        check_wellformed(schema)
    if strict:
        check_strict(schema)


def check_wellformed(schema: Any, depth: int = 0) -> None:
    """Raise UnsupportedSchema where a keyword has a value that it cannot have."""
    if isinstance(schema, bool):
        return
    if not isinstance(schema, dict):
        raise UnsupportedSchema("a schema must be an object or a boolean")
    if depth > DEEPEST:
        raise UnsupportedSchema(f"more than {DEEPEST} schemas inside each other")
    for word, kind in KINDS.items():
        if word in schema and not isinstance(schema[word], kind):
            raise UnsupportedSchema(f"'{word}' has a value that it cannot have")
    if not all(isinstance(name, str) for word in ("required", "type") for name in _listed(schema.get(word))):
        raise UnsupportedSchema("'required' and 'type' list strings")
    for word in COUNTS:
        value = schema.get(word, 0)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LONGEST:
            raise UnsupportedSchema(f"'{word}' must be an integer from 0 to {LONGEST}")
    for word in BOUNDS:
        value = schema.get(word, 1)
        if isinstance(value, bool) or not isinstance(value, int | float) or (word == "multipleOf" and value <= 0):
            raise UnsupportedSchema(f"'{word}' must be a number")
    for inner in _inside(schema):
        check_wellformed(inner, depth + 1)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _inside(schema: dict[str, Any]) -> Iterator[Any]:
    for word in ("properties", "$defs", "definitions"):
        yield from schema.get(word, {}).values()
    for word in ("anyOf", "oneOf", "allOf"):
        yield from schema.get(word, ())
    if "items" in schema:
        yield schema["items"]
