"""Estimated cost of a run, as text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

COLUMNS = ("scenarios", "calls", "tokens", "at most", "cost at most")


def as_text(plan: Mapping[str, Any]) -> Iterator[str]:
    """Lines of a table of areas, each with its scenarios, and their sum."""
    width = max([len(each["name"]) for area in plan["areas"] for each in area["scenarios"]] + [20]) + 4
    yield f"{'':<{width}}" + "".join(f"{name:>{len(name) + 2}}" for name in COLUMNS)
    for area in plan["areas"]:
        yield _row(area["area"], area, width, len(area["scenarios"]))
        for each in area["scenarios"]:
            yield _row(f"  {each['name']}", each, width)
    yield _row("all", plan, width, plan["scenarios"])
    yield ""
    yield f"{plan['cleaning']} of the calls delete what was stored." if plan["cleaning"] else "Nothing is deleted."
    if plan["retries"]:
        yield (
            f"At most {plan['retries']} calls more: one that finds out whether the server is there, and those that are "
            "made again after a 429 or 5xx."
        )
    yield "Tokens are those that the reference server counts; `at most` is what the requests allow a model to use."
    drawn = plan["generated"]
    if drawn:
        yield (
            f"Generated requests make at most {drawn['calls']} of the calls, and at most {drawn['more']} more where "
            "something fails, to make it small; their tokens are guessed."
        )
    if plan["unmeasured"]:
        yield f"Not measured, so guessed: {', '.join(plan['unmeasured'][:8])}."
    if plan["repeat"] > 1:
        yield f"All of it {plan['repeat']} times."
    if plan["stops"]:
        yield f"A run stops before {plan['stops']} is passed, so not all of this would be played."


def _row(name: str, row: Mapping[str, Any], width: int, scenarios: int | None = None) -> str:
    cost = "" if row["cost"] is None else f"{row['cost']:.4f}"
    cells: Sequence[object] = ("" if scenarios is None else scenarios, row["calls"], row["tokens"], row["most"], cost)
    numbers = "".join(f"{cell!s:>{len(title) + 2}}" for cell, title in zip(cells, COLUMNS, strict=True))
    return f"{name:<{width}}{numbers}".rstrip()
