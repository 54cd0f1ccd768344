"""Estimate of a run: its scenarios and their cost, from measured costs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import groupby
from typing import Any

from antiphon.exercise.budget.cost_estimates import Cost, cost_of, measured_costs, total
from antiphon.exercise.budget.prices import Prices, prices
from antiphon.exercise.retry import retry_allowance
from antiphon.exercise.scenario import Scenario
from antiphon.exercise.target import Target
from antiphon.generated.cost import GenerationCost, extent
from antiphon.generated.options import is_generated
from antiphon.run.options import RunOptions


def estimate(plan: RunOptions, scenarios: Sequence[Scenario]) -> dict[str, Any]:
    """Estimate of scenarios, calls, tokens and cost, in all and by area.

    `most` is what the requests allow a model to use. `retries` are calls that may come on top: one that finds out
    whether the target is there, and those that are made again after a 429 or 5xx.

    `generated` is there where requests are generated: their calls at most, and how many `more` may go into making small
    what fails.
    """
    target = plan.target
    cleans, known = bool(target and target.clean_up), prices(target.prices if target else {})
    model = target.model if target else ""
    drawn = {each.name: extent(each, plan.properties, plan.edition) for each in scenarios if is_generated(each)}
    costs = {each.name: drawn[each.name].cost if each.name in drawn else cost_of(each) for each in scenarios}

    def row(cost: Cost) -> dict[str, Any]:
        return {
            "calls": cost.calls_with(cleans),
            "tokens": cost.tokens,
            "most": cost.most.total,
            "cost": round(cost.price(known, model), 6) if known else None,
        }

    ordered = sorted(scenarios, key=lambda each: (each.area, each.name))
    areas = [(area, list(group)) for area, group in groupby(ordered, key=lambda each: each.area)]
    whole = total(costs.values())
    return {
        "scenarios": len(ordered),
        **row(whole),
        "cleaning": whole.stored if cleans else 0,
        "retries": _extra_calls(target, whole.calls_with(cleans)),
        "repeat": plan.repeat,
        "stops": _stops(plan, whole, known, model, cleans),
        "generated": _generated(drawn.values()),
        "unmeasured": [each.name for each in ordered if each.name not in measured_costs() and each.name not in drawn],
        "areas": [
            {
                "area": area,
                **row(total(costs[each.name] for each in group)),
                "scenarios": [{"name": each.name, **row(costs[each.name])} for each in group],
            }
            for area, group in areas
        ],
    }


def _extra_calls(target: Target | None, calls: int) -> int:
    """Calls at most besides those of scenarios: whether the target is there, and what is tried again."""
    if target is None:
        return 0
    return 1 + (retry_allowance(calls) if target.retries else 0)


def _generated(extents: Collection[GenerationCost]) -> dict[str, int] | None:
    calls = sum(each.calls for each in extents)
    return {"calls": calls, "more": sum(each.more for each in extents)} if calls else None


def _stops(plan: RunOptions, whole: Cost, prices: Prices, model: str, cleans: bool) -> str:
    """The bound that all of it would pass; empty where none would be."""
    times, extra = plan.repeat, 1 if plan.target else 0
    return plan.bounds.exceeded_option(
        (whole.calls_with(cleans) + extra) * times, whole.most.total * times, whole.price(prices, model) * times
    )
