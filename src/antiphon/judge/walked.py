"""One walk for each stream, however many checks ask for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from antiphon.contract.streams import Tables, tables
from antiphon.judge.grammar import Mode, Walk, walk
from antiphon.judge.registry import Violation
from antiphon.judge.subjects import Stream
from antiphon.judge.values import day_of

_KEPT = "_walk"


def walk_of(stream: Stream) -> Walk:
    """The walk through a stream's events."""
    known = stream.__dict__.get(_KEPT)
    if not isinstance(known, Walk):
        rules = tables()
        known = walk(stream.events, rules, mode_of(stream, rules))
        stream.__dict__[_KEPT] = known
    return known


def mode_of(stream: Stream, rules: Tables) -> Mode:
    """What is known of a stream besides its events."""
    recorded = day_of(stream.exchange)
    until = date.fromisoformat(rules.tolerated["unnumbered_until"]["date"])
    return Mode(
        whole=stream.is_whole,
        resumed=begins_late(stream),
        unnumbered=recorded is not None and recorded < until,
    )


def begins_late(stream: Stream) -> bool:
    """A replay that was asked to begin after some event."""
    request = stream.exchange.request
    if not stream.is_resumed or request is None:
        return stream.is_resumed
    return any(name == "starting_after" for name, _ in request.query)


def violations(stream: Stream, requirement: str) -> Iterator[Violation]:
    """The problems of a stream's walk that break one requirement."""
    for problem in walk_of(stream).problems:
        if problem.requirement == requirement:
            yield Violation(problem.at, problem.expected, problem.got, problem.message)
