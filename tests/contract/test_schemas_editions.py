"""An edition is the published document and a list of small, reasoned changes."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from antiphon.contract.schemas.library import editions_with_schemas, relaxations
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
    assert patch({"type": "string", "enum": ["a"]}, {"schema": "x.yaml", **change}, "id") == after


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
        patch({"type": "string", "enum": ["a"]}, {"schema": "x.yaml", **change}, "some.id")
