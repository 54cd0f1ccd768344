"""Arguments and structured output are valid for any schema of the supported subset, however it is put together."""

from __future__ import annotations

import json
from typing import Any

import httpx
import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.server.server_wire import create

from antiphon.server.model.smallest import smallest
from antiphon.server.validate.schemas import check_strict

Schema = dict[str, Any]
PATTERNS = (
    "^[a-z]{3}$", "^\\d{4}-\\d{2}$", "^(red|green|blue)$", "^[A-Z][a-z]+( [A-Z][a-z]+)*$", "^@[a-zA-Z0-9_]+$",
    "^[^ab]x?y{2,4}$", "[0-9]", "^(\\w)\\1$", "^$", "^.{2,9}\\.(py|js)$", "^\\S+@\\S+$", "^(?:ab|cd)+?[\\s-]$",
)  # fmt: skip
FORMATS = ("date-time", "date", "time", "duration", "email", "hostname", "ipv4", "ipv6", "uuid")
NAMES = st.sampled_from(["a", "b", "größe", "x y", "$ref", "type", "properties", "enum", "0", ""])
SCALARS = st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=6)


@st.composite
def numbers(draw: st.DrawFn) -> Schema:
    """A number between bounds that leave something between them."""
    kind = draw(st.sampled_from(["integer", "number"]))
    step = draw(st.sampled_from([None, 1, 2, 7] if kind == "integer" else [None, 0.5, 0.25, 0.1, 3]))
    low = draw(st.integers(-1000, 1000))
    made: Schema = {"type": kind} | ({"multipleOf": step} if step else {})
    if draw(st.booleans()):
        made[draw(st.sampled_from(["minimum", "exclusiveMinimum"]))] = low
    if draw(st.booleans()):
        made[draw(st.sampled_from(["maximum", "exclusiveMaximum"]))] = low + draw(st.integers(15, 500))
    return made


@st.composite
def narrow_numbers(draw: st.DrawFn) -> Schema:
    """A number in a gap smaller than one."""
    low = draw(st.floats(-5, 5, allow_nan=False))
    return {"type": "number", "exclusiveMinimum": low, "exclusiveMaximum": low + draw(st.sampled_from([0.01, 0.3, 1]))}


@st.composite
def texts(draw: st.DrawFn) -> Schema:
    match draw(st.sampled_from(["plain", "pattern", "format"])):
        case "pattern":
            return {"type": "string", "pattern": draw(st.sampled_from(PATTERNS))}
        case "format":
            return {"type": "string", "format": draw(st.sampled_from(FORMATS))}
    least = draw(st.integers(0, 9))
    return {"type": "string", "minLength": least, "maxLength": least + draw(st.integers(0, 3))}


def constants() -> st.SearchStrategy[Schema]:
    return st.builds(lambda value: {"const": value}, SCALARS) | st.builds(
        lambda values: {"enum": values}, st.lists(SCALARS, min_size=1, max_size=4, unique_by=repr)
    )


def objects(inner: st.SearchStrategy[Schema]) -> st.SearchStrategy[Schema]:
    def closed(properties: Schema) -> Schema:
        kept = {"type": "object", "properties": properties, "required": list(properties)}
        return kept | {"additionalProperties": False}

    return st.dictionaries(NAMES, inner, max_size=4).map(closed)


@st.composite
def arrays(draw: st.DrawFn, inner: st.SearchStrategy[Schema]) -> Schema:
    least = draw(st.integers(0, 3))
    return {"type": "array", "items": draw(inner), "minItems": least, "maxItems": least + draw(st.integers(0, 2))}


REFERENCES: st.SearchStrategy[Schema] = st.sampled_from(
    [{"$ref": "#/$defs/leaf"}, {"$ref": "#/$defs/chain"}, {"$ref": "#/$defs/tree~1x"}]
)
LEAVES: st.SearchStrategy[Schema] = (
    numbers() | narrow_numbers() | texts() | constants() | REFERENCES
    | st.sampled_from([{"type": kind} for kind in ("boolean", "null", ["string", "null"], ["integer", "null"])])
)  # fmt: skip
NODES: st.SearchStrategy[Schema] = st.recursive(
    LEAVES,
    lambda inner: (
        objects(inner) | arrays(inner) | st.lists(inner, min_size=1, max_size=3).map(lambda each: {"anyOf": each})
    ),
    max_leaves=12,
)
CHAIN: Schema = {
    "type": "object", "additionalProperties": False, "required": ["value", "next"],
    "properties": {"value": {"$ref": "#/$defs/leaf"}, "next": {"anyOf": [{"$ref": "#/$defs/chain"}, {"type": "null"}]}},
}  # fmt: skip
TREE: Schema = {
    "type": "object", "additionalProperties": False, "required": ["children"],
    "properties": {"children": {"type": "array", "items": {"$ref": "#/$defs/tree~1x"}}},
}  # fmt: skip


@st.composite
def schemas(draw: st.DrawFn) -> Schema:
    """A schema of the subset, with definitions that refer to themselves."""
    leaf = draw(numbers() | texts() | constants())
    return {**draw(objects(NODES)), "$defs": {"leaf": leaf, "chain": CHAIN, "tree/x": TREE}}


def assert_valid(value: Any, schema: Schema) -> None:
    kind = jsonschema.Draft202012Validator
    kind(schema, format_checker=kind.FORMAT_CHECKER).validate(value)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(schemas())
def test_a_value_fits_any_schema_of_the_subset(schema: Schema) -> None:
    check_strict(schema) if "$ref" not in schema["properties"] else None
    assert_valid(smallest(schema), schema)


OUTSIDE: list[Schema] = [
    {"type": "object", "minProperties": 2},
    {"type": "object", "properties": {"a": {}}, "required": ["a", "b"], "additionalProperties": {"type": "integer"}},
    {"type": "array", "minItems": 3, "uniqueItems": True, "items": {"type": "integer", "minimum": 4}},
    {"type": "array", "minItems": 2, "uniqueItems": True, "items": {"enum": ["x", "y"]}},
    {"type": "array", "minItems": 2, "prefixItems": [{"const": 1}, {"type": "string"}]},
    {"oneOf": [{"type": "number"}, {"type": "integer", "minimum": 0}]},
    {"type": "integer", "not": {"enum": [0, 1, 2]}},
    {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"type": "integer", "minimum": 5}}},
    {"$ref": "#/$defs/a", "maximum": -3, "$defs": {"a": {"type": "number"}}},
    {"allOf": [{"type": "number", "minimum": 2}, {"type": "integer", "multipleOf": 3}, {"maximum": 5}]},
    {"anyOf": [{"required": ["a"]}, {"required": ["b"]}], "type": "object", "properties": {"a": False, "b": True}},
    {"type": "string", "pattern": "^(a|b)+$", "minLength": 9},
    {"type": "string", "pattern": "x", "minLength": 12, "maxLength": 12},
    {"type": "string", "format": "email", "minLength": 30, "maxLength": 32},
    {"type": "number", "multipleOf": 0.01, "exclusiveMinimum": 0.29, "exclusiveMaximum": 0.31},
    {"type": "integer", "minimum": 10**20},
]


@pytest.mark.parametrize("schema", OUTSIDE, ids=json.dumps)
def test_a_value_fits_schemas_outside_the_subset(schema: Schema) -> None:
    assert_valid(smallest(schema), schema)


def test_a_schema_that_takes_nothing_ends_the_search() -> None:
    endless = {"$defs": {"a": {"type": "object", "properties": {"b": {"$ref": "#/$defs/a"}}, "required": ["b"]}}}
    assert smallest({"$ref": "#/$defs/a", **endless}) is None
    assert smallest({"anyOf": [{"$ref": "#"}, {"$ref": "#"}]}) is None
    assert smallest({"type": "string", "pattern": "^a$", "minLength": 3}) is None


HARD: Schema = {
    "type": "object", "additionalProperties": False, "required": ["code", "steps", "next"],
    "properties": {
        "code": {"type": "string", "pattern": "^[A-Z]{2}-\\d{3}$"},
        "steps": {"type": "array", "minItems": 2, "items": {"$ref": "#/$defs/row"}},
        "next": {"anyOf": [{"$ref": "#"}, {"type": "null"}]},
    },
    "$defs": {
        "row": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/n"}},
        "n": {"type": "number", "multipleOf": 0.125, "minimum": 0.2, "maximum": 0.3},
    },
}  # fmt: skip


def test_a_function_and_a_format_get_valid_values(http: httpx.Client) -> None:
    """Over the wire, in arguments and in text alike."""
    tool = {"type": "function", "name": "plan", "parameters": HARD, "strict": True}
    format = {"type": "json_schema", "name": "plan", "schema": HARD, "strict": True}
    called = create(http, tools=[tool], tool_choice="required")
    said = create(http, text={"format": format})
    assert_valid(json.loads(called["output"][0]["arguments"]), HARD)
    assert_valid(json.loads(said["output"][0]["content"][0]["text"]), HARD)
