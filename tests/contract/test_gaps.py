"""An event, item, tool or parameter has its row, schema, example, sender and validator, or a reason for none."""

from __future__ import annotations

import pytest
from tests.contract.gaps import DATA, Places, gaps, places

from antiphon.contract.spec_files import read_yaml

REASONS = {gap: reason for reason, found in read_yaml(DATA / "gaps.yaml").items() for gap in found}


def test_what_stands_in_one_place_stands_in_all() -> None:
    new = [gap for gap in gaps(places()) if gap not in REASONS]

    assert new == [], "add what is missing, or a reason to tests/data/gaps.yaml"


def test_no_reason_is_left_of_a_gap_that_is_closed() -> None:
    assert set(REASONS) <= set(gaps(places()))


@pytest.mark.parametrize(
    ("sort", "place"), [(sort, place) for sort, where in places().items() for place in where if len(where) > 1]
)
def test_what_is_new_in_one_place_is_missed_in_the_others(sort: str, place: str) -> None:
    held = places()[sort]
    planted: Places = {sort: {each: {*names, "brand_new"} if each == place else names for each, names in held.items()}}

    missed = [gap for gap in gaps(planted) if "brand_new" in gap]
    assert missed == [f"{sort} brand_new: no {each}" for each in held if each != place]
