"""Upper bound of the cost of a generated scenario, known before anything is generated."""

from __future__ import annotations

from dataclasses import dataclass

from antiphon.exercise.budget.cost_estimates import Cost
from antiphon.exercise.scenario import Scenario
from antiphon.generated import probe, walker
from antiphon.generated.operations import operations
from antiphon.generated.options import GenerationOptions

INPUT, MOST_INPUT, OUTPUT = 12, 100, 16
"""Tokens of a generated call that asks a model: input as it mostly is and at most, both guessed, and output."""
ASKING = ("create", "chat.create", "compact")


@dataclass(frozen=True)
class GenerationCost:
    """Calls of one generated scenario."""

    calls: int = 0
    """At most, where nothing fails."""
    more: int = 0
    """At most besides, to make small what fails."""
    model_calls: int = 0
    """Of `calls`, those that a model answers."""
    stored_objects: int = 0
    """Objects that `calls` leave stored."""

    @property
    def cost(self) -> Cost:
        """The cost at most, in calls and tokens."""
        spent = (self.model_calls * INPUT, self.model_calls * OUTPUT)
        return Cost(self.calls, self.stored_objects, *spent, self.model_calls * MOST_INPUT, self.model_calls * OUTPUT)


def extent(scenario: Scenario, options: GenerationOptions, edition: str) -> GenerationCost:
    """Calls of a generated scenario, by its case: an operation, or the number of a machine."""
    if not options.examples:
        return GenerationCost()
    if isinstance(scenario.case, int):
        calls = walker.most_calls(options)
        return GenerationCost(calls, walker.MOST_CALLS if options.shrinks else 0, calls, calls)
    operation = operations(edition).get(str(scenario.case))
    if operation is None:
        return GenerationCost()
    made = max(1, operation.path.count("{"))  # what requests name: ids in the path, or a response that is continued
    asks = operation.name in ASKING
    more = probe.MOST_SHRUNK * (probe.MOST_CALLS + 1) if options.shrinks else 0
    calls = made + options.examples
    return GenerationCost(calls, more, calls if asks else 1, calls if asks or operation.method == "POST" else made)
