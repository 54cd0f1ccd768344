"""Analysis of the events of a stream by the tables of `spec/streams.yaml`.

Each problem breaks exactly one requirement, and the walk goes on as the events after it suggest, so that one mistake
of a server is one problem here. The walk is linear in the number of events and never raises, whatever they hold.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from antiphon.contract.streams import EventRow, ResponseRow, Tables
from antiphon.judge.grammar.delta_runs import pattern_of
from antiphon.judge.grammar.final_states import finish
from antiphon.judge.grammar.items import Items
from antiphon.judge.grammar.problems import Problems
from antiphon.judge.grammar.sequence_numbers import SequenceNumbers
from antiphon.judge.grammar.stream_state import ItemState, StreamProblem
from antiphon.judge.grammar.sums import settle


@dataclass(frozen=True)
class Mode:
    """Facts about a stream besides its events."""

    whole: bool = True
    """Nobody cut it, so its end must be there."""
    resumed: bool = False
    """It may begin in the middle of a response."""
    unnumbered: bool = False
    """It was recorded before events had numbers."""


@dataclass
class StreamAnalysis:
    """Result of the analysis of a stream."""

    problems: tuple[StreamProblem, ...]
    items: tuple[ItemState, ...]
    judged: frozenset[str]
    """Requirements that the stream could break."""
    types: Counter[str] = field(default_factory=Counter)
    notable: tuple[tuple[int, Mapping[str, Any]], ...] = ()
    """The events with their places, but for those that differ from a delta before them in text, number and padding."""
    broken: frozenset[str] = frozenset()
    """The requirements of the problems."""

    @cached_property
    def by_type(self) -> Mapping[str, Sequence[tuple[int, Mapping[str, Any]]]]:
        """The notable events with their places, by type."""
        found: dict[str, list[tuple[int, Mapping[str, Any]]]] = {}
        for each in self.notable:
            kind = each[1].get("type")
            if isinstance(kind, str):
                found.setdefault(kind, []).append(each)
        return found


def analyse(events: Iterable[Mapping[str, Any]], tables: Tables, mode: Mode | None = None) -> StreamAnalysis:
    """Every breach of the order, the indices, the ids, the sums and the numbers in `events`."""
    walker = StreamAnalyser(tables, mode or Mode())
    walker.feed_all(events if isinstance(events, list) else list(events))
    return walker.close()


def with_problem(analysis: StreamAnalysis, problem: StreamProblem) -> StreamAnalysis:
    """An analysis with one problem more, that of what follows the events."""
    requirement = frozenset({problem.requirement})
    return replace(
        analysis,
        problems=(*analysis.problems, problem),
        judged=analysis.judged | requirement,
        broken=analysis.broken | requirement,
    )


class StreamAnalyser:
    """Analysis that takes one event at a time."""

    def __init__(self, tables: Tables, mode: Mode) -> None:
        self.tables = tables
        self.mode = mode
        self.problems = Problems()
        self.types: Counter[str] = Counter()
        self._sequence_numbers = SequenceNumbers(self.problems, mode.resumed, mode.unnumbered)
        self._items = Items(tables, self.problems, mode.resumed)
        self._order = _Order(tables.response, self.problems, mode.resumed)
        self._count = 0
        self._notable: list[tuple[int, Mapping[str, Any]]] = []

    def feed_all(self, events: Sequence[Mapping[str, Any]]) -> None:
        """Take all events of a stream."""
        place, items = 0, self._items
        while place < len(events):
            event = events[place]
            self.feed(event)
            place += 1
            expected = self._sequence_numbers.expected
            if expected is not None and items.can_extend_last_text(event) and (pattern := pattern_of(event)):
                length = pattern.length(events, place, expected)
                if length:
                    items.extend_last_text(event["delta"] for event in events[place : place + length])
                    self._sequence_numbers.skip(length)
                    self.types[pattern.kind] += length
                    self._count += length
                    place += length

    def feed(self, event: Mapping[str, Any]) -> None:
        """Take the next event."""
        number = self._count
        self._notable.append((number, event))
        self._count += 1
        kind = event.get("type")
        if type(kind) is not str:
            kind = ""
        self.types[kind] += 1
        self._sequence_numbers.take(number, kind, event.get("sequence_number"))
        if self._items.takes_again(kind, event):
            return
        row = self.tables.events.get(kind)
        if row is None or row.level == "anywhere":
            return
        self._order.take(number, kind, row)
        if row.level == "item" or row.level == "block":
            self._items.take(number, event, row)

    def close(self) -> StreamAnalysis:
        """Judge what only the end of the stream shows."""
        self._sequence_numbers.close()
        last = max(self._count - 1, 0)
        ended_well = self._order.close(last, self.mode.whole)
        self._items.close(last, ended_well)
        for item in self._items.all:
            finish(item, self.problems)
            settle(item, self.tables, self.problems)
        judged = self._judged(ended_well)
        found = tuple(sorted(self.problems.all, key=lambda problem: problem.event))
        broken = frozenset(each.requirement for each in found)
        return StreamAnalysis(found, tuple(self._items.all), judged | broken, self.types, tuple(self._notable), broken)

    def _judged(self, ended_well: bool) -> frozenset[str]:
        response = self.tables.response
        if not self._count:
            return frozenset({response.end} if self.mode.whole else ())
        judged = {"stream.sequence.present", response.order["created"]}
        judged |= self._sequence_numbers.judged | self._items.judged_requirements(ended_well)
        if not self.mode.resumed:
            judged |= {response.first[1], response.once[1]}
        if self.types["response.queued"]:
            judged.add(response.refuse[response.start].get("response.queued", response.first[1]))
        if self.mode.whole:
            judged.add(response.end)
        if self._order.state == "ended":
            judged.add(response.order["ended"])
        if self.types["error"]:
            judged.add(response.order["failing"])
        return frozenset(judged)


class _Order:
    """The level of the whole response."""

    def __init__(self, row: ResponseRow, problems: Problems, resumed: bool) -> None:
        self._row = row
        self._problems = problems
        self.state = row.recover[0] if resumed else row.start
        self._resumed = resumed
        self._first_seen = False
        self._moved = False
        self._last_ending = ""

    def take(self, number: int, kind: str, event: EventRow) -> None:
        row, self._moved = self._row, True
        if event.role == "ending":
            self._last_ending = kind
        if kind == row.first[0]:
            if self._first_seen:
                self._problems.add(row.once[1], number, "no second one", kind)
                return
            self._first_seen = True
            if self.state != row.start:
                return
        if self._resumed and event.level == "response" and event.role not in ("ending", "error"):
            return
        symbol = "body" if event.level in ("item", "block", "body") else kind
        target = row.states[self.state].get(symbol)
        if target is None:
            target = self._refuse(number, kind, symbol)
        self.state = target

    def _refuse(self, number: int, kind: str, symbol: str) -> str:
        row, state = self._row, self.state
        requirement = row.refuse[state].get(kind, row.order[state])
        allowed = ", ".join(row.states[state]) or "the end of the stream"
        self._problems.add(requirement, number, allowed.replace("body", "items"), kind, f"out of place while {state}")
        if state in row.ends and (state == "ended" or symbol == "body"):
            return state
        for candidate in row.recover:
            if symbol in row.states[candidate]:
                return row.states[candidate][symbol]
        return state

    def close(self, last: int, whole: bool) -> bool:
        """Whether the stream ended with response.completed, so that nothing may be open."""
        # What is asked for after the last event is nothing.
        over = self._resumed and not self._moved
        if whole and not over and self.state not in self._row.ends:
            self._problems.add(self._row.end, last, "a terminal event", "the end of the stream")
        return self.state == "ended" and self._last_ending == "response.completed"
