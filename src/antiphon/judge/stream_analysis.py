"""Stream analysis, done once for all checks."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date
from operator import itemgetter
from typing import Any

from antiphon.contract.streams import Tables, tables
from antiphon.judge.grammar.delta_runs import store_notable
from antiphon.judge.grammar.stream_state import StreamProblem
from antiphon.judge.grammar.walker import Mode, StreamAnalysis, analyse, with_problem
from antiphon.judge.memo import memoize
from antiphon.judge.plain_end import has_plain_end
from antiphon.judge.registry import Violation
from antiphon.judge.stream_break import Break
from antiphon.judge.subjects.responses import Stream
from antiphon.judge.values import day_of


@memoize
def analysis_of(stream: Stream) -> StreamAnalysis:
    """The analysis of a stream's events, cached on the stream."""
    rules = tables()
    analysis = analyse(stream.events, rules, analysis_mode(stream, rules))
    broken = stream.broken_at
    if broken is not None and broken.kind is Break.RESTART:
        problem = StreamProblem(
            rules.response.once[1], broken.event, "no second one", rules.response.once[0], "a second response begins"
        )
        analysis = with_problem(analysis, problem)
    if stream.events is stream.exchange.events:
        store_notable(stream.exchange, analysis.notable)
    return analysis


def notable_events(stream: Stream) -> Sequence[tuple[int, Mapping[str, Any]]]:
    """The events with their places; of a run of deltas that differ in their text alone, the first."""
    return analysis_of(stream).notable


def events_of_types(stream: Stream, kinds: Collection[str]) -> list[tuple[int, Mapping[str, Any]]]:
    """The events of some types with their places, in order; none of them is a delta."""
    by_type = analysis_of(stream).by_type
    found = [each for kind in by_type if kind in kinds for each in by_type[kind]]
    return sorted(found, key=_place) if len(found) > 1 else found


_place: Callable[[tuple[int, Mapping[str, Any]]], int] = itemgetter(0)


def events_where(stream: Stream, odd: Callable[[Mapping[str, Any]], object]) -> list[tuple[int, dict[str, Any]]]:
    """The events for which `odd` holds, with their places. It may not depend on a delta's text, number or padding."""
    if not any(odd(event) for _, event in notable_events(stream)):
        return []
    return [(number, event) for number, event in enumerate(stream.events) if odd(event)]


def analysis_mode(stream: Stream, rules: Tables) -> Mode:
    """Facts about a stream besides its events."""
    recorded = day_of(stream.exchange)
    until = date.fromisoformat(rules.tolerated["unnumbered_until"]["date"])
    return Mode(
        whole=stream.is_whole and not has_plain_end(stream, stream.events),
        resumed=begins_late(stream),
        unnumbered=recorded is not None and recorded < until,
    )


def begins_late(stream: Stream) -> bool:
    """A replay that starts after some event, as its request says."""
    request = stream.exchange.request
    if not stream.is_resumed or request is None:
        return stream.is_resumed
    return any(name == "starting_after" for name, _ in request.query)


def violations_of(stream: Stream, requirement: str) -> Iterator[Violation]:
    """The problems of a stream's analysis that break one requirement."""
    for problem in analysis_of(stream).problems:
        if problem.requirement == requirement:
            yield Violation(problem.at, problem.expected, problem.got, problem.message)
