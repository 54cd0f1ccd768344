"""What counts as proven: the whole map of verdicts, with and without a fault."""

import pytest

from antiphon.contract.consequences import Consequences
from antiphon.proving.bench import DEVIATES
from antiphon.selftest import proof_of, unproven
from antiphon.server.faults.base import Fault, one

FAULT = Fault(name="wrong", says="It is wrong.", breaks=one("a.b"), implies=one("c.d"), hides=one("e.f"))
RIGHT = {"a.b": "pass", "c.d": "pass", "e.f": "pass", "g.h": "pass", "i.j": "not-testable"}


@pytest.mark.parametrize(
    "after",
    [
        {"a.b": "fail"},
        {"a.b": "warn", "c.d": "fail"},
        {"a.b": DEVIATES, "c.d": "not-testable", "e.f": "not-applicable"},
    ],
)
def test_a_fault_that_breaks_what_it_names_and_what_is_known_to_follow_is_proven(after: dict[str, str]) -> None:
    assert proof_of(FAULT, "edition", RIGHT, RIGHT | after).holds


def test_what_is_named_and_not_broken_is_missed() -> None:
    proof = proof_of(FAULT, "edition", RIGHT, RIGHT | {"a.b": "not-testable"})

    assert proof.missed == {"a.b"}
    assert not proof.holds


def test_what_is_broken_and_not_named_is_collateral() -> None:
    proof = proof_of(FAULT, "edition", RIGHT, RIGHT | {"a.b": "fail", "g.h": "warn"})

    assert proof.collateral == {"g.h"}
    assert not proof.holds


@pytest.mark.parametrize(
    ("requirement", "verdict"), [("g.h", "not-testable"), ("e.f", "error"), ("i.j", "pass"), ("g.h", "error")]
)
def test_a_verdict_that_changes_unforeseen_is_told(requirement: str, verdict: str) -> None:
    proof = proof_of(FAULT, "edition", RIGHT, RIGHT | {"a.b": "fail", requirement: verdict})

    assert proof.unforeseen == {requirement}
    assert not proof.holds


def test_what_may_only_be_hidden_may_not_be_broken() -> None:
    assert not proof_of(FAULT, "edition", RIGHT, RIGHT | {"a.b": "fail", "e.f": "fail"}).holds


def test_requirements_without_a_fault_that_was_caught_are_unproven() -> None:
    caught = proof_of(FAULT, "edition", RIGHT, RIGHT | {"a.b": "fail"})
    missed = proof_of(FAULT, "edition", RIGHT, RIGHT)

    assert unproven([caught], ["a.b", "g.h"]) == ["g.h"]
    assert unproven([missed], ["a.b"]) == ["a.b"]


def test_consequences_are_empty_by_default() -> None:
    assert Consequences() == Consequences(frozenset(), frozenset())
