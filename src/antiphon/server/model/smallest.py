"""The smallest value that a JSON Schema takes, as far as that can be told without search."""

from __future__ import annotations

from typing import Any

DEEPEST = 24
FORMATS = {
    "date-time": "2026-01-01T00:00:00Z",
    "date": "2026-01-01",
    "time": "00:00:00Z",
    "duration": "PT0S",
    "email": "a@example.com",
    "hostname": "example.com",
    "ipv4": "127.0.0.1",
    "ipv6": "::1",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "uri": "https://example.com",
}
EMPTY: dict[str, Any] = {"null": None, "boolean": False}


def smallest(schema: Any, root: Any = None, depth: int = 0) -> Any:
    """A value that the schema takes, with as little in it as it allows."""
    root = schema if root is None else root
    if not isinstance(schema, dict) or depth > DEEPEST:
        return None
    if "$ref" in schema:
        return smallest(resolve(schema["$ref"], root), root, depth + 1)
    if "const" in schema:
        return schema["const"]
    if schema.get("enum"):
        return schema["enum"][0]
    for word in ("anyOf", "oneOf"):
        if schema.get(word):
            return smallest(min(schema[word], key=weight), root, depth + 1)
    if schema.get("allOf"):
        return smallest(merge(schema, root), root, depth + 1)
    match kind_of(schema):
        case "object":
            properties = schema.get("properties") or {}
            wanted = schema.get("required") or []
            return {name: smallest(properties.get(name, {}), root, depth + 1) for name in wanted}
        case "array":
            return [smallest(schema.get("items"), root, depth + 1)] * int(schema.get("minItems") or 0)
        case "string":
            return string(schema)
        case "integer" | "number" as kind:
            return number(schema, kind)
        case kind:
            return EMPTY.get(kind)


def weight(schema: Any) -> int:
    """Branches that end the recursion first: null, then plain values, then the rest."""
    kind = kind_of(schema) if isinstance(schema, dict) else "null"
    if isinstance(schema, dict) and "$ref" in schema:
        return 3
    return {"null": 0, "array": 1, "object": 2}.get(kind, 1)


def kind_of(schema: dict[str, Any]) -> str:
    kind = schema.get("type")
    if isinstance(kind, list):
        return str(kind[0]) if kind else "null"
    if isinstance(kind, str):
        return kind
    return "object" if "properties" in schema else "string"


def string(schema: dict[str, Any]) -> str:
    text = FORMATS.get(str(schema.get("format")), "")
    return text.ljust(int(schema.get("minLength") or 0), "a") or ("a" if "pattern" in schema else "")


def number(schema: dict[str, Any], kind: str) -> float:
    """The number next to zero that lies within the bounds."""
    low, high = schema.get("minimum"), schema.get("maximum")
    step = schema.get("multipleOf") or 1
    if "exclusiveMinimum" in schema:
        low = schema["exclusiveMinimum"] + step
    if "exclusiveMaximum" in schema:
        high = schema["exclusiveMaximum"] - step
    value: float = 0
    if low is not None and low > 0:
        value = -(-low // step) * step
    elif high is not None and high < 0:
        value = high // step * step
    return int(value) if kind == "integer" else value


def resolve(reference: Any, root: Any) -> Any:
    """The schema that a local reference names."""
    node = root
    for name in str(reference).removeprefix("#").strip("/").split("/"):
        if name:
            node = node.get(name.replace("~1", "/").replace("~0", "~")) if isinstance(node, dict) else None
    return node


def merge(schema: dict[str, Any], root: Any) -> dict[str, Any]:
    """The parts of an `allOf` as one schema."""
    made: dict[str, Any] = {key: value for key, value in schema.items() if key != "allOf"}
    for part in schema["allOf"]:
        part = resolve(part["$ref"], root) if isinstance(part, dict) and "$ref" in part else part
        if isinstance(part, dict):
            properties = {**made.get("properties", {}), **part.get("properties", {})}
            required = [*made.get("required", []), *part.get("required", [])]
            made = {**part, **made}
            if properties:
                made |= {"properties": properties, "required": required}
    return made
