"""Requirements that a collected test judges, and the scenarios that it reads."""

from __future__ import annotations

import pytest

from antiphon.exercise.scenario import Scenario, is_registered


def requirements_of(item: pytest.Item) -> list[str]:
    """The requirements that an item judges, with the names of its case filled in."""
    marker = next((each for each in item.iter_markers("requirement") if each.args), None)
    if marker is None:
        return []
    params = getattr(getattr(item, "callspec", None), "params", {})
    names = {name: value.case if isinstance(value, Scenario) else value for name, value in params.items()}
    case = next((value.case for value in params.values() if isinstance(value, Scenario)), None)
    names.setdefault("case", case)
    named = [each.format(**names) if "{" in each else each for each in marker.args]
    return [each for each in named if each]


def scenarios_of(item: pytest.Item) -> list[str]:
    """The scenarios whose transcripts an item reads."""
    params = getattr(getattr(item, "callspec", None), "params", {})
    names = [params[name].name if isinstance(params.get(name), Scenario) else name
             for name in getattr(item, "fixturenames", ())]  # fmt: skip
    return [name for name in names if is_registered(name)]


def is_wire(item: pytest.Item) -> bool:
    """The item stands for the checks of one requirement over every exchange."""
    return "findings" in getattr(item, "fixturenames", ())
