"""Every legal pair of a crossing is played, no other is, and what stands apart says why."""

import pytest

from antiphon.contract.crossing import Crossing, crossings

SURFACES = sorted(crossings())


def crossing(surface: str) -> Crossing:
    return crossings()[surface]


def played(surface: str) -> set[frozenset[str]]:
    return {pair for row in crossing(surface).rows for pair in row.pairs}


@pytest.mark.parametrize("surface", SURFACES)
def test_no_legal_pair_is_empty(surface: str) -> None:
    legal = set(crossing(surface).pairs) - crossing(surface).apart.keys()

    assert [sorted(pair) for pair in legal - played(surface)] == []


@pytest.mark.parametrize("surface", SURFACES)
def test_no_pair_that_stands_apart_is_played(surface: str) -> None:
    apart = crossing(surface).apart

    assert [sorted(pair) for pair in played(surface) & apart.keys()] == []
    assert apart.keys() <= set(crossing(surface).pairs)
    assert all(len(reason.split()) > 4 for reason in apart.values())


@pytest.mark.parametrize("surface", SURFACES)
def test_what_is_wanted_together_stands_in_one_row(surface: str) -> None:
    rows = [{value.name for value in row.values} for row in crossing(surface).rows]

    assert [sorted(wanted) for wanted in crossing(surface).together if not any(wanted <= row for row in rows)] == []


@pytest.mark.parametrize("surface", SURFACES)
def test_close_modes_and_contexts_meet_every_value(surface: str) -> None:
    rows = [{value.name for value in row.values} for row in crossing(surface).rows]
    wanted = [(cell, name) for cell in crossing(surface).closely for name in crossing(surface).close_values(cell)]

    assert [(sorted(cell), name) for cell, name in wanted if not any({*cell, name} <= row for row in rows)] == []


@pytest.mark.parametrize("surface", SURFACES)
def test_rows_have_a_value_of_each_factor_and_a_name_of_their_own(surface: str) -> None:
    factors = [factor.name for factor in crossing(surface).factors]
    values = [value.name for factor in crossing(surface).factors for value in factor.values]

    assert all([value.factor for value in row.values] == factors for row in crossing(surface).rows)
    assert len({row.id for row in crossing(surface).rows}) == len(crossing(surface).rows)
    assert len(set(values)) == len(values)
