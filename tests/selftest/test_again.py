"""A fault that is not caught exactly is tried once more, alone, and only what repeats counts."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest

from antiphon.contract.depth import Depth
from antiphon.selftest import prove
from antiphon.selftest.bench import PlayedVerdicts
from antiphon.selftest.proof import Proof, proof_of
from antiphon.server.behaviour.fault import Fault
from antiphon.server.faults import catalogue

NAMES = ["usage-total-wrong", "format-ignored", "created-at-float"]


class Right:
    """A bench that nothing was played on."""

    def __init__(self, edition: str, depth: Depth) -> None:
        self.edition, self.depth = edition, depth
        self.right, self.tests = PlayedVerdicts({}), frozenset({"x.py::one"})


def tried(
    wrong: Mapping[int, set[str]], monkeypatch: pytest.MonkeyPatch, calls: int | None = None
) -> tuple[list[list[str]], list[Proof], Any]:
    """What was tried together, what was told of it, and what was found, where faults are missed at some looks."""
    looks: list[list[str]] = []

    def proofs(
        tasks: Sequence[tuple[Fault, str]], benches: object, workers: int, most: int | None = None
    ) -> Iterator[Proof]:
        if not tasks:
            return
        assert most == (None if looks else calls)
        looks.append([fault.name for fault, _ in tasks])
        assert workers == 1 or len(looks) <= (1 if calls is None else 2)
        for fault, edition in tasks:
            missed = fault.name in wrong.get(len(looks), set())
            right = dict.fromkeys(fault.breaks, "pass")
            yield proof_of(
                fault, edition, PlayedVerdicts(right), PlayedVerdicts(right if missed else dict.fromkeys(right, "fail"))
            )

    monkeypatch.setattr(prove, "Bench", Right)
    monkeypatch.setattr(prove, "_proofs", proofs)
    told: list[Proof] = []
    return looks, told, prove.prove(NAMES, tell=told.append, calls=calls)


def test_what_some_calls_do_not_show_is_played_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    looks, told, found = tried({1: {"format-ignored"}}, monkeypatch, calls=100)

    assert looks[1:] == [["format-ignored"]]
    assert len(told) == 3
    assert not any(proof.first for proof in found.proofs.values())
    assert all(proof.holds for proof in found.proofs.values())


def test_what_is_caught_exactly_is_tried_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looks, told, found = tried({}, monkeypatch)

    assert [sorted(look) for look in looks] == [sorted(NAMES)]
    assert len(told) == 3
    assert not any(proof.first for proof in found.proofs.values())


def test_what_is_right_the_second_time_is_unsteady(monkeypatch: pytest.MonkeyPatch) -> None:
    looks, told, found = tried({1: {"format-ignored"}}, monkeypatch)

    assert looks[1:] == [["format-ignored"]]
    assert told[-1].is_unsteady
    assert found.proofs["format-ignored"].is_unsteady
    assert all(proof.holds for proof in found.proofs.values())


def test_what_repeats_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    both = {"format-ignored", "created-at-float"}
    looks, _, found = tried({1: both, 2: both}, monkeypatch)

    assert [len(look) for look in looks] == [3, 2]
    assert {name for name, proof in found.proofs.items() if not proof.holds} == both


def test_where_much_is_wrong_nothing_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prove, "MOST_AGAIN", 1)
    looks, _, found = tried({1: {"format-ignored", "created-at-float"}}, monkeypatch)

    assert len(looks) == 1
    assert sum(proof.holds for proof in found.proofs.values()) == 1


def test_a_fault_names_the_edition_that_it_is_shown_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prove, "Bench", Right)
    seen: list[tuple[str, str]] = []

    def proofs(
        tasks: Sequence[tuple[Fault, str]], benches: Mapping[str, Any], workers: int, most: int | None = None
    ) -> Iterator[Proof]:
        seen.extend((fault.name, benches[edition].edition) for fault, edition in tasks)
        yield from ()

    monkeypatch.setattr(prove, "_proofs", proofs)
    prove.prove(["usage-total-wrong", "done-marker-missing"])

    assert dict(seen) == {"usage-total-wrong": "openai-2026-08", "done-marker-missing": "open-responses-2026-04-24"}
    assert catalogue()["done-marker-missing"].needs == {"open-responses-2026-04-24"}
