"""Folding: breaches become causes by dominance, family and sameness, the gravest cause first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from antiphon.causes.cause import Breach, BrokenPlace, Cause
from antiphon.causes.dominances import DOMINANCES
from antiphon.causes.families import FAMILIES
from antiphon.causes.family import Dominance, Family, enumeration, last_part
from antiphon.causes.implications import IMPLICATIONS, implied_homes

Kind = Dominance | Family
KINDS: tuple[Kind, ...] = (*DOMINANCES, *FAMILIES)
RANKS = {kind.id: rank for rank, kind in reversed([*enumerate(KINDS)])}
"""The smaller, the nearer to a cause; several kinds of one id are one cause."""
LONE = "lone-shoulds"
MOST = 15
"""Causes that a report can have before those of little weight are joined."""


def fold(breaches: Iterable[Breach]) -> list[Cause]:
    """The causes of breaches, the gravest first. The order of the breaches does not matter."""
    ordered = sorted(breaches, key=lambda breach: breach.weight)
    homes = {breach.requirement: kind_of(breach) for breach in ordered}
    homes |= dict(implied_homes(homes))
    homes |= dict(_named_homes(ordered, homes))
    _join_echoes(ordered, homes)
    by_home = sorted(ordered, key=lambda breach: homes[breach.requirement])
    groups = (list(members) for _, members in groupby(by_home, key=lambda breach: homes[breach.requirement]))
    causes = [_cause(homes[members[0].requirement], members) for members in groups]
    return sorted(_with_lone_joined(causes), key=lambda cause: cause.weight)


def kind_of(breach: Breach) -> str:
    """The id of the dominance or family that a breach belongs to by itself; its area where it has none."""
    for dominance in DOMINANCES:
        if dominance.explains(breach):
            return dominance.id
    return next((family.id for family in FAMILIES if family.takes(breach)), breach.area)


def _named_homes(breaches: Iterable[Breach], homes: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Breaches that say nothing but that other requirements are broken in another place, with the cause of these."""
    for breach in breaches:
        named = {place.named for place in breach.places}
        if named and named <= homes.keys() - {breach.requirement}:
            yield breach.requirement, homes[min(named)]


def _join_echoes(breaches: Sequence[Breach], homes: dict[str, str]) -> None:
    """Move each breach that blames only bytes that one of a nearer kind blames too to where that one is."""
    places = {breach.requirement: _bytes(breach.places) for breach in breaches}
    nearest_first = sorted(breaches, key=lambda breach: _rank(homes[breach.requirement]))
    for number, breach in enumerate(nearest_first):
        blamed = places[breach.requirement]
        origin = next((other for other in nearest_first[:number] if blamed <= places[other.requirement]), None)
        if blamed and origin:
            homes[breach.requirement] = homes[origin.requirement]


def _bytes(places: Sequence[BrokenPlace]) -> set[tuple[str, str]]:
    """The members that places are at, whichever event repeats them; none where a place is a whole exchange."""
    return {(place.exchange, place.pointer) for place in places} if all(place.pointer for place in places) else set()


def _rank(home: str) -> int:
    return RANKS.get(home, len(KINDS))


def _cause(home: str, breaches: Sequence[Breach]) -> Cause:
    clients = frozenset[str]().union(*(breach.clients for breach in breaches))
    return Cause(home, _title(home, breaches), breaches, clients)


def _title(home: str, breaches: Sequence[Breach]) -> str:
    """The title of the first row of the kind that takes one of the breaches."""
    for kind in KINDS:
        if kind.id != home:
            continue
        if isinstance(kind, Family):
            if any(kind.takes(breach) for breach in breaches):
                return kind.title_of(breaches)
        elif any(kind.explains(breach) for breach in breaches):
            return kind.title
    titles = {implication.id: implication.title for implication in IMPLICATIONS}
    names = enumeration([name for breach in breaches for name in last_part(breach)])
    return titles.get(home) or f"What is promised of {home} is not kept: {names}"


def _with_lone_joined(causes: Sequence[Cause]) -> list[Cause]:
    """The causes, with those that are one should each and break no client together as one: the last that is mended.

    Where there would still be more than can be read at once, all that are shoulds alone are joined.
    """
    lone = [cause for cause in causes if cause.is_lone]
    if len(causes) - max(0, len(lone) - 1) > MOST:
        lone = [cause for cause in causes if cause.is_minor]
    if len(lone) < 2:
        return list(causes)
    breaches = sorted((breach for cause in lone for breach in cause.breaches), key=lambda breach: breach.weight)
    names = enumeration([name for breach in breaches for name in last_part(breach)])
    joined = Cause(LONE, f"Recommendations are not kept, each a matter of its own: {names}", breaches)
    return [*(cause for cause in causes if cause not in lone), joined]
