"""The order of all scenarios by their value per call, and the depth of each: `suites/order.json`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from antiphon.contract.depth import Depth
from antiphon.contract.paths import suites_dir
from antiphon.errors import SpecError
from antiphon.exercise.scenario import Scenario

FILE = "order.json"


@cache
def _read_order(path: Path) -> Mapping[str, tuple[int, Depth]]:
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
        rows = [(name, Depth(depth)) for depth, names in table.items() for name in names]
        return {str(name): (place, depth) for place, (name, depth) in enumerate(rows)}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise SpecError(f"suites/{FILE}: cannot be read ({error}).") from None


def scenario_order() -> Mapping[str, tuple[int, Depth]]:
    """Scenario → its place by value per call, and its depth."""
    return _read_order(suites_dir() / FILE)


def depth_of(scenario: str) -> Depth:
    """The depth from which on a scenario is played; thorough where nobody has measured its value yet."""
    known = scenario_order().get(scenario)
    return known[1] if known else Depth.THOROUGH


def most_valuable_first(scenarios: Sequence[Scenario]) -> list[Scenario]:
    """The order in which the most is found by whatever is played; a scenario without a place comes last."""
    return sorted(scenarios, key=lambda each: place_of(each.name))


def place_of(scenario: str) -> tuple[int, str]:
    """Sort key of a scenario: its place by value, then its name; one without a place comes last."""
    order = scenario_order()
    return order[scenario][0] if scenario in order else len(order), scenario


def format_order(order: Mapping[Depth, Sequence[str]]) -> str:
    """The order as it stands in the file, one scenario a line."""
    parts = [f"{json.dumps(depth)}: [\n" + ",\n".join(map(json.dumps, order[depth])) + "\n]" for depth in Depth]
    return "{\n" + ",\n".join(parts) + "\n}\n"
