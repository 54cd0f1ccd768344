"""Smallest value that fits the schema of a kind, as an example."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from antiphon.contract.schemas.library import DEFS
from antiphon.contract.schemas.validation import Schemas

DEEPEST = 12
WORDS: Mapping[str, Any] = {
    "arguments": "{}", "call_id": "call_1", "code": "print(1)", "created_at": 1790000000, "delta": "Hel",
    "encrypted_content": "gAAA…", "id": "id_1", "item_id": "msg_1", "message": "It failed.", "model": "m",
    "name": "weather", "text": "Hello", "url": "https://example.com", "title": "Example", "refusal": "I cannot.",
}  # fmt: skip
"""What a field of that name holds where its schema leaves it open."""
FIRST: Mapping[str, str] = {
    "item.output": "message", "item.added": "message", "item.listed": "message", "part": "output_text",
    "tool": "function", "annotation": "url_citation",
}  # fmt: skip
PLAIN: Mapping[str, Any] = {"null": None, "boolean": False, "integer": 0, "number": 0, "string": "x"}


def smallest(schemas: Schemas, kind: str, type: str | None = None) -> Any:
    """A value of the kind with as little in it as its schema allows."""
    closed = schemas.schema(kind, type)
    return _value(schemas, closed, closed["$defs"], "", 0)


def _value(schemas: Schemas, schema: Mapping[str, Any], defs: Mapping[str, Any], name: str, depth: int) -> Any:
    if depth > DEEPEST:
        return None
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    if "x-dispatch" in schema:
        kind = schema["x-dispatch"]
        only = schema.get("x-only") or (FIRST.get(kind), *schemas.types(kind))
        return smallest(schemas, kind, next(each for each in only if each))
    if "then" in schema:
        return _value(schemas, _joined(schema, defs), defs, name, depth + 1)
    if "$ref" in schema:
        return _value(schemas, defs[schema["$ref"].removeprefix(DEFS)], defs, name, depth + 1)
    if "anyOf" in schema:
        return _value(schemas, min(schema["anyOf"], key=_weight), defs, name, depth + 1)
    types = schema.get("type", "object" if "properties" in schema else "string")
    type = types if isinstance(types, str) else "null" if "null" in types else types[0]
    if type == "object":
        fields = schema.get("properties", {})
        return {
            each: _value(schemas, fields.get(each, {}), defs, each, depth + 1) for each in schema.get("required", ())
        }
    if type == "array":
        return [_value(schemas, schema["items"], defs, name, depth + 1)] * int(schema.get("minItems", 0))
    return _plain(schema, name, type)


def _joined(schema: Mapping[str, Any], defs: Mapping[str, Any]) -> dict[str, Any]:
    """A schema with conditions as one without: the conditions hold."""
    parts = [schema, *(dict(schema[word]) for word in ("if", "then"))]
    parts += [defs[part["$ref"].removeprefix(DEFS)] for part in parts if "$ref" in part]
    properties: dict[str, Any] = {}
    for part in parts:
        for name, each in part.get("properties", {}).items():
            properties[name] = {**each, **properties.get(name, {})}
    required = dict.fromkeys(name for part in parts for name in part.get("required", ()))
    return {"type": "object", "properties": properties, "required": list(required)}


def _plain(schema: Mapping[str, Any], name: str, type: str) -> Any:
    if schema.get("x-known"):
        return schema["x-known"][0]
    word = WORDS.get(name)
    if (type == "string" and isinstance(word, str)) or (type == "integer" and isinstance(word, int)):
        return word
    return "https://example.com" if schema.get("format") == "uri" else schema.get("minimum", PLAIN[type])


def _weight(schema: Mapping[str, Any]) -> int:
    """Branches that say least come first."""
    if schema.get("type") == "null":
        return 0
    return 2 if "$ref" in schema or "x-dispatch" in schema else 1
