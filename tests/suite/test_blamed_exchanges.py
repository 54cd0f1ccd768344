"""The exchange that a failed assertion is of, by the names in it and by what they were worked out from."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.report.made import exchange

from antiphon.recording.transcript import Transcript
from antiphon.suite.assertion_violation import explain


def of_a_filtered_list(played: Transcript) -> None:
    """A value of one of several is wrong."""
    named = [each for each in played if each.id != "played/1"]
    ids = {named[0].id}

    assert "nothing" in ids


def of_one_of_them(played: Transcript) -> None:
    """A value of one is wrong."""
    _, second, *_ = played
    length = len(second.id)
    double = 2 * length

    assert double == 0


def of_a_list(played: Transcript) -> None:
    """A value of several is wrong."""
    early = [each for each in played if each.id < "played/3"]
    ids = [each.id for each in early]

    assert ids == []


FIRST = 0


def of_a_place(played: Transcript) -> None:
    """One is wrong, taken by its place."""
    assert played[FIRST].status == 404


def of_a_worked_out_place(played: Transcript) -> None:
    """A value of one is wrong, taken by its place."""
    length = len(played[FIRST + 2].id)

    assert length == 0


def of_an_assigned_place(played: Transcript) -> None:
    """One is wrong, taken by its place before."""
    third = played[2]
    length = len(third.id)

    assert length == 0


def of_all(played: Transcript) -> None:
    """A value of all is wrong."""
    count = len(played)

    assert count == 0


@pytest.mark.parametrize(
    ("test", "step"),
    [
        (of_a_filtered_list, 2),
        (of_one_of_them, 2),
        (of_a_list, 1),
        (of_a_place, 1),
        (of_a_worked_out_place, 3),
        (of_an_assigned_place, 3),
        (of_all, 4),
    ],
    ids=lambda case: getattr(case, "__name__", case),
)
def test_the_exchange_is_the_one_that_a_value_was_worked_out_from(
    test: Callable[[Transcript], None], step: int
) -> None:
    played = Transcript("played", tuple(exchange(name=f"played/{number}") for number in range(1, 5)))
    with pytest.raises(AssertionError) as raised:
        test(played)

    found = explain(raised.value, test, {"played": played})

    assert found.exchange == f"played/{step}"
    assert {found.exchange, *found.others} == ({found.exchange} if test is of_a_place else {each.id for each in played})
