"""Measured needs of clients: what each did with replies that were wrong, and what it may be expected to do with others.

A reply with the very traits of one that was measured is expected to end as that did. Of another each trait is looked at
by itself, beside the measured ones that are most like it: the same requirement, or its area, the same member, manner
and event. Where nothing is like it, or what is like it ended both ways, nothing is expected.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property, lru_cache
from typing import Any

from antiphon.clients.dialogue import MEASURED
from antiphon.clients.trait import FATAL, Trait, is_of_kind, parse_trait
from antiphon.contract.paths import spec_dir

MOST, FEW = 0.75, 0.25
"""Shares of the measured faults that a client choked on from which it is expected to choke, up to which to bear."""
LEAST_LIKENESS = 0.3
MOST_ALIKE = 12
"""Measured traits that are looked at beside one that was not measured."""


class Effect(StrEnum):
    """What a reply that is wrong does to a client."""

    CHOKES = "chokes"
    """It raises, or loses or changes something."""
    BEARS = "bears"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a client is expected to do, with what it did with the fault that is most like, in its own words."""

    effect: Effect
    trait: str = ""
    says: str = ""
    fault: str = ""
    is_measured: bool = False
    """It was seen with the very same traits."""


@dataclass(frozen=True, slots=True)
class MeasuredCase:
    """A case of a client with a fault on: what was wrong in its replies, and what the client did."""

    fault: str
    features: frozenset[str]
    traits: frozenset[str]
    says: str | None
    """The exception it raised, or what it lost; None where it ended as without the fault."""

    @property
    def chokes(self) -> bool:
        """It did not end as without the fault."""
        return self.says is not None


@dataclass(frozen=True)
class ClientNeeds:
    """What one client was measured to do."""

    client: str
    features: tuple[str, ...]
    """The features that its cases show, the most basic first."""
    cases: Sequence[MeasuredCase]

    def of(self, feature: str, traits: frozenset[str]) -> Expectation:
        """What it does with a reply that has these traits, where it is used for a feature."""
        if not traits:
            return Expectation(Effect.BEARS)
        if same := self._by_set.get(traits):
            effect = _effect(same, feature)
            if effect is not Effect.UNKNOWN:
                return _told(effect, min(traits), same, is_measured=True)
        found = [self._of_trait(feature, trait) for trait in sorted(traits)]
        for effect in (Effect.CHOKES, Effect.UNKNOWN):
            if first := next((each for each in found if each.effect is effect), None):
                return first
        return found[0]

    def _of_trait(self, feature: str, trait: str) -> Expectation:
        if is_of_kind(trait):
            bears = trait in self._by_trait and _effect(self._by_trait[trait], feature) is Effect.BEARS
            is_borne = bears and trait not in FATAL
            return Expectation(Effect.BEARS if is_borne else Effect.CHOKES, trait)
        near = sorted(((likeness(trait, other), other) for other in self._by_trait), reverse=True)[:MOST_ALIKE]
        if not near or near[0][0] < LEAST_LIKENESS:
            return Expectation(Effect.UNKNOWN, trait)
        alike = [case for score, other in near if score > near[0][0] - 0.01 for case in self._by_trait[other]]
        return _told(_effect(alike, feature), trait, alike, is_measured=near[0][1] == trait)

    @cached_property
    def _by_set(self) -> Mapping[frozenset[str], list[MeasuredCase]]:
        found: dict[frozenset[str], list[MeasuredCase]] = defaultdict(list)
        for case in self.cases:
            found[case.traits].append(case)
        return found

    @cached_property
    def _by_trait(self) -> Mapping[str, list[MeasuredCase]]:
        found: dict[str, list[MeasuredCase]] = defaultdict(list)
        for case in self.cases:
            for trait in case.traits:
                found[trait].append(case)
        return found


def _effect(cases: Iterable[MeasuredCase], feature: str) -> Effect:
    """What most faults did; those alone that were seen in the feature, where there are any.

    A fault counts once: it makes the client choke where any case with these traits does.
    """
    all_of_them = list(cases)
    own = [case for case in all_of_them if feature in case.features] or all_of_them
    by_fault: dict[str, list[bool]] = defaultdict(list)
    for case in own:
        by_fault[case.fault].append(case.chokes)
    share = sum(any(each) for each in by_fault.values()) / len(by_fault)
    return Effect.CHOKES if share >= MOST else Effect.BEARS if share <= FEW else Effect.UNKNOWN


def _told(effect: Effect, trait: str, cases: Iterable[MeasuredCase], *, is_measured: bool) -> Expectation:
    first = next((case for case in cases if case.chokes), None)
    if effect is not Effect.CHOKES or first is None:
        return Expectation(effect, trait, is_measured=is_measured)
    return Expectation(effect, trait, first.says or "", first.fault, is_measured)


@lru_cache(maxsize=200_000)
def likeness(one: str, other: str) -> float:
    """How like two traits are, up to 1. Replies of another kind are like nothing else."""
    if one == other:
        return 1.0
    if is_of_kind(one) or is_of_kind(other):
        return 0.0
    mine, theirs = parse_trait(one), parse_trait(other)
    return (
        _likeness_of_names(mine, theirs)
        + (0.2 if mine.member and mine.member == theirs.member else 0.0)
        + (0.2 if mine.manner == theirs.manner else 0.1 if mine.manner[:4] == theirs.manner[:4] else 0.0)
        + (0.05 if mine.event == theirs.event else 0.0)
    )


def _likeness_of_names(mine: Trait, theirs: Trait) -> float:
    if mine.requirement == theirs.requirement:
        return 0.5
    one, other = mine.requirement.split("."), theirs.requirement.split(".")
    return 0.25 if one[:2] == other[:2] else 0.1 if one[0] == other[0] else 0.0


@cache
def all_needs() -> Mapping[str, ClientNeeds]:
    """The measured needs of every client."""
    path = spec_dir() / MEASURED / "needs.json"
    return read_needs(json.loads(path.read_text(encoding="utf-8")))


def read_needs(value: Mapping[str, Any]) -> dict[str, ClientNeeds]:
    """The needs that were written so: features and traits are places in lists that stand there once."""
    features, traits = value["features"], value["traits"]
    return {
        client: ClientNeeds(
            client,
            tuple(each["features"]),
            [
                MeasuredCase(
                    fault, frozenset(features[place] for place in own), frozenset(traits[place] for place in seen), says
                )
                for fault, own, seen, says in each["cases"]
            ],
        )
        for client, each in value["clients"].items()
    }
