"""Accumulator of text deltas, with the values that done events claim for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from antiphon.contract.streams import EventRow, Tables
from antiphon.judge.grammar.problems import Problems
from antiphon.judge.grammar.stream_state import StreamText
from antiphon.judge.values import MISSING
from antiphon.judge.walk_requirements import HAS_DELTAS, NOT_EMPTY, STRING


class TextAccumulator:
    """Applies the delta and done events of texts."""

    def __init__(self, tables: Tables, problems: Problems) -> None:
        self._deltas = tables.sum_of_delta
        self._dones = tables.sum_of_done
        self._problems = problems
        self.judged: set[str] = set()

    def accumulate(
        self, number: int, event: Mapping[str, Any], row: EventRow, store: dict[str, StreamText], partly: bool
    ) -> StreamText | None:
        """The text that an event extends or closes; None when it does neither, or is malformed."""
        sum_row = self._deltas.get(row.type)
        if sum_row is not None:
            heard = store.get(sum_row.name) or store.setdefault(
                sum_row.name, StreamText(sum_row, at=number, damaged=partly)
            )
            return self._delta(number, event.get("delta", MISSING), heard)
        sum_row = self._dones.get(row.type)
        if sum_row is None:
            return None
        heard = store.get(sum_row.name) or store.setdefault(sum_row.name, StreamText(sum_row, damaged=partly))
        value = event.get(sum_row.done.key, MISSING)
        heard.at = number
        if isinstance(value, list if sum_row.parts else str):
            heard.done = value
            self.judged |= {level.requirement for level in (sum_row.done, sum_row.part, sum_row.item) if level}
            self.judged.add(HAS_DELTAS)
        return heard

    def _delta(self, number: int, delta: Any, text: StreamText) -> StreamText | None:
        self.judged |= {STRING, NOT_EMPTY}
        if isinstance(delta, dict if text.row.parts else str):
            text.deltas.append(delta)
            if not delta:
                self._problems.add(NOT_EMPTY, number, "text", "an empty delta", pointer="/delta")
            return text
        self._problems.add(
            STRING, number, "an object of texts" if text.row.parts else "a string", delta, pointer="/delta"
        )
        text.damaged = True
        return None
