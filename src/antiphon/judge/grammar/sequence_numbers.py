"""Sequence numbers of a stream."""

from __future__ import annotations

from typing import Any

from antiphon.judge.grammar.problems import Problems
from antiphon.judge.walk_requirements import ERROR_NUMBERED, SEQUENCE_CONTIGUOUS, SEQUENCE_PRESENT, SEQUENCE_STARTS


class SequenceNumbers:
    """Checks that the numbers run 0, 1, 2, … over all events of a response, whatever their type."""

    def __init__(self, problems: Problems, resumed: bool, unnumbered: bool) -> None:
        self._problems = problems
        self._resumed = resumed
        self._unnumbered = unnumbered
        self._next: int | None = None
        self._instead = range(0)
        """What the next number may be as well: after events without a number, or one with a wrong one."""
        self._errors = False
        self._late = False
        """Events before the first number should have had one, so that it is not the first event's."""
        self._unknown: list[tuple[int, str, Any]] = []
        """Events without a number, as long as none had one."""
        self.judged: set[str] = set()

    def take(self, number: int, kind: str, value: Any) -> None:
        """Judge the number of the event at place `number`."""
        if kind == "error":
            self._errors = True
        if type(value) is not int:
            self._without(number, kind, value)
            return
        if value == self._next or (self._next is not None and value in self._instead):
            self._next, self._instead = value + 1, range(0)
        elif self._next is None:
            self._first(number, kind, value)
            self._next, self._instead = value + 1, range(number + 1, number + 2)
        else:
            requirement = ERROR_NUMBERED if kind == "error" else SEQUENCE_CONTIGUOUS
            self._problems.add(requirement, number, self._next, value, pointer="/sequence_number")
            self._next, self._instead = value + 1, range(self._next + 1, self._next + 2)

    @property
    def expected(self) -> int | None:
        """The next number; None before the first."""
        return self._next

    def skip(self, count: int) -> None:
        """Take so many events with the numbers that were expected; none of them an error."""
        if count and self._next is not None:
            self._next, self._instead = self._next + count, range(0)

    def _first(self, number: int, kind: str, value: int) -> None:
        for place, earlier, missing in self._unknown:
            self._report_missing(place, earlier, missing)
        self._late = any(earlier != "keepalive" for _, earlier, _ in self._unknown)
        if value not in (0, number) and not self._resumed and not self._late:
            requirement = ERROR_NUMBERED if kind == "error" else SEQUENCE_STARTS
            self._problems.add(requirement, number, 0, value, pointer="/sequence_number")
        self._unknown.clear()

    def _without(self, number: int, kind: str, value: Any) -> None:
        if self._next is None:
            if len(self._unknown) < 8:
                self._unknown.append((number, kind, value))
            return
        self._report_missing(number, kind, value)
        lowest = min(self._next, self._instead.start if self._instead else self._next)
        self._next += 1
        self._instead = range(lowest, self._next)  # a gateway's events may be counted or not

    def _report_missing(self, number: int, kind: str, value: Any) -> None:
        if kind == "keepalive":
            return
        requirement = ERROR_NUMBERED if kind == "error" else SEQUENCE_PRESENT
        self._problems.add(requirement, number, "an integer", value, pointer="/sequence_number")

    def close(self) -> None:
        """Work out what the numbers could show, at the end of the stream."""
        if self._next is not None:
            self.judged = (
                {SEQUENCE_CONTIGUOUS} if self._resumed or self._late else {SEQUENCE_CONTIGUOUS, SEQUENCE_STARTS}
            )
            self.judged |= {ERROR_NUMBERED} if self._errors else set()
        elif self._unknown and not self._unnumbered:
            number, _, value = self._unknown[0]
            self._problems.add(SEQUENCE_PRESENT, number, "an integer in each event", value, "no event has a number")
