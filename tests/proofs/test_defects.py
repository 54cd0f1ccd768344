"""The defects that users reported of real servers are caught, and a fault shows each.

That the fault really breaks what it names is proven by `antiphon selftest`, for all faults at once.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from antiphon.contract.load import contract
from antiphon.server.faults import catalogue

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "tests" / "data"
KNOWN = ROOT.parent / "shared" / "facts" / "defects.jsonl"
LEAST = 110


@cache
def defects() -> list[dict[str, Any]]:
    """Every defect, as it is written down."""
    read: list[dict[str, Any]] = yaml.safe_load((DATA / "defects.yaml").read_text())["defects"]
    return read


def caught() -> list[dict[str, Any]]:
    return [each for each in defects() if "unseen" not in each]


def test_the_data_fit_their_schema() -> None:
    schema = json.loads((DATA / "defects.schema.json").read_text())
    jsonschema.Draft202012Validator(schema).validate({"defects": defects()})

    assert len({each["id"] for each in defects()}) == len(defects())
    assert len({each["title"] for each in defects()}) == len(defects())


def test_nearly_all_are_caught() -> None:
    assert len(caught()) >= LEAST


@pytest.mark.parametrize("defect", caught(), ids=lambda defect: defect["id"])
def test_its_faults_break_what_catches_it(defect: dict[str, Any]) -> None:
    requirements = set(defect["requirements"])

    assert requirements <= contract().requirements.keys()
    for name in defect["faults"]:
        assert catalogue()[name].breaks & requirements, name


@pytest.mark.skipif(not KNOWN.is_file(), reason="no list of known defects next to the checkout")
def test_no_known_defect_is_left_out() -> None:
    known = {each["id"]: each for each in map(json.loads, KNOWN.read_text().splitlines())}

    assert {each["id"] for each in defects()} == known.keys()
    for each in defects():
        assert each["link"] == known[each["id"]]["url"]
        assert each["title"].lower() != known[each["id"]]["title"].lower()
