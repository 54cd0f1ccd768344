"""Measured needs of clients: what each did with replies that were wrong, and what it may be expected to do with others.

A reply with the very traits of one that was measured is expected to end as that did. Of another each trait is looked at
by itself, beside the measured ones that are most like it: the same requirement, or its area, the same member, manner
and event. Where nothing is like it, or what is like it ended both ways, nothing is expected.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache, cached_property
from typing import Any

from antiphon.clients.dialogue import MEASURED
from antiphon.clients.likeness import likeness
from antiphon.clients.trait import FATAL, is_of_kind, is_of_stream, without_event
from antiphon.contract.paths import spec_dir

MOST, FEW = 0.75, 0.25
"""Shares of the measured faults that a client choked on from which it is expected to choke, up to which to bear."""
LEAST_LIKENESS = 0.3
MANY, RARE = 6, 0.05
"""Cases of other clients from which on they say something of one that was not played, and the share that may choke."""
MOST_ALIKE = 12
"""Measured traits that are looked at beside one that was not measured."""
LEAST_FAULTS = 2
"""Faults with traits that are like one that was not measured, from which on a client is expected to choke."""
MOST_SUSPECTS = 2
"""Traits of which one made a client choke, up to which that says something of each."""


APART = frozenset(
    {"websocket", "conversations", "compaction", "input-tokens", "models", "errors", "background", "stored"}
)
"""Features with calls or a transport of their own: what a client does there says little of its other features."""


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
    suspects: frozenset[str] = frozenset()
    """Of the traits those on one of which it choked, where they were told from the others."""

    @property
    def is_streamed(self) -> bool:
        """It was seen in events."""
        return any(map(is_of_stream, self.traits))

    @property
    def chokes(self) -> bool:
        """It did not end as without the fault."""
        return self.says is not None

    @property
    def telling_traits(self) -> frozenset[str]:
        """The traits of which its end says something: where it choked, the suspects, if they are few."""
        traits = (self.suspects or self.traits) if self.chokes else self.traits
        is_plain = not self.chokes or len(set(map(without_event, traits))) <= MOST_SUSPECTS
        return traits if is_plain else frozenset()


@dataclass(frozen=True)
class ClientNeeds:
    """What one client was measured to do."""

    client: str
    features: tuple[str, ...]
    """The features that its cases show, the most basic first."""
    cases: Sequence[MeasuredCase]
    pool: Mapping[str, Sequence[bool]] = field(default_factory=dict)
    """By trait, whether each case of any client choked that had it."""

    def of(self, feature: str, traits: frozenset[str]) -> Expectation:
        """What it does with a reply that has these traits, where it is used for a feature."""
        if not traits:
            return Expectation(Effect.BEARS)
        if same := self._by_set.get(traits):
            effect = _effect(same, feature)
            if effect is not Effect.UNKNOWN:
                return _told(effect, min(traits), same, is_measured=True)
        is_streamed = any(map(is_of_stream, traits))
        found = [self._of_trait(feature, trait, traits, is_streamed=is_streamed) for trait in sorted(traits)]
        for effect in (Effect.CHOKES, Effect.UNKNOWN):
            if first := next((each for each in found if each.effect is effect), None):
                return first
        return found[0]

    def _of_trait(self, feature: str, trait: str, traits: frozenset[str], *, is_streamed: bool) -> Expectation:
        if is_of_kind(trait):
            bears = trait in self._by_kind and _effect(self._by_kind[trait], feature) is Effect.BEARS
            is_borne = bears and trait not in FATAL
            return Expectation(Effect.BEARS if is_borne else Effect.CHOKES, trait)
        near = sorted(((likeness(trait, other), other) for other in self._by_trait), reverse=True)[:MOST_ALIKE]
        if not near or near[0][0] < LEAST_LIKENESS:
            return Expectation(self._of_others(trait), trait)
        alike = [case for score, other in near if score > near[0][0] - 0.01 for case in self._by_trait[other]]
        if near[0][1] == trait:  # where more was wrong, it may have choked on what is right here
            alike = [case for case in alike if not case.chokes or case.suspects <= traits]
        if not is_streamed:
            alike = [case for case in alike if not case.is_streamed] or alike
        effect, is_measured = _effect(alike, feature), near[0][1] == trait
        # One fault that is only like what was seen does not tell that it chokes: half of that was a false alarm.
        is_guess = effect is Effect.CHOKES and not is_measured and len({case.fault for case in alike}) < LEAST_FAULTS
        if effect is Effect.UNKNOWN or is_guess:
            return Expectation(self._of_others(trait), trait)
        return _told(effect, trait, alike, is_measured=is_measured)

    def _of_others(self, trait: str) -> Effect:
        """What the other clients do with what is most like a trait that is like nothing that this one was played."""
        near = sorted(((likeness(trait, other), other) for other in self.pool), reverse=True)[:MOST_ALIKE]
        ends = [
            end for score, other in near if score >= max(LEAST_LIKENESS, near[0][0] - 0.01) for end in self.pool[other]
        ]
        return Effect.BEARS if len(ends) >= MANY and sum(ends) <= RARE * len(ends) else Effect.UNKNOWN

    @cached_property
    def _by_set(self) -> Mapping[frozenset[str], list[MeasuredCase]]:
        found: dict[frozenset[str], list[MeasuredCase]] = defaultdict(list)
        for case in self.cases:
            found[case.traits].append(case)
        return found

    @cached_property
    def _by_kind(self) -> Mapping[str, list[MeasuredCase]]:
        """Cases by what makes their replies of another kind, whatever else is wrong."""
        found: dict[str, list[MeasuredCase]] = defaultdict(list)
        for case in self.cases:
            for trait in filter(is_of_kind, case.traits):
                found[trait].append(case)
        return found

    @cached_property
    def _by_trait(self) -> Mapping[str, list[MeasuredCase]]:
        found: dict[str, list[MeasuredCase]] = defaultdict(list)
        for case in self.cases:
            for trait in case.telling_traits:
                found[trait].append(case)
        return found


def _effect(cases: Iterable[MeasuredCase], feature: str) -> Effect:
    """What most faults did; those alone that were seen in the feature, where there are any.

    A fault counts once. It makes the client choke where any case of the feature does, or half of those of others.
    """
    found = list(cases)
    own = [case for case in found if feature in case.features]
    by_fault: dict[str, list[bool]] = defaultdict(list)
    for case in own or [case for case in found if feature in APART or not case.features & APART]:
        by_fault[case.fault].append(case.chokes)
    if not by_fault:
        return Effect.UNKNOWN
    least = 0.0 if own else 0.5
    share = sum(sum(each) > least * len(each) for each in by_fault.values()) / len(by_fault)
    return Effect.CHOKES if share >= MOST else Effect.BEARS if share <= FEW else Effect.UNKNOWN


def _told(effect: Effect, trait: str, cases: Iterable[MeasuredCase], *, is_measured: bool) -> Expectation:
    first = next((case for case in cases if case.chokes), None)
    if effect is not Effect.CHOKES or first is None:
        return Expectation(effect, trait, is_measured=is_measured)
    return Expectation(effect, trait, first.says or "", first.fault, is_measured)


@cache
def all_needs() -> Mapping[str, ClientNeeds]:
    """The measured needs of every client."""
    path = spec_dir() / MEASURED / "needs.json"
    return read_needs(json.loads(path.read_text(encoding="utf-8")))


def read_needs(value: Mapping[str, Any]) -> dict[str, ClientNeeds]:
    """The needs that were written so: what stands in many cases is a place in a list that has it once."""
    traits, says = value["traits"], value["says"]
    uses = [frozenset(value["features"][place] for place in use) for use in value["uses"]]
    sets = [frozenset(traits[place] for place in each) for each in value["sets"]]
    cases: dict[str, list[MeasuredCase]] = {client: [] for client in value["clients"]}
    of_clients = list(cases.values())
    for fault, rows in value["cases"].items():
        for client, use, seen, *end in rows:
            said = (says[end[0]], sets[end[1]]) if end else (None, frozenset[str]())
            of_clients[client].append(MeasuredCase(fault, uses[use], sets[seen], *said))
    return with_pool(
        {
            client: ClientNeeds(client, tuple(each["features"]), cases[client])
            for client, each in value["clients"].items()
        }
    )


def with_pool(needs: Mapping[str, ClientNeeds]) -> dict[str, ClientNeeds]:
    """The same needs, each with what all clients did."""
    pool: dict[str, list[bool]] = defaultdict(list)
    for each in needs.values():
        for case in each.cases:
            for trait in case.telling_traits:
                pool[trait].append(case.chokes)
    return {client: replace(each, pool=pool) for client, each in needs.items()}
