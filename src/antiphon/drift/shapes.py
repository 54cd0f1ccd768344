"""Shapes of fields: the JSON types that a field may have, and whether it must be there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

DEEPEST = 12
NAMES = {bool: "boolean", int: "integer", float: "number", str: "string", type(None): "null", list: "array"}
Resolve = Callable[[str], Mapping[str, Any]]


class FieldShape(NamedTuple):
    """Types of a field by their JSON names, and whether it is required."""

    types: frozenset[str]
    required: bool

    def joined(self, other: FieldShape | None) -> FieldShape:
        """The shape of a field that several objects have: of any of their types, required where all require it."""
        return FieldShape(self.types | other.types, self.required and other.required) if other else self

    def __str__(self) -> str:
        """As it is recorded: `integer|null`, and `integer!` where it is required."""
        return "|".join(sorted(self.types)) + ("!" if self.required else "")


def shape_of(name: str, schema: Mapping[str, Any], resolve: Resolve) -> FieldShape:
    """The shape of a field of an object schema."""
    return FieldShape(frozenset(_types(schema["properties"][name], resolve)), name in schema.get("required", ()))


def in_words(shape: str) -> str:
    """A recorded shape as a reader has it: `integer or null, required`."""
    types = shape.removesuffix("!").replace("|", " or ") or "anything"
    return f"{types}, {'required' if shape.endswith('!') else 'optional'}"


def _types(schema: Any, resolve: Resolve, depth: int = 0) -> Iterator[str]:
    if not isinstance(schema, dict) or depth > DEEPEST:
        return
    if "$ref" in schema:
        yield from _types(resolve(schema["$ref"]), resolve, depth + 1)
    for word in ("anyOf", "oneOf", "allOf"):
        for each in schema.get(word, ()):
            yield from _types(each, resolve, depth + 1)
    if schema.get("nullable"):
        yield "null"
    stated = schema.get("type", ())
    if stated:
        yield from [stated] if isinstance(stated, str) else stated
    elif "const" in schema:
        yield NAMES.get(type(schema["const"]), "object")
    elif "enum" in schema:
        yield from (NAMES.get(type(each), "object") for each in schema["enum"])
    elif "properties" in schema:
        yield "object"
