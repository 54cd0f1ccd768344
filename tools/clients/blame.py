"""Blame: on which of the traits of a reply a client may have choked, told by what it bears and chokes on elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from antiphon.clients.mutation import is_mutation
from antiphon.clients.needs import all_needs
from antiphon.clients.trait import is_of_kind, without_event
from antiphon.server.faults import catalogue


@dataclass(frozen=True)
class Played:
    """One case with one fault on: what the judge finds in its replies, and how it ended."""

    fault: str
    client: str
    case: str
    features: tuple[str, ...]
    traits: frozenset[str]
    chokes: bool
    says: str = ""


def suspects(cases: Sequence[Played]) -> dict[Played, frozenset[str]]:
    """Of each case of one client that choked, the traits on one of which it did.

    What it bears elsewhere it did not choke on, if anything else is wrong. Where it is known to choke on some of what
    is left, because it did so where nothing else was left, that is what it was.
    """
    borne = frozenset(trait for each in cases if not each.chokes for trait in each.traits)
    left = {each: (_first(each, borne) - borne) or _first(each, borne) for each in cases if each.chokes}
    proved = {next(iter(names)) for traits in left.values() if len(names := _names(traits)) == 1}
    return {
        each: frozenset(trait for trait in traits if without_event(trait) in proved) or traits
        for each, traits in left.items()
    }


def _first(case: Played, borne: frozenset[str]) -> frozenset[str]:
    """What is suspected before all else: of a fault what it is made to break, and else that the reply is another."""
    of_kind = frozenset(filter(is_of_kind, case.traits))
    if is_mutation(case.fault):
        return of_kind - borne or case.traits
    broken = broken_by(case.fault)
    return frozenset(trait for trait in case.traits if trait.partition("|")[0] in broken) or of_kind or case.traits


def broken_by(fault: str) -> frozenset[str]:
    """The requirements that a fault is made to break; what else it breaks follows from them."""
    return catalogue()[fault].breaks if fault in catalogue() else frozenset()


def choking(fewest: int = 1) -> frozenset[str]:
    """The faults and mutations on which at least so many clients were measured to choke."""
    tally: Counter[str] = Counter()
    for needs in all_needs().values():
        tally.update({case.fault for case in needs.cases if case.chokes})
    return frozenset(name for name, count in tally.items() if count >= fewest)


def _names(traits: Iterable[str]) -> frozenset[str]:
    return frozenset(map(without_event, traits))
