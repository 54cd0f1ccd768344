"""A value that a JSON Schema takes, with as little in it as the schema allows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from typing import Any

from antiphon.server.model.scalars import fits, numbers, texts
from antiphon.server.model.schema_merge import BRANCHES, Schema, flat, kinds_of, merge

DEPTHS = (6, 12, 24, 48, 96)
"""How deep values may lie in each other; the next is tried when nothing fits into one."""
MOST_STEPS = 20_000
MOST_TRIES = 64
MOST_KEPT = 512
PLAIN: dict[str, list[Any]] = {"null": [None], "boolean": [False, True]}


class _Exhausted(Exception):
    """The search took too many steps."""


def smallest(schema: Any) -> Any:
    """A value that the schema takes; the nearest that was found where it takes none."""
    if not isinstance(schema, dict):
        return None
    return json.loads(_smallest(json.dumps(schema)))


@lru_cache(MOST_KEPT)
def _smallest(text: str) -> str:
    # jsonschema-rs takes a while to load, and only a model that is asked for a schema needs it.
    import jsonschema_rs

    schema = json.loads(text)
    try:
        taken = jsonschema_rs.validator_for(schema).is_valid
    except ValueError:
        return _dumps(next(_Search(schema).values(schema, DEPTHS[-1]), None))
    nearest: list[Any] = []
    for depth in DEPTHS:
        search = _Search(schema)
        try:
            for value in islice(search.values(schema, depth), MOST_TRIES):
                if taken(value):
                    return _dumps(value)
                nearest.append(value)
        except (_Exhausted, RecursionError):
            break
    return _dumps(nearest[0] if nearest else None)


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


class _Search:
    """Walks through the values of the schemas inside one document."""

    def __init__(self, root: Schema) -> None:
        self._root = root
        self._steps = 0

    def values(self, schema: Any, depth: int) -> Iterator[Any]:
        """Values that the schema takes, the small ones first, none of them deeper than `depth`."""
        self._steps += 1
        if self._steps > MOST_STEPS:
            raise _Exhausted
        if depth <= 0 or schema is False:
            return
        schema = flat(schema, self._root)
        for word in BRANCHES:
            if schema.get(word):
                rest = {key: value for key, value in schema.items() if key != word}
                for branch in sorted(schema[word], key=weight):
                    if branch is not False:
                        yield from self.values(merge(rest, flat(branch, self._root)), depth - 1)
                return
        if "const" in schema or "enum" in schema:
            given = [schema["const"]] if "const" in schema else schema["enum"]
            yield from (value for value in given if _allows(schema, value))
            return
        for kind in _kinds(schema):
            yield from self._of_kind(kind, schema, depth)

    def _of_kind(self, kind: str, schema: Schema, depth: int) -> Iterator[Any]:
        match kind:
            case "object":
                yield from self._objects(schema, depth)
            case "array":
                yield from self._arrays(schema, depth)
            case "string":
                yield from texts(schema)
            case "integer" | "number":
                yield from numbers(schema, kind)
            case _:
                yield from PLAIN.get(kind, ())

    def _objects(self, schema: Schema, depth: int) -> Iterator[Any]:
        properties, more = schema.get("properties") or {}, schema.get("additionalProperties")
        wanted = list(dict.fromkeys(schema.get("required") or ()))
        least = int(schema.get("minProperties") or 0)
        wanted += [name for name in properties if name not in wanted][: max(0, least - len(wanted))]
        if more is not False:
            wanted += [f"more_{number}" for number in range(least - len(wanted))]
        made = {}
        for name in wanted:
            inner = properties.get(name, more if isinstance(more, dict) else {})
            found = list(islice(self.values(inner, depth - 1), 1))
            if not found:
                return
            made[name] = found[0]
        yield made

    def _arrays(self, schema: Schema, depth: int) -> Iterator[Any]:
        first = schema.get("prefixItems") or []
        least = int(schema.get("minItems") or 0)
        made: list[Any] = []
        for number in range(least):
            inner = first[number] if number < len(first) else schema.get("items", {})
            apart = made if schema.get("uniqueItems") else []
            found = [value for value in islice(self.values(inner, depth - 1), len(apart) + 1) if value not in apart]
            if not found:
                return
            made.append(found[0])
        yield made


def weight(schema: Any) -> int:
    """Branches that end a recursion first: null, then plain values, then the rest."""
    if not isinstance(schema, dict):
        return 0
    if "$ref" in schema:
        return 3
    return {"null": 0, "array": 1, "object": 2}.get(_kinds(schema)[0], 1)


def _kinds(schema: Schema) -> list[str]:
    """The types that a schema allows; one where it leaves it open."""
    if "type" in schema:
        return kinds_of(schema["type"]) or ["null"]
    for kind, words in _TELLING.items():
        if words & schema.keys():
            return [kind]
    return ["string"]


_TELLING = {
    "object": {"properties", "required", "additionalProperties", "minProperties"},
    "array": {"items", "minItems", "prefixItems"},
    "number": {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"},
}


def _allows(schema: Schema, value: Any) -> bool:
    """Whether what stands beside a constant lets it through, as far as types and numbers go."""
    kinds = kinds_of(schema["type"]) if "type" in schema else []
    match value:
        case bool():
            return not kinds or "boolean" in kinds
        case int() | float():
            whole = float(value).is_integer()
            return (not kinds or "number" in kinds or (whole and "integer" in kinds)) and fits(
                schema, Decimal(str(value))
            )
        case str():
            return not kinds or "string" in kinds
        case None:
            return not kinds or "null" in kinds
    return not kinds or ("array" if isinstance(value, list) else "object") in kinds
