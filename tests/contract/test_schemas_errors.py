"""An error names the field, and what is not known is drift."""

from __future__ import annotations

from typing import Any

import pytest

from antiphon.contract.schemas.validation import Drift, Schemas
from antiphon.errors import ConfigError

ITEM = {"id": "msg_1", "type": "message", "role": "assistant", "status": "completed"}
TEXT = {"type": "output_text", "text": "Hi", "annotations": [], "logprobs": []}


@pytest.mark.parametrize(
    ("kind", "value", "pointer", "expected"),
    [
        ("item.output", {**ITEM, "content": [TEXT, {"type": "refusal"}]}, "/content/1", "a field 'refusal'"),
        ("item.output", {**ITEM, "content": [{**TEXT, "text": 3}]}, "/content/0/text", "string"),
        (
            "item.output",
            {**ITEM, "content": [{"type": "input_text", "text": ""}]},
            "/content/0/type",
            "one of output_text, refusal",
        ),
        ("item.output", {**ITEM, "role": "user", "content": []}, "/role", "'assistant'"),
        ("item.output", {**ITEM, "content": [3]}, "/content/0", "object"),
        ("item.output", {"id": "msg_1"}, "", "a field 'type'"),
        ("item.output", 3, "", "object"),
        (
            "item.listed",
            {**ITEM, "content": [{"type": "input_text", "text": ""}]},
            "/content/0/type",
            "none of input_text",
        ),
        ("event", {"type": "response.created", "sequence_number": 0}, "", "a field 'response'"),
        ("usage", {"input_tokens": "3"}, "/input_tokens", "integer"),
        ("error", {"error": {"message": "", "type": "t", "param": None}}, "/error", "a field 'code'"),
        ("error", {"error": "no"}, "/error", "object"),
        ("request.create", {"model": "m", "max_output_tokens": 15}, "/max_output_tokens", "at least 16"),
        ("request.create", {"bogus": 1}, "/bogus", "no such field"),
        ("request.create", {"input": [{"role": "user"}]}, "/input/0", "a field 'content'"),
        ("request.create", {"input": [{"type": "nonsense"}]}, "/input/0", "reasoning, compaction"),
        ("request.create", {"tools": [{"type": "function"}]}, "/tools/0", "a field 'name'"),
        ("request.create", {"tools": [{"type": "function", "name": "a b"}]}, "/tools/0/name", "^[a-zA-Z0-9_-]+$"),
        ("request.create", {"tool_choice": "sometimes"}, "/tool_choice", "none, auto, required"),
        ("request.create", {"tool_choice": {"type": "function"}}, "/tool_choice", "a field 'name'"),
        ("request.create", {"metadata": {"k": "v" * 513}}, "/metadata/k", "at most 512 characters"),
        ("request.create", {"context_management": []}, "/context_management", "at least 1 entries"),
        ("request.chat.create", {"model": "m", "messages": []}, "/messages", "at least 1 entries"),
    ],
)
def test_an_error_names_the_field(kind: str, value: Any, pointer: str, expected: str) -> None:
    errors = Schemas().validate(kind, value)
    assert pointer in [error.pointer for error in errors]
    assert any(expected in error.expected for error in errors if error.pointer == pointer)
    assert len(errors) <= 20


def test_an_error_of_a_nested_object_has_its_whole_pointer_and_its_own_schema() -> None:
    event = {"type": "response.output_item.done", "sequence_number": 1, "output_index": 0}
    item = {**ITEM, "content": [{**TEXT, "annotations": [{"type": "file_path", "file_id": "f"}]}]}
    [error] = Schemas().validate("event", {**event, "item": item})
    assert error.pointer == "/item/content/0/annotations/0"
    assert error.schema == "annotations.yaml#/$defs/file_path"
    assert str(error) == "/item/content/0/annotations/0: expected a field 'index', got none"


def test_what_the_contract_does_not_know_is_no_error_but_drift() -> None:
    item = {**ITEM, "content": [{"type": "output_hologram", "depth": 3}, {**TEXT, "mood": "gay"}], "aside": {"a": 1}}
    schemas = Schemas()
    assert schemas.validate("item.output", item) == []
    assert sorted(schemas.unknown("item.output", item)) == [
        Drift("", "field", "aside"),
        Drift("/content/0", "type", "output_hologram"),
        Drift("/content/1", "field", "mood"),
    ]
    assert schemas.validate("event", {"type": "response.sneezed"}) == []
    assert schemas.unknown("event", {"type": "response.sneezed"}) == [Drift("", "type", "response.sneezed")]
    assert schemas.unknown("error.response", {"code": "new_code", "message": ""}) == [
        Drift("/code", "value", "new_code")
    ]
    assert schemas.unknown("response", {"metadata": {"anything": "goes"}, "tools": [3]}) == []


def test_what_does_not_exist_is_named_with_what_is_near() -> None:
    with pytest.raises(ConfigError, match=r"did you mean response"):
        Schemas().validate("respnse", {})
    with pytest.raises(ConfigError, match="openai-2026-08"):
        Schemas("openai-2026-09")
    with pytest.raises(ConfigError, match="function_call"):
        Schemas().describe("item.output", "function_cal")


def _nested(depth: int, inner: dict[str, Any]) -> dict[str, Any]:
    for _ in range(depth):
        inner = {"type": "and", "filters": [inner]}
    return {"type": "file_search", "vector_store_ids": [], "filters": inner}


def test_a_value_that_is_nested_deeply_is_no_trouble() -> None:
    schemas = Schemas()
    assert schemas.validate("tool", _nested(400, {"type": "eq", "key": "a", "value": 1})) == []
    [error] = schemas.validate("tool", _nested(400, {"type": "eq", "key": "a"}))
    assert error.expected == "a value of bounded depth"
    assert schemas.unknown("tool", _nested(900, {"type": "eq", "key": "a", "mood": 1})) == []
