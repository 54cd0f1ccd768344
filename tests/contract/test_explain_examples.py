"""Examples keep and break what they say."""

from __future__ import annotations

from collections import Counter

import pytest

from antiphon.contract.load import all_requirements, read_validated
from antiphon.contract.paths import spec_dir
from antiphon.contract.schemas.validation import Schemas
from antiphon.contract.streams import tables
from antiphon.explain.examples import example, handwritten
from antiphon.explain.smallest_value import smallest
from antiphon.explain.stream_examples import accepts, walk
from antiphon.explain.values import machines

AREAS = sorted(path.stem for path in (spec_dir() / "examples").glob("*.yaml"))


@pytest.mark.parametrize("area", AREAS)
def test_examples_are_of_requirements_of_their_area(area: str) -> None:
    assert read_validated(spec_dir() / "examples" / f"{area}.yaml", "examples")["area"] == area
    for name, each in handwritten(area).items():
        assert name in all_requirements()
        assert name.startswith(f"{area}.")
        assert each.keeps != each.breaks


def test_every_area_has_examples() -> None:
    areas = {each.area for each in all_requirements().values()}

    assert areas == set(AREAS)


def test_most_requirements_have_an_example() -> None:
    made = Counter(bool(example(name)) for name, each in all_requirements().items() if not each.excluded)

    assert made[True] >= 600
    assert made[True] > made[False]


def test_what_keeps_differs_from_what_breaks() -> None:
    for name in all_requirements():
        found = example(name)
        assert found is None or found.keeps != found.breaks, name


@pytest.mark.parametrize("kind", ["event", "item.output", "item.listed", "part", "annotation", "tool", "tool-choice"])
def test_the_smallest_value_keeps_its_schema(kind: str) -> None:
    schemas = Schemas()

    for type in schemas.types(kind):
        assert schemas.validate(kind, smallest(schemas, kind, type)) == [], type


def test_the_smallest_response_keeps_its_schema() -> None:
    schemas = Schemas()

    assert schemas.validate("response", smallest(schemas, "response")) == []


def test_a_walk_through_a_machine_is_legal() -> None:
    for what, machine in machines():
        assert accepts(machine, walk(machine)), what


def test_every_sum_has_an_example() -> None:
    assert [row.name for row in tables().sums if example(row.done.requirement) is None] == []
