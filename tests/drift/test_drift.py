"""Drift reports which source changed, and leaves out known differences."""

from __future__ import annotations

import copy
import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from antiphon.cli.drift import command
from antiphon.contract.openapi import bundle_document
from antiphon.drift import compare, document, sdk
from antiphon.drift.compare import expected_sources
from antiphon.drift.inventory import Inventory, InventoryEntry
from antiphon.drift.own_contract import ours
from antiphon.drift.recorded_shapes import recorded_version
from antiphon.drift.source_map import KnownDifference, known_differences
from antiphon.errors import ConfigError, Exit

PUBLISHED = Path(__file__).parents[3] / "shared" / "facts" / "openai-openapi-2026-08.yaml"


def entry(what: str, kind: str, name: str) -> InventoryEntry:
    return InventoryEntry(what, kind, name)


def published() -> dict[str, Any]:
    if not PUBLISHED.is_file():
        pytest.skip("the published document is not at hand")
    return copy.deepcopy(dict(document.read_document(PUBLISHED)))


def moved(value: dict[str, Any]) -> list[tuple[str, str, str, str]]:
    found = compare.rows({"document": document.inventory(value)})
    return [(row["moved"], row["what"], row["kind"], row["name"]) for row in found]


def test_our_inventory_knows_fields_types_values_and_operations() -> None:
    mine = ours().entries

    assert entry("operation", "", "POST /responses") in mine
    assert entry("type", "event", "response.output_text.delta") in mine
    assert entry("type", "request.item", "function_call_output") in mine
    assert entry("field", "response", "reasoning.effort") in mine
    assert entry("field", "item.listed:message", "content") in mine
    assert entry("value", "response", "status=queued") in mine
    assert entry("field", "query.retrieve", "starting_after") in mine


def test_our_inventory_knows_where_things_come_from() -> None:
    mine = ours()

    assert expected_sources(entry("field", "request.create", "model"), mine) == {"document", "sdk"}
    assert expected_sources(entry("field", "request.create", "access_programs"), mine) == {"sdk"}
    assert "document" not in expected_sources(entry("operation", "", "POST /responses/{response_id}/compact"), mine)
    assert expected_sources(entry("field", "request.create", "nothing"), mine) == frozenset()


def test_the_published_document_has_not_moved() -> None:
    assert moved(published()) == []


def test_operations_of_a_beta_are_known() -> None:
    value = published()
    value["paths"]["/responses?beta=true"] = value["paths"]["/responses"]

    assert moved(value) == []


def test_a_new_field_of_the_document_is_told() -> None:
    value = published()
    value["components"]["schemas"]["ReasoningItem"]["properties"]["mood"] = {"type": "string"}

    assert ("document added it", "field", "item.output:reasoning", "mood") in moved(value)


def test_a_new_event_of_the_document_is_told_once() -> None:
    value = published()
    tag = {"type": "string", "enum": ["response.thought.delta"]}
    value["components"]["schemas"]["ThoughtEvent"] = {"type": "object", "properties": {"type": tag, "delta": {}}}
    union = value["components"]["schemas"]["ResponseStreamEvent"]
    union[next(word for word in ("anyOf", "oneOf") if word in union)].append(
        {"$ref": "#/components/schemas/ThoughtEvent"}
    )

    assert moved(value) == [("document added it", "type", "event", "response.thought.delta")]


def test_what_the_document_drops_is_told() -> None:
    value = published()
    del value["components"]["schemas"]["ResponseUsage"]["properties"]["total_tokens"]
    del value["paths"]["/responses/compact"]

    found = moved(value)

    assert ("document dropped it", "field", "usage", "total_tokens") in found
    assert ("document dropped it", "operation", "", "POST /responses/compact") in found


def test_a_known_difference_that_is_gone_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    value = published()
    gone = KnownDifference("document", "field", "usage", "never_there", "It was there once.")
    monkeypatch.setattr(compare, "known_differences", lambda: (*known_differences(), gone))

    assert [row[0] for row in moved(value)] == [
        "document no longer differs here; take the entry out of spec/drift.yaml"
    ]


def test_two_that_agree_against_us_leave_us_behind() -> None:
    new = entry("field", "usage", "moon_tokens")
    theirs = {name: Inventory(dict(ours().entries), kinds=set(ours().kinds)) for name in ("document", "sdk")}
    for each in theirs.values():
        each.add(new)

    (row,) = [row for row in compare.rows(theirs) if row["name"] == "moon_tokens"]

    assert row == {
        "what": "field", "kind": "usage", "name": "moon_tokens", "document": True, "sdk": True, "wire": None,
        "ours": False, "moved": "we are behind",
    }  # fmt: skip


def test_our_own_bundle_is_a_document(tmp_path: Path) -> None:
    path = tmp_path / "bundle.json"
    path.write_text(json.dumps(bundle_document()))

    found = document.inventory(document.read_document(path))

    assert entry("operation", "", "POST /responses") in found.entries
    assert entry("field", "query.input_items", "before") in found.entries


@pytest.mark.skipif(find_spec("openai") is None, reason="the package openai is not installed")
def test_the_recorded_sdk_has_not_moved() -> None:
    found = compare.rows({"sdk": sdk.inventory()})
    if sdk.installed_version() == recorded_version("sdk"):
        assert compare.text(found) == []
    assert {row["moved"] for row in found} <= {"sdk added it"}  # what a newer one lacks or changes would break a client


def test_a_version_that_was_not_recorded_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sdk, "installed_version", lambda: "99.0.0")
    monkeypatch.setattr(sdk, "inventory", Inventory)

    ran = CliRunner().invoke(command, ["--sdk"])

    assert f"openai 99.0.0; the contract was read from {recorded_version('sdk')}" in ran.output


def test_an_sdk_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sdk, "installed_version", lambda: None)

    ran = CliRunner().invoke(command, ["--sdk"])

    assert ran.exit_code == 0
    assert "not installed" in ran.output


@pytest.mark.parametrize(
    ("text", "says"),
    [("- just\n- a list", "not an OpenAPI document"), ("a: [", "neither YAML nor JSON"), ("{}", "it has no paths")],
)
def test_what_is_no_document_is_refused(text: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "api.yaml"
    path.write_text(text)

    with pytest.raises(ConfigError, match=says):
        document.read_document(path)


def test_a_missing_document_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        document.read_document(tmp_path / "none.yaml")


def test_a_strange_document_is_survived(tmp_path: Path) -> None:
    path = tmp_path / "api.yaml"
    loop = {"$ref": "#/components/schemas/Response"}
    value = {
        "paths": {"/responses": {"post": {}}},
        "components": {"schemas": {"Response": loop, "Tool": {"anyOf": [loop]}}},
    }
    path.write_text(yaml.safe_dump(value))

    found = document.inventory(document.read_document(path))

    assert entry("operation", "", "POST /responses") in found.entries


def recorded(tmp_path: Path, **more: Any) -> Path:
    path = tmp_path / "reply.json"
    path.write_text(json.dumps({"object": "response.input_tokens", "input_tokens": 3, **more}))
    return path


def test_a_transcript_without_news_has_not_moved(tmp_path: Path) -> None:
    ran = CliRunner().invoke(command, ["--transcript", str(recorded(tmp_path))])

    assert ran.exit_code == 0
    assert "nothing moved" in ran.output


def test_what_the_wire_has_beyond_the_contract_is_told(tmp_path: Path) -> None:
    ran = CliRunner().invoke(
        command, ["--transcript", str(recorded(tmp_path, moon_tokens=1)), "--json"], standalone_mode=False
    )

    assert ran.return_value == Exit.STALE
    (row,) = json.loads(ran.stdout)["moved"]
    assert (row["moved"], row["kind"], row["name"], row["wire"]) == (
        "wire added it",
        "input-tokens",
        "moon_tokens",
        True,
    )


def test_a_known_difference_names_kinds_that_exist() -> None:
    kinds = ours().kinds

    assert [each for each in known_differences() if "*" not in each.kind and each.kind not in kinds] == []
