"""The types of a result are those of its published schema."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NotRequired, get_args, get_origin, get_type_hints, is_typeddict

import pytest
from tests.report import made

from antiphon.contract.paths import spec_dir
from antiphon.report import result_model
from antiphon.report.files import load_result, write_json
from antiphon.report.result_model import Result

SCHEMA = json.loads((spec_dir() / "result.schema.json").read_text(encoding="utf-8"))
TYPES = {str: "string", int: "integer", float: "number", bool: "boolean", type(None): "null"}


def differences(kind: Any, schema: dict[str, Any], at: str = "") -> Iterator[str]:
    """Where a type and a schema say different things of a value."""
    if "$ref" in schema:
        yield from differences(kind, SCHEMA["$defs"][schema["$ref"].removeprefix("#/$defs/")], at)
    elif get_origin(kind) is list:
        yield from differences(get_args(kind)[0], schema["items"], f"{at}[]")
    elif get_origin(kind) is dict:
        for each in [*schema.get("properties", {}).values(), schema["additionalProperties"]]:
            if isinstance(each, dict):
                yield from differences(get_args(kind)[1], each, f"{at}{{}}")
    elif is_typeddict(kind):
        hints, marked = get_type_hints(kind), get_type_hints(kind, include_extras=True)
        required = {name for name, each in marked.items() if get_origin(each) is not NotRequired}
        if hints.keys() != schema["properties"].keys() or required != set(schema.get("required", ())):
            yield f"{at}: {kind.__name__} has other keys, or requires others"
        for name in hints.keys() & schema["properties"].keys():
            yield from differences(hints[name], schema["properties"][name], f"{at}/{name}")
    else:
        known = {TYPES[each] for each in get_args(kind) or (kind,)}
        if known != types_of(schema):
            yield f"{at}: {sorted(known)} is not {sorted(types_of(schema))}"


def types_of(schema: dict[str, Any]) -> set[str]:
    """The types of a value that is no object and no array."""
    if "type" in schema:
        return {schema["type"]} if isinstance(schema["type"], str) else set(schema["type"])
    return {TYPES[type(each)] for each in schema.get("enum", [schema.get("const")])}


def test_the_types_are_those_of_the_schema() -> None:
    assert list(differences(Result, SCHEMA)) == []


def test_a_difference_is_found() -> None:
    planted = {**SCHEMA, "properties": {**SCHEMA["properties"], "calls": {"type": "string"}}}

    assert list(differences(Result, planted)) == ["/calls: ['integer'] is not ['string']"]
    assert list(differences(result_model.ResultRuns, {"properties": {"judged": {"type": "integer"}}}, "/runs")) == [
        "/runs: ResultRuns has other keys, or requires others"
    ]


@pytest.mark.parametrize("name", ["gateway.json", "reference.json"])
def test_a_result_that_is_read_and_written_keeps_its_bytes(name: str, tmp_path: Path) -> None:
    write_json(tmp_path / name, load_result(made.DATA / name))

    again = tmp_path / f"again-{name}"
    write_json(again, load_result(tmp_path / name))
    assert again.read_bytes() == (tmp_path / name).read_bytes() == (made.DATA / name).read_bytes()
