"""Admission of scenarios while their expected cost fits the budget."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import anyio

from antiphon.exercise.budget.bounds import Budget
from antiphon.exercise.budget.cost_estimates import Cost, cost_of
from antiphon.exercise.budget.tokens import Tokens
from antiphon.exercise.scenario import Scenario
from antiphon.recording.records import UNSENT


class Admission:
    """Queue of scenarios. One that does not fit waits for those that are playing, and is refused once none is.

    What a scenario leaves unspent is there for the next, so that the same scenarios are played whatever their speed.
    """

    def __init__(self, budget: Budget, model: str) -> None:
        self._budget, self._model = budget, model
        self._queue = anyio.Lock()
        self._inside: dict[str, Cost] = {}
        self._left = anyio.Event()

    async def enter(self, scenario: Scenario) -> str:
        """Wait for room; why there is none, or an empty string where the scenario is inside until it leaves."""
        if not self._budget.bounds:
            return ""
        async with self._queue:
            while reached := self._reached(cost_of(scenario)):
                if not self._inside:
                    return f"{UNSENT}{reached} would be passed."
                self._left = anyio.Event()
                await self._left.wait()
            self._inside[scenario.name] = cost_of(scenario)
            return ""

    @contextmanager
    def inside(self, scenario: Scenario) -> Iterator[None]:
        """Hold the room of a scenario that has entered."""
        try:
            yield
        finally:
            self._inside.pop(scenario.name, None)
            self._left.set()

    def _reached(self, cost: Cost) -> str:
        cleans = self._budget.to_delete is not None
        costs = [cost, *self._inside.values()]
        tokens = Tokens(sum(each.most_input for each in costs), sum(each.most_output for each in costs))
        return self._budget.exceeded_bound(sum(each.calls_with(cleans) for each in costs), tokens, self._model)
