"""An edition is the published document and a list of small, reasoned changes."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from typing import Any

import pytest

from antiphon.contract.schemas.library import editions_with_schemas, library, relaxations
from antiphon.contract.schemas.patch import patch
from antiphon.contract.schemas.validation import Drift, Schemas
from antiphon.errors import SpecError

ITEM = {"id": "msg_1", "type": "message", "role": "assistant", "status": "completed"}
TEXT = {"type": "output_text", "text": "Hi", "annotations": [], "logprobs": []}


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


def test_relaxations_have_a_reason_and_evidence_with_a_source() -> None:
    for edition in editions_with_schemas():
        entries = relaxations(edition)
        assert len({entry.id for entry in entries}) == len(entries)
        for entry in entries:
            assert entry.reason.endswith("."), entry.id
            assert entry.changes, entry.id
            assert all({"kind", "source", "where"} <= each.keys() for each in entry.evidence), entry.id
            recorded = [each for each in entry.evidence if each["kind"] == "recording"]
            assert all({"date", "counts"} <= each.keys() for each in recorded), entry.id


@pytest.mark.parametrize("edition", editions_with_schemas())
def test_a_patch_fits_on_every_day(edition: str) -> None:
    """Relaxations that have ended count for older traffic only: no patch may rest on the places of another."""
    days = {entry.until for entry in relaxations(edition) if entry.until}
    for held in (library(edition, day) for day in (date.min, *sorted(days), date.max)):
        for kind, where in held.kinds.items():
            assert held.definition(where) if isinstance(where, str) else held.family(kind) is not None


TEXT_OR_A = {"type": "string", "enum": ["a"]}


@pytest.mark.parametrize(
    ("operations", "after"),
    [
        (
            [{"op": "replace", "path": "/type", "value": ["string", "null"]}],
            {"type": ["string", "null"], "enum": ["a"]},
        ),
        ([{"op": "add", "path": "/enum/-", "value": "b"}], {"type": "string", "enum": ["a", "b"]}),
        (
            [{"op": "test", "path": "/enum/0", "value": "a"}, {"op": "remove", "path": "/enum/0"}],
            {"type": "string", "enum": []},
        ),
        ([{"op": "add", "path": "", "value": {"type": "object"}}], {"type": "object"}),
        ([{"op": "remove", "path": "/enum"}], {"type": "string"}),
    ],
)
def test_a_patch_is_applied_to_a_copy(operations: list[dict[str, Any]], after: dict[str, Any]) -> None:
    schema = deepcopy(TEXT_OR_A)
    assert patch(schema, {"schema": "x.yaml", "patch": operations}, "id") == after
    assert schema == TEXT_OR_A


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "test", "path": "/enum/0", "value": "z"},
        {"op": "replace", "path": "/nowhere", "value": 1},
        {"op": "add", "path": "/nowhere/deep", "value": 1},
        {"op": "remove", "path": "/enum/1"},
        {"op": "set", "path": "/enum", "value": 1},
    ],
)
def test_a_patch_that_does_not_fit_is_an_error(operation: dict[str, Any]) -> None:
    with pytest.raises(SpecError, match=r"Relaxation some\.id"):
        patch(TEXT_OR_A, {"schema": "x.yaml", "patch": [operation]}, "some.id")
