"""Choice of the scenarios that show the most within a number of calls: an integer program, solved by a library."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from types import ModuleType
from typing import Any

from antiphon.errors import ConfigError
from antiphon.selftest.value import Catchable, Scenarios, calls_of

SECONDS = 120
"""After which the best choice so far is taken."""


def load_solver() -> ModuleType:
    """The library, HiGHS. Raises ConfigError where it is not installed."""
    try:
        return import_module("highspy")
    except ImportError:
        raise ConfigError(
            "The order of scenarios is found with highspy, which is not installed; pip install 'antiphon[data]'."
        ) from None


def best_choice(
    catchables: Sequence[Catchable], kept: Iterable[str], played: Iterable[Scenarios], calls: int
) -> list[str]:
    """Scenarios that show the most, those that are kept among them, with at most so many calls of each set of `played`.

    Raises ConfigError where the library is not installed.
    """
    highs = load_solver().Highs()
    highs.silent()
    highs.setOptionValue("time_limit", float(SECONDS))
    editions = list(played)
    names = sorted(frozenset().union(*editions, kept))
    together = sorted({each for one in catchables for each in one.shown_by if len(each) > 1}, key=sorted)
    taken = {name: highs.addBinary() for name in names}
    joined = {each: highs.addVariable(lb=0, ub=1) for each in together}
    shown = [highs.addVariable(lb=0, ub=1) for _ in catchables]
    for name in kept:
        highs.addConstr(taken[name] == 1)
    for scenarios, variable in joined.items():
        for name in scenarios:
            highs.addConstr(variable <= taken[name])
    for catchable, variable in zip(catchables, shown, strict=True):
        ways = [_shows(each, taken, joined) for each in sorted(catchable.shown_by, key=sorted)]
        highs.addConstr(variable <= highs.qsum(ways))
    for inside in editions:
        costs = [calls_of([name]) * taken[name] for name in names if name in inside]
        highs.addConstr(highs.qsum(costs) <= calls)
    highs.maximize(highs.qsum(each.weight * variable for each, variable in zip(catchables, shown, strict=True)))
    return [name for name in names if highs.val(taken[name]) > 0.5]


def _shows(scenarios: Scenarios, taken: Mapping[str, Any], joined: Mapping[Scenarios, Any]) -> Any:
    return joined[scenarios] if len(scenarios) > 1 else taken[next(iter(scenarios))]
