"""Result of a soak as one page: no network, no fonts, no scripts needed, light and dark."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from antiphon.report.formats.html import render
from antiphon.report.text import clip, visible
from antiphon.soak.chart import chart_of
from antiphon.soak.result import broken_alone, broken_from, broken_under_load, first_shown_broken
from antiphon.soak.text import failure_count, headline, milliseconds, overload_count, remarks

MOST_ROWS = 300
"""Requirements of one table."""
LONGEST = 300
SYMBOLS = {"held": ("✓", "pass"), "broken": ("✗", "fail"), "unshown": ("·", "not-asked")}
KINDS = {"first": "first event", "gap": "between events", "reply": "reply as JSON", "lag": "our own lag"}


def page(result: Mapping[str, Any]) -> str:
    """The document."""
    shown = _shown(result)
    groups = {
        "Held at the first step, broken under load": broken_under_load(shown),
        "Broken from the first step on, so not by load": broken_alone(shown),
        "Not shown at the first step, broken later": first_shown_broken(shown),
    }
    held = [each for each in shown["requirements"] if "broken" not in each["states"]]
    return render(
        "soak.html",
        result=shown,
        headline=visible(headline(result)),
        chart=chart_of(shown),
        groups={name: rows[:MOST_ROWS] for name, rows in groups.items() if rows},
        held=held[:MOST_ROWS],
        broken_from={each["id"]: broken_from(shown, each) for rows in groups.values() for each in rows},
        symbols=SYMBOLS,
        kinds=KINDS,
        steps=[(step, overload_count(step), failure_count(step)) for step in shown["steps"]],
        milliseconds=milliseconds,
        remarks=[visible(clip(line, LONGEST)) for line in remarks(result)],
    )


def _shown(result: Mapping[str, Any]) -> dict[str, Any]:
    """The result with what a server sent made harmless to look at."""
    requirements = [
        {
            **each,
            "places": [
                {name: visible(clip(text, LONGEST)) for name, text in place.items()} for place in each["places"]
            ],
        }
        for each in result["requirements"]
    ]
    target = {name: visible(value) for name, value in result["target"].items() if isinstance(value, str)}
    return {**result, "requirements": requirements, "target": target}
