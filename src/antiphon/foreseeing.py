"""What a run would play and cost, from the measured costs of its scenarios."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from antiphon.exercise.foresight import Cost, cost_of, measured, total
from antiphon.exercise.prices import Prices, prices
from antiphon.exercise.scenario import Scenario
from antiphon.plan import Plan


def foresee(plan: Plan, scenarios: Sequence[Scenario]) -> dict[str, Any]:
    """Scenarios, calls, tokens and cost, in all and by area; `most` is what the requests allow a model to use."""
    target = plan.target
    cleans, known = bool(target and target.clean_up), prices(target.prices if target else {})
    model = target.model if target else ""

    def row(cost: Cost) -> dict[str, Any]:
        return {
            "calls": cost.calls_with(cleans),
            "tokens": cost.tokens,
            "most": cost.most.total,
            "cost": round(cost.price(known, model), 6) if known else None,
        }

    ordered = sorted(scenarios, key=lambda each: (each.area, each.name))
    areas = [(area, list(group)) for area, group in groupby(ordered, key=lambda each: each.area)]
    whole = total(ordered)
    return {
        "scenarios": len(ordered),
        **row(whole),
        "cleaning": whole.stored if cleans else 0,
        "repeat": plan.repeat,
        "stops": _stops(plan, whole, known, model, cleans),
        "unmeasured": [each.name for each in ordered if each.name not in measured()],
        "areas": [
            {
                "area": area,
                **row(total(group)),
                "scenarios": [{"name": each.name, **row(cost_of(each))} for each in group],
            }
            for area, group in areas
        ],
    }


def _stops(plan: Plan, whole: Cost, known: Prices, model: str, cleans: bool) -> str:
    """The bound that all of it would pass; empty where none would be."""
    times = plan.repeat
    return plan.bounds.passed(
        whole.calls_with(cleans) * times, whole.most.total * times, whole.price(known, model) * times
    )
