"""Small changes to good exchanges: each breaks exactly the requirements that it names."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from tests.judge.exchanges import broken, changed, exchange_of, judged, read, spelled

from antiphon.contract.load import all_requirements
from antiphon.judge.registry import all_relations, judged_ids

CASES = read("broken")
ITEMS = read("items")
PLACES = {
    "output": ("retrieved", "/output/0"),
    "listed": ("listed", "/data/0"),
    "instructions": ("retrieved", "/instructions"),
}


REQUESTS_ONLY = {"item.schema.compaction-trigger"}
"""No schema of a reply knows such an item."""


def changes(place: str, item: Any) -> dict[str, Any]:
    """The changes that put an item in its place, and keep the ids of a page right."""
    if place == "/instructions":
        return {place: [item]}
    if place.startswith("/data"):
        return {place: item, "/first_id": item["id"]}
    return {place: item, "/usage/output_tokens_details/reasoning_tokens": 1}


def _frames(case: Mapping[str, Any], prefix: str, end: str) -> str:
    return "".join(f"{prefix}data: {json.dumps(chunk)}\n\n" for chunk in spelled(case)["chunks"]) + end


def _ready(case: Mapping[str, Any]) -> dict[str, Any]:
    made = {key: value for key, value in case.items() if key not in ("breaks", "edition")}
    if made.get("content") == "$named":
        made["content"] = _frames(made | {"content": ""}, "event: chunk\n", "data: [DONE]\n\n")
    elif made.get("content") == "$undone":
        made["content"] = _frames(made | {"content": ""}, "", "")
    return made


@pytest.mark.parametrize("case", CASES, ids=[f"{n}-{'+'.join(case['breaks'])}" for n, case in enumerate(CASES)])
def test_a_change_breaks_what_it_names_and_nothing_else(case: Mapping[str, Any]) -> None:
    ledger = judged(exchange_of(_ready(case)), edition=case.get("edition", "openai-2026-08"))

    assert broken(ledger) == set(case["breaks"])


@pytest.mark.parametrize("kind", list(ITEMS))
def test_an_item_is_held_to_the_schema_of_its_type(kind: str) -> None:
    case = ITEMS[kind]
    good = {"type": kind, **case["good"]}
    like, place = PLACES[case.get("in", "output")]
    spoiled = changed(good, case["bad"])
    requirement = f"item.schema.{kind.replace('_', '-')}"

    fine = judged(exchange_of({"like": like, "reply": changes(place, good)}))
    wrong = judged(exchange_of({"like": like, "reply": changes(place, spoiled)}))

    assert fine[requirement].judged == 1
    assert broken(fine) == set()
    assert broken(wrong) == {requirement}


def test_every_requirement_judged_on_the_wire_has_a_check_and_a_broken_example() -> None:
    wire = {
        each.id
        for each in all_requirements().values()
        if each.judged in ("wire", "both") and not each.excluded and each.area not in ("stream", "sse", "websocket")
    }
    related = {requirement for relation in all_relations() for requirement in relation.requirements}
    shown = {requirement for case in CASES for requirement in case["breaks"]}
    shown |= {f"item.schema.{kind.replace('_', '-')}" for kind in ITEMS}

    assert wire - judged_ids() - REQUESTS_ONLY == set()
    assert wire - shown - related - REQUESTS_ONLY == {"metadata.in-stream"}
