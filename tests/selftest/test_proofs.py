"""What counts as proven: the whole map of verdicts, with and without a fault."""

from dataclasses import replace

import pytest

from antiphon.cli.selftest import print_proof, summarise
from antiphon.selftest.bench import DEVIATES, PlayedVerdicts
from antiphon.selftest.proof import Proof, proof_of, score_of, unproven
from antiphon.server.behaviour.fault import Fault
from antiphon.server.faults.base import fault

FAULT = replace(fault("wrong", "It is wrong.", "a.b", implies="c.d"), hides=frozenset({"e.f"}))
RIGHT = {"a.b": "pass", "c.d": "pass", "e.f": "pass", "g.h": "pass", "i.j": "not-testable"}


def proven(after: dict[str, str], *failing: str, fault: Fault = FAULT) -> Proof:
    """What it proves that the verdicts of the right server became these, and that these tests fail."""
    return proof_of(fault, "edition", PlayedVerdicts(RIGHT), PlayedVerdicts(RIGHT | after, frozenset(failing)))


@pytest.mark.parametrize(
    "after",
    [
        {"a.b": "fail"},
        {"a.b": "warn", "c.d": "fail"},
        {"a.b": DEVIATES, "c.d": "not-testable", "e.f": "not-applicable"},
    ],
)
def test_a_fault_that_breaks_what_it_names_and_what_is_known_to_follow_is_proven(after: dict[str, str]) -> None:
    assert proven(after).holds


def test_what_is_named_and_not_broken_is_missed() -> None:
    proof = proven({"a.b": "not-testable"})

    assert proof.missed == {"a.b"}
    assert not proof.holds


def test_what_is_broken_and_not_named_is_collateral() -> None:
    proof = proven({"a.b": "fail", "g.h": "warn"})

    assert proof.collateral == {"g.h"}
    assert not proof.holds


@pytest.mark.parametrize(("requirement", "verdict"), [("g.h", "not-testable"), ("e.f", "error"), ("g.h", "error")])
def test_a_verdict_that_changes_unforeseen_is_told(requirement: str, verdict: str) -> None:
    proof = proven({"a.b": "fail", requirement: verdict})

    assert proof.unforeseen == {requirement}
    assert not proof.holds


def test_what_may_only_be_hidden_may_not_be_broken() -> None:
    assert not proven({"a.b": "fail", "e.f": "fail"}).holds


def test_requirements_without_a_fault_that_was_caught_are_unproven() -> None:
    caught = proven({"a.b": "fail"})
    missed = proven({})

    assert unproven([caught], ["a.b", "g.h"]) == ["g.h"]
    assert unproven([missed], ["a.b"]) == ["a.b"]


def test_what_comes_out_right_alone_holds_and_is_unsteady() -> None:
    proof = proven({"a.b": "fail", "g.h": "warn"}).again(proven({"a.b": "fail"}))

    assert proof.holds
    assert proof.is_unsteady
    assert proof.as_json()["first"]["collateral"] == ["g.h"]


def test_what_comes_out_wrong_twice_does_not_hold() -> None:
    proof = proven({"a.b": "fail", "g.h": "warn"}).again(proven({"a.b": "fail", "g.h": "fail"}))

    assert not proof.holds
    assert not proof.is_unsteady
    assert proof.outcome == "wide"


def test_the_summary_names_what_is_unsteady(capsys: pytest.CaptureFixture[str]) -> None:
    steady, missed = proven({"a.b": "fail"}), proven({}, fault=replace(FAULT, name="hidden"))
    unsteady = proven({}, fault=replace(FAULT, name="late")).again(
        proven({"a.b": "fail"}, fault=replace(FAULT, name="late"))
    )
    score = score_of([steady, unsteady, missed])

    assert (score.caught, score.missed, score.unsteady) == (2, 1, ("late",))
    assert score.as_json()["unsteady"] == ["late"]
    print_proof(unsteady)
    print_proof(steady)
    summarise(score)
    again, plain, named, total = capsys.readouterr().out.splitlines()
    assert again == "again, alone: caught  late: a.b"
    assert plain == "caught  wrong: a.b"
    assert named.endswith(": late")
    assert "1 missed" in total
    assert "1 unsteady" in total


def test_a_test_that_fails_under_no_fault_is_idle() -> None:
    score = score_of([proven({"a.b": "fail"}, "x.py::one")], ["x.py::one", "x.py::two"])

    assert score.idle == ("x.py::two",)
