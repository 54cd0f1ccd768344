"""The server as a process, and its pieces that need no socket."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import Any

import httpx
import jsonschema
import pytest
from tests.server.server_wire import MODEL

from antiphon.server.errors import ApiError
from antiphon.server.model import tokens
from antiphon.server.model.smallest import smallest
from antiphon.server.state.sealed_content import seal, unseal
from antiphon.server.state.store import MOST_RESPONSES, Record, Store
from antiphon.server.validate.schemas import UnsupportedSchema, check_strict

SERVE = "from antiphon.server import *; serve_forever(ServerSettings(), lambda url: print(url, flush=True))"


def test_a_process_serves_until_it_is_interrupted() -> None:
    with subprocess.Popen([sys.executable, "-c", SERVE], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            url = process.stdout.readline().strip()
            assert httpx.post(f"{url}/responses", json={"model": MODEL, "input": "hi"}).status_code == 200
        finally:
            process.send_signal(signal.SIGINT)
        process.wait(5)


@pytest.mark.parametrize("text", ["", " ", "Hello from here. Ça va ?", "a\n\n b  ", "你好👋", "x" * 50])
def test_tokens_join_to_the_text(text: str) -> None:
    assert "".join(tokens.pieces(text)) == text
    assert tokens.count(text) == len(tokens.pieces(text))


SCHEMAS: list[dict[str, Any]] = [
    {"type": "object"},
    {"type": "object", "properties": {"a": {"const": 5}, "b": {"enum": ["x", "y"]}}, "required": ["a", "b"]},
    {"type": "object", "properties": {"a": {"type": ["integer", "null"], "minimum": 3}}, "required": ["a"]},
    {"type": "object", "properties": {"a": {"type": "number", "exclusiveMaximum": -1.5}}, "required": ["a"]},
    {
        "type": "object",
        "properties": {"a": {"type": "array", "minItems": 2, "items": {"type": "string"}}},
        "required": ["a"],
    },
    {"type": "object", "properties": {"a": {"type": "string", "minLength": 3}}, "required": ["a"]},
    {"type": "object", "properties": {"a": {"type": "string", "format": "date-time"}}, "required": ["a"]},
    {
        "$defs": {
            "n": {
                "type": "object",
                "properties": {"next": {"anyOf": [{"$ref": "#/$defs/n"}, {"type": "null"}]}},
                "required": ["next"],
            }
        },
        "$ref": "#/$defs/n",
    },
    {
        "allOf": [
            {"type": "object", "properties": {"a": {"type": "boolean"}}, "required": ["a"]},
            {
                "type": "object",
                "properties": {"b": {"type": "integer", "multipleOf": 7, "minimum": 8}},
                "required": ["b"],
            },
        ]
    },
]


@pytest.mark.parametrize("schema", SCHEMAS)
def test_the_smallest_value_fits_its_schema(schema: dict[str, Any]) -> None:
    jsonschema.validate(smallest(schema), schema)


def nested(levels: int) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "object", "properties": {}, "required": [], "additionalProperties": False}
    for _ in range(levels - 1):
        schema = {**schema, "properties": {"a": schema}, "required": ["a"]}
    return schema


def test_strict_schemas_have_at_most_ten_levels() -> None:
    check_strict(nested(10))
    with pytest.raises(UnsupportedSchema, match="levels"):
        check_strict(nested(11))


@pytest.mark.parametrize(
    "change", [{"additionalProperties": True}, {"required": []}, {"type": "array"}, {"anyOf": []}, {"allOf": [{}]}]
)
def test_strict_schemas_keep_to_the_subset(change: dict[str, Any]) -> None:
    with pytest.raises(UnsupportedSchema):
        check_strict({**nested(2), **change})


def test_a_seal_opens_only_unchanged() -> None:
    first, second = seal({"item": "rs_1"}), seal({"item": "rs_1"})
    assert first != second
    assert unseal(first) == unseal(second) == {"item": "rs_1"}
    for broken in ("", "gAAAA", first[:-8] + "AAAAAAA=", "x" + first, first + "é"):
        with pytest.raises(ApiError):
            unseal(broken)


def test_the_store_forgets_the_oldest() -> None:
    store = Store()
    for number in range(MOST_RESPONSES + 3):
        response = {"id": f"resp_{number}", "background": False, "status": "completed", "output": []}
        store.add(Record(response=response, body={}, history=[], input=[]))
    assert store.get("resp_2") is None
    assert store.get("resp_3") is not None
