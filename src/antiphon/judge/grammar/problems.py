"""A bounded list of problems."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from antiphon.judge.grammar.stream_state import StreamProblem

JSON = (dict, list, tuple, bool, int, float, type(None))
"""Types of values that are quoted as JSON has them; a text is quoted as it is."""
MOST_PER_REQUIREMENT = 8
"""Bound on problems of each requirement in one stream."""


def quote_value(value: Any) -> str:
    """A value as reports quote it: at most 120 characters."""
    try:
        text = json.dumps(value, ensure_ascii=False) if isinstance(value, JSON) else str(value)
    except RecursionError:
        text = "a deeply nested value"
    return text if len(text) <= 120 else f"{text[:117]}..."


class Problems:
    """Problems in the order of their discovery, a bounded number for each requirement."""

    def __init__(self) -> None:
        self.all: list[StreamProblem] = []
        self._count: Counter[str] = Counter()

    def add(self, requirement: str, event: int, expected: Any, got: Any, message: str = "", pointer: str = "") -> None:
        """Add a problem at an event; each is counted, the first of a requirement are kept."""
        self._count[requirement] += 1
        if self._count[requirement] <= MOST_PER_REQUIREMENT:
            self.all.append(
                StreamProblem(requirement, event, quote_value(expected), quote_value(got), message, pointer)
            )

    def add_once(
        self, blamed: set[str], requirement: str, event: int, expected: Any, got: Any, message: str = ""
    ) -> None:
        """Add a problem unless `blamed` holds its requirement already."""
        if requirement not in blamed:
            blamed.add(requirement)
            self.add(requirement, event, expected, got, message)
