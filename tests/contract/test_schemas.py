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
from antiphon.contract.schemas.bundle import components
from antiphon.contract.schemas.library import editions_with_schemas
from antiphon.contract.schemas.validation import Schemas

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


@pytest.mark.parametrize("edition", editions_with_schemas())
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


def test_the_components_of_a_bundle_are_valid_and_refer_to_each_other() -> None:
    found = components()
    assert {"event", "item.output", "response", "request.create", "chat.chunk"} <= found.keys()
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+", name) for name in found)
    assert all(schema.get("$ref") != f"#/components/schemas/{name}" for name, schema in found.items())
    for name, schema in found.items():
        jsonschema_rs.meta.validate({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema})
        for node in _maps(schema):
            assert "x-dispatch" not in node, name
            if isinstance(node.get("$ref"), str):
                assert node["$ref"].removeprefix("#/components/schemas/") in found, name
    parts = found["items.output.message"]["properties"]["content"]["items"]
    assert list(parts["discriminator"]["mapping"]) == ["output_text", "refusal"]


@pytest.mark.parametrize(
    "kind", ["event", "event.websocket", "item.output", "item.listed", "tool", "part", "annotation"]
)
def test_every_type_has_a_sentence_of_its_own(kind: str) -> None:
    schemas = Schemas()
    said = [schemas.describe(kind, type).says for type in schemas.types(kind)]
    assert all(sentence.endswith(".") for sentence in said)
    assert len(set(said)) >= len(said) - 2
