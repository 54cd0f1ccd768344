"""Likeness of traits: how much what a client did with one tells of another."""

from __future__ import annotations

from functools import lru_cache

from antiphon.clients.trait import NUMBER, OBJECT, Trait, is_of_kind, parse_trait

ALL = "output"
"""The member that holds so much that two faults in it are alike only where their manner is."""


@lru_cache(maxsize=200_000)
def likeness(one: str, other: str) -> float:
    """How like two traits are, up to 1.

    Replies of another kind, and objects with other keys, are like nothing else. A number is wrong in a way that only
    its requirement tells: one that is too great is not like one that is zero.
    """
    if one == other:
        return 1.0
    if is_of_kind(one) or is_of_kind(other):
        return 0.0
    mine, theirs = parse_trait(one), parse_trait(other)
    if mine.manner != theirs.manner and mine.manner.startswith(OBJECT) and theirs.manner.startswith(OBJECT):
        return 0.0
    if mine.manner.startswith(NUMBER) and theirs.manner.startswith(NUMBER) and _area(mine) != _area(theirs):
        return 0.0
    manner = 0.2 if mine.manner == theirs.manner else 0.1 if mine.manner[:4] == theirs.manner[:4] else 0.0
    is_same_member = mine.member and mine.member == theirs.member and (manner or mine.member != ALL)
    return (
        _likeness_of_names(mine, theirs)
        + (0.2 if is_same_member else 0.0)
        + manner
        + (0.05 if mine.event == theirs.event else 0.0)
    )


def _area(trait: Trait) -> str:
    return trait.requirement.partition(".")[0]


def _likeness_of_names(mine: Trait, theirs: Trait) -> float:
    if mine.requirement == theirs.requirement:
        # Of a whole frame, or head, only the manner says what is wrong with it.
        return 0.5 if mine.member or mine.manner == theirs.manner else 0.25
    one, other = mine.requirement.split("."), theirs.requirement.split(".")
    return 0.25 if one[:2] == other[:2] else 0.1 if one[0] == other[0] else 0.0
