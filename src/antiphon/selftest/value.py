"""Value of scenarios: what each of them shows, and the order in which the most is shown per call."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from antiphon.contract.defects import Defect
from antiphon.contract.model import Contract, Level
from antiphon.exercise.budget.cost_estimates import cost_of, total
from antiphon.selftest.proof import Proof

Scenarios = frozenset[str]
LEVEL_WEIGHT = {Level.MUST: 3.0, Level.SHOULD: 2.0, Level.MAY: 1.0}
CLIENT_WEIGHT = 0.3
"""Of each known client that fails where the fault is."""
HARM_WEIGHT = {"sdk": 6.0, "agent": 5.0, "cosmetic": 3.0}


@dataclass(frozen=True)
class Catchable:
    """Something that a run may catch: a fault, a reported defect, or what is promised of a depth."""

    name: str
    weight: float
    shown_by: frozenset[Scenarios]
    """Sets of scenarios, each of which shows it."""

    def is_shown(self, played: set[str]) -> bool:
        """A run that plays these scenarios shows it."""
        return any(each <= played for each in self.shown_by)


def shown_by(proof: Proof, within: Scenarios, requirements: Iterable[str] | None = None) -> frozenset[Scenarios]:
    """Sets of these scenarios that show a fault, or these requirements under it."""
    wanted = proof.shown_by.keys() if requirements is None else proof.shown_by.keys() & set(requirements)
    return frozenset(each for name in wanted for each in proof.shown_by[name] if each <= within)


def faults_to_catch(
    proofs: Iterable[Proof], contracts: Mapping[str, Contract], played: Mapping[str, Scenarios]
) -> Iterator[Catchable]:
    """The faults, by how strong the promise is that they break, and how many clients they break."""
    for proof in proofs:
        book = contracts[proof.edition]
        broken = [book.requirements[each] for each in proof.breaks if each in book.requirements]
        level = max((LEVEL_WEIGHT[each.level] for each in broken), default=1.0)
        harmed = {each.id for each in book.clients.values() if not proof.breaks.isdisjoint(each.needs)}
        harmed.update(name for each in broken for name in each.breaks)
        if sets := shown_by(proof, played[proof.edition]):
            yield Catchable(proof.fault, level + CLIENT_WEIGHT * len(harmed), sets)


def defects_to_catch(defects: Iterable[Defect], faults: Mapping[str, Catchable]) -> Iterator[Catchable]:
    """The reported defects: each is shown by whatever shows one of the faults that do the same."""
    for defect in defects:
        sets = frozenset(each for name in defect.faults if name in faults for each in faults[name].shown_by)
        if sets:
            yield Catchable(defect.id, HARM_WEIGHT[defect.harm], sets)


def calls_of(scenarios: Iterable[str]) -> int:
    """Calls of scenarios, with those that delete what they stored."""
    return total(map(cost_of, scenarios)).calls_with(cleaning=True)


def by_value(
    catchables: Sequence[Catchable],
    chosen: Sequence[str] = (),
    fits: Callable[[Sequence[str]], bool] = lambda scenarios: True,
) -> list[str]:
    """Scenarios in the order in which most is shown per call, after those that are chosen already.

    Each step takes the set of scenarios that shows the most that is not shown yet, for each call that it adds, of
    those with which the scenarios so far still fit.
    """
    order, played = list(chosen), set(chosen)
    uncaught = [each for each in catchables if not each.is_shown(played)]
    while uncaught:
        gains: dict[Scenarios, float] = defaultdict(float)
        for catchable in uncaught:
            for rest in {each - played for each in catchable.shown_by}:
                gains[rest] += catchable.weight
        ranked = sorted(
            gains, key=lambda each: (_gain(each, gains) / max(1, calls_of(each)), sorted(each)), reverse=True
        )
        best = next((each for each in ranked if fits([*order, *each])), None)
        if best is None:
            break
        order += sorted(best, key=lambda each: (-gains.get(frozenset({each}), 0.0), each))
        played |= best
        uncaught = [each for each in uncaught if not each.is_shown(played)]
    return order


def value_of(catchables: Iterable[Catchable], played: Iterable[str]) -> float:
    """What a run of these scenarios shows."""
    scenarios = set(played)
    return sum(each.weight for each in catchables if each.is_shown(scenarios))


def _gain(scenarios: Scenarios, gains: Mapping[Scenarios, float]) -> float:
    """What a set shows, with what each of its members shows alone."""
    alone = sum(gains.get(frozenset({each}), 0.0) for each in scenarios) if len(scenarios) > 1 else 0.0
    return gains[scenarios] + alone
