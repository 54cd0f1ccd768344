"""The order of value, within the room that a depth has."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from antiphon.selftest import choice
from antiphon.selftest.choice import best_choice
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


def test_the_best_choice_is_not_what_is_best_step_by_step(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = {"wide": 3, "left": 2, "right": 2}
    monkeypatch.setattr(choice, "calls_of", lambda scenarios: sum(calls[each] for each in scenarios))
    sides = [fault(f"{side} {number}", side, "wide") for side in ("left", "right") for number in range(2)]
    faults = [*sides, fault("far left", "left"), fault("far right", "right")]

    assert best_choice(faults, [], [frozenset(calls)], 4) == ["left", "right"]
    assert best_choice(faults, [], [frozenset(calls)], 3) == ["wide"]
    assert best_choice(faults, ["wide"], [frozenset(calls)], 5) == ["left", "wide"]


def test_a_set_counts_only_whole_and_each_edition_has_its_own_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "calls_of", lambda scenarios: len(list(scenarios)))
    both = Catchable("both", 5.0, frozenset({frozenset({"left", "right"})}))

    assert best_choice([both, fault("other", "other")], [], [frozenset({"left", "right", "other"})], 1) == ["other"]
    assert best_choice([both], [], [frozenset({"left"}), frozenset({"right"})], 1) == ["left", "right"]
