"""The order of value, within the room that a depth has."""

from __future__ import annotations

from collections.abc import Sequence

from antiphon.selftest.value import Catchable, by_value, value_of


def fault(name: str, *shown_by: str, weight: float = 1.0) -> Catchable:
    """A fault that each of these scenarios shows."""
    return Catchable(name, weight, frozenset(frozenset({each}) for each in shown_by))


FAULTS = [fault("one", "rich"), fault("two", "rich", "poor"), fault("three", "other", weight=0.5)]


def test_what_shows_most_comes_first() -> None:
    assert by_value(FAULTS) == ["rich", "other"]


def test_what_does_not_fit_is_left_out() -> None:
    def fits(scenarios: Sequence[str]) -> bool:
        return "rich" not in scenarios

    assert by_value(FAULTS, fits=fits) == ["poor", "other"]
    assert by_value(FAULTS, ["other"], fits=lambda scenarios: len(scenarios) < 2) == ["other"]


def test_value_is_that_of_what_is_shown() -> None:
    assert value_of(FAULTS, ["poor", "other"]) == 1.5
    assert value_of(FAULTS, []) == 0
