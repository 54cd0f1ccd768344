"""The schemas are whole, valid, and name the field that is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import jsonschema_rs
import pytest
import yaml

from antiphon.contract.paths import spec_dir
from antiphon.contract.schemas import Drift, Schemas
from antiphon.contract.schemas_bundle import components
from antiphon.contract.schemas_load import relaxations, relaxed_editions
from antiphon.contract.schemas_patch import patched
from antiphon.errors import ConfigError, SpecError

HOSTED = {
    "web_search_call": "in_progress searching completed",
    "file_search_call": "in_progress searching completed",
    "code_interpreter_call": "in_progress interpreting completed",
    "image_generation_call": "in_progress generating partial_image completed",
    "mcp_call": "in_progress completed failed",
    "mcp_list_tools": "in_progress completed failed",
    "code_interpreter_call_code": "delta done",
    "mcp_call_arguments": "delta done",
    "function_call_arguments": "delta done",
    "custom_tool_call_input": "delta done",
    "shell_call_command": "added delta done",
    "shell_call_output_content": "delta done",
    "output_item": "added done",
    "content_part": "added done",
    "output_text": "delta done annotation.added",
    "refusal": "delta done",
    "reasoning_text": "delta done",
    "reasoning_summary_part": "added done",
    "reasoning_summary_text": "delta done",
    "audio": "delta done transcript.delta transcript.done",
    "compaction": "compacting",
}
LIFECYCLE = "created queued in_progress completed failed incomplete"
EVENTS = {"error"} | {f"response.{name}" for name in LIFECYCLE.split()}
EVENTS |= {f"response.{stem}.{end}" for stem, ends in HOSTED.items() for end in ends.split()}
WIRE_EVENTS = {
    "keepalive",
    "response.rate_limits.updated",
    "response.apply_patch_call_operation_diff.delta",
    "response.apply_patch_call_operation_diff.done",
}
OPEN_EVENTS = {"response.reasoning.delta", "response.reasoning.done"}
ITEM_TYPES = """
additional_tools apply_patch_call apply_patch_call_output code_interpreter_call compaction computer_call
computer_call_output custom_tool_call custom_tool_call_output file_search_call function_call function_call_output
image_generation_call local_shell_call local_shell_call_output mcp_approval_request mcp_approval_response mcp_call
mcp_list_tools message program program_output reasoning shell_call shell_call_output tool_search_call
tool_search_output web_search_call
"""
TOOL_TYPES = """
apply_patch code_interpreter computer computer_use_preview custom file_search function image_generation local_shell
mcp namespace programmatic_tool_calling shell tool_search web_search web_search_2025_08_26 web_search_preview
web_search_preview_2025_03_11
"""
PART_TYPES = (
    "input_text input_image input_file output_text refusal reasoning_text summary_text computer_screenshot text"
)
WEBHOOKS = {"response.completed", "response.failed", "response.incomplete", "response.cancelled"}
OUTPUT_ITEMS, TOOLS, PARTS = set(ITEM_TYPES.split()), set(TOOL_TYPES.split()), set(PART_TYPES.split())


def test_every_event_type_has_a_schema() -> None:
    assert len(EVENTS) == 59
    assert set(Schemas().event_types()) == EVENTS | WIRE_EVENTS
    assert set(Schemas("open-responses-2026-04-24").event_types()) == EVENTS | WIRE_EVENTS | OPEN_EVENTS


def test_every_item_type_has_a_schema_in_each_place() -> None:
    schemas = Schemas()
    assert set(schemas.types("item.output")) == OUTPUT_ITEMS
    assert set(schemas.types("item.added")) == OUTPUT_ITEMS
    assert set(schemas.types("item.compacted")) == OUTPUT_ITEMS
    assert set(schemas.types("item.listed")) == OUTPUT_ITEMS | {"configuration_update"}
    assert set(schemas.types("item.conversation")) == OUTPUT_ITEMS | {"configuration_update"}
    requested = {"configuration_update", "compaction_trigger", "item_reference"}
    assert set(schemas.item_types()) == OUTPUT_ITEMS | requested


def test_every_part_annotation_tool_and_tool_choice_has_a_schema() -> None:
    schemas = Schemas()
    assert set(schemas.types("part")) == PARTS
    assert set(schemas.types("annotation")) == {"file_citation", "url_citation", "container_file_citation", "file_path"}
    assert set(schemas.types("tool")) == TOOLS
    assert len(schemas.types("tool-choice")) == 15
    assert set(schemas.types("event.webhook")) == WEBHOOKS
    assert set(schemas.types("event.client")) == {"response.create", "response.steer"}


def test_the_request_and_the_response_have_every_field() -> None:
    schemas = Schemas()
    assert len(schemas.describe("request.create").fields) == 35
    response = {field.name: field for field in schemas.describe("response").fields}
    assert len(response) == 44
    assert response["store"].sources == ("or", "wire")
    assert response["id"].required
    assert not response["usage"].required


def _files() -> Iterator[str]:
    for path in sorted((spec_dir() / "schemas").rglob("*.yaml")):
        if path.name != "kinds.yaml":
            yield path.relative_to(spec_dir() / "schemas").as_posix()


@pytest.mark.parametrize("file", list(_files()))
def test_every_file_holds_valid_schemas_and_says_its_address(file: str) -> None:
    document = yaml.safe_load((spec_dir() / "schemas" / file).read_text(encoding="utf-8"))
    assert document["$id"] == f"https://antiphon.invalid/schemas/{file}"
    for schema in document["$defs"].values():
        jsonschema_rs.meta.validate({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema})


def _maps(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _maps(each)


@pytest.mark.parametrize("edition", relaxed_editions())
def test_every_reference_and_dispatch_of_an_edition_leads_somewhere(edition: str) -> None:
    schemas = Schemas(edition, date.min)
    for kind in schemas.kinds():
        for type in schemas.types(kind) or (None,):
            for node in _maps(schemas.schema(kind, type)):
                if "x-dispatch" in node:
                    types = schemas.types(node["x-dispatch"])
                    assert types, node
                    assert set(node.get("x-only", ())) <= set(types), node
                if "x-source" in node:
                    assert set(node["x-source"]) <= {"sdk", "wire", "or", "seed", "probe", "azure"}


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
    assert schemas.unknown("response.error", {"code": "new_code", "message": ""}) == [
        Drift("/code", "value", "new_code")
    ]
    assert schemas.unknown("response", {"metadata": {"anything": "goes"}, "tools": [3]}) == []


def test_older_traffic_is_held_to_the_schemas_of_its_day() -> None:
    event = {
        "type": "response.output_text.delta",
        "item_id": "msg_1",
        "output_index": 0,
        "content_index": 0,
        "delta": "a",
        "logprobs": [],
    }
    assert [error.expected for error in Schemas().validate("event", event)] == ["a field 'sequence_number'"]
    assert Schemas(day=date(2025, 5, 9)).validate("event", event) == []
    assert Schemas(day=date(2025, 6, 1)).validate("event", event) != []
    assert Schemas.at("openai-2026-08", 1746748800.0).validate("event", event) == []
    assert Schemas.at("openai-2026-08", 0.0).validate("event", event) == []


def test_an_edition_asks_more_or_less_than_its_base() -> None:
    seed = {
        "id": "resp_1",
        "object": "response",
        "created_at": 1741476542,
        "status": "completed",
        "output": [{**ITEM, "content": [{"type": "output_text", "text": "Once"}]}],
        "usage": {"input_tokens": 328, "output_tokens": 52, "total_tokens": 380},
    }
    seed["output"][0].pop("status")  # type: ignore[index]
    assert Schemas("oaiapi-in11-2026-01-30").validate("response", seed) == []
    assert Schemas("oaiapi-in11-2026-01-30").unknown("response", {**seed, "status": "queued"}) == [
        Drift("/status", "value", "queued")
    ]
    missing = [error.expected for error in Schemas().validate("response", seed)]
    assert "a field 'tool_choice'" in missing
    assert "a field 'store'" not in missing
    more = [error.expected for error in Schemas("open-responses-2026-04-24").validate("response", seed)]
    assert "a field 'store'" in more


def test_usage_is_null_only_while_a_response_is_not_finished() -> None:
    schemas = Schemas()

    def errors(status: str) -> list[str]:
        found = schemas.validate("response", {"status": status, "usage": None})
        return [error.pointer for error in found if error.keyword != "required"]

    assert errors("in_progress") == []
    assert errors("failed") == []
    assert errors("completed") == ["/usage"]


def test_what_does_not_exist_is_named_with_what_is_near() -> None:
    with pytest.raises(ConfigError, match=r"did you mean response or"):
        Schemas().validate("respnse", {})
    with pytest.raises(ConfigError, match="openai-2026-08"):
        Schemas("openai-2026-09")
    with pytest.raises(ConfigError, match="function_call"):
        Schemas().describe("item.output", "function_cal")


def test_relaxations_have_a_reason_and_evidence_with_a_source() -> None:
    for edition in relaxed_editions():
        entries = relaxations(edition)
        assert len({entry.id for entry in entries}) == len(entries)
        for entry in entries:
            assert entry.reason.endswith("."), entry.id
            assert entry.changes, entry.id
            assert all({"kind", "source", "where"} <= each.keys() for each in entry.evidence), entry.id
            recorded = [each for each in entry.evidence if each["kind"] == "recording"]
            assert all({"date", "counts"} <= each.keys() for each in recorded), entry.id


def test_the_components_of_a_bundle_are_valid_and_refer_to_each_other() -> None:
    found = components()
    assert {"event", "item.output", "response", "request.create", "chat.chunk"} <= found.keys()
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+", name) for name in found)
    for name, schema in found.items():
        jsonschema_rs.meta.validate({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema})
        for node in _maps(schema):
            assert "x-dispatch" not in node, name
            if isinstance(node.get("$ref"), str):
                assert node["$ref"].removeprefix("#/components/schemas/") in found, name
    parts = found["items.output.message"]["properties"]["content"]["items"]
    assert list(parts["discriminator"]["mapping"]) == ["output_text", "refusal"]


@pytest.mark.parametrize(
    ("change", "after"),
    [
        ({"at": "/type", "add": "null"}, {"type": ["string", "null"], "enum": ["a"]}),
        ({"at": "/enum", "add": ["b", "c"]}, {"type": "string", "enum": ["a", "b", "c"]}),
        ({"at": "/enum", "remove": "a"}, {"type": "string", "enum": []}),
        ({"at": "", "add": {"minLength": 1}}, {"type": "string", "enum": ["a"], "minLength": 1}),
        ({"at": "/maxLength", "set": 3}, {"type": "string", "enum": ["a"], "maxLength": 3}),
        ({"remove": "enum"}, {"type": "string"}),
    ],
)
def test_a_change_is_made_where_it_points(change: dict[str, Any], after: dict[str, Any]) -> None:
    assert patched({"type": "string", "enum": ["a"]}, {"schema": "x.yaml", **change}, "id") == after


@pytest.mark.parametrize(
    "change",
    [
        {"at": "/enum", "remove": "z"},
        {"at": "/enum", "add": "a"},
        {"at": "/nowhere/deep", "set": 1},
        {"at": "", "add": {"type": "integer"}},
        {"at": "/enum", "add": "b", "remove": "a"},
    ],
)
def test_a_change_that_does_not_fit_is_an_error(change: dict[str, Any]) -> None:
    with pytest.raises(SpecError, match=r"Relaxation some\.id"):
        patched({"type": "string", "enum": ["a"]}, {"schema": "x.yaml", **change}, "some.id")
