"""Several schemas as one: references resolved, `allOf` taken together, branches joined with what stands beside them."""

from __future__ import annotations

from itertools import product
from typing import Any

Schema = dict[str, Any]
MOST_HOPS = 32
NOT_MERGED = frozenset({"$defs", "definitions", "$schema", "$id", "title", "description", "default", "examples"})
LARGER = frozenset({"minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"})
SMALLER = frozenset({"maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"})
BRANCHES = ("anyOf", "oneOf")


def resolve(reference: Any, root: Any) -> Any:
    """The schema that a local reference names; None where there is none."""
    node = root
    for name in str(reference).removeprefix("#").strip("/").split("/"):
        name = name.replace("~1", "/").replace("~0", "~")
        if name and isinstance(node, list):
            node = node[int(name)] if name.isdecimal() and int(name) < len(node) else None
        elif name:
            node = node.get(name) if isinstance(node, dict) else None
    return node


def flat(schema: Any, root: Any, hops: int = 0) -> Schema:
    """A schema without `$ref` and `allOf` at its top; an empty one where nothing is said."""
    if not isinstance(schema, dict) or hops > MOST_HOPS:
        return {}
    result = {key: value for key, value in schema.items() if key not in NOT_MERGED and key not in ("$ref", "allOf")}
    if "$ref" in schema:
        result = merge(flat(resolve(schema["$ref"], root), root, hops + 1), result)
    for part in schema.get("allOf") or ():
        result = merge(result, flat(part, root, hops + 1))
    return result


def merge(one: Schema, other: Schema) -> Schema:
    """What both schemas say."""
    result = dict(one)
    for key, value in other.items():
        result[key] = _both(key, one[key], value) if key in one else value
    return result


def _both(key: str, one: Any, other: Any) -> Any:
    if key in LARGER or key in SMALLER:
        return max(one, other) if key in LARGER else min(one, other)
    match key:
        case "type":
            return _kinds(one, other)
        case "required":
            return [*one, *(name for name in other if name not in one)]
        case "enum":
            return [value for value in one if value in other]
        case "properties":
            return one | {name: {"allOf": [one[name], schema]} if name in one else schema
                          for name, schema in other.items()}  # fmt: skip
        case "items":
            return {"allOf": [one, other]}
        case "additionalProperties":
            return False if one is False or other is False else one
        case "anyOf" | "oneOf":
            return [{"allOf": [left, right]} for left, right in product(one, other)]
    return one


def _kinds(one: Any, other: Any) -> list[str]:
    """The types that both allow; an integer is a number."""
    left, right = kinds_of(one), kinds_of(other)
    both = [kind for kind in left if kind in right]
    if "integer" not in both and {"integer", "number"} <= {*left, *right}:
        both = ["integer" if kind == "number" else kind for kind in both] or ["integer"]
    return both


def kinds_of(type_: Any) -> list[str]:
    """A value of `type` as a list."""
    return [type_] if isinstance(type_, str) else list(type_)
