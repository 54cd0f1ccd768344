"""A result as one page: no network, no fonts, works without scripts, light and dark."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from antiphon.report import words
from antiphon.report.causes import cause_of, causes_of
from antiphon.report.client_words import marked_features, reasons
from antiphon.report.panel import Panels
from antiphon.report.reproduction.choice import command
from antiphon.report.result_model import Result, ResultCause, ResultParameter, ResultRequirement, ResultViolation
from antiphon.report.text import clip, visible

SYMBOLS = {
    "pass": "✓", "fail": "✗", "warn": "!", "not-applicable": "–", "not-testable": "?", "not-asked": "○", "error": "⚠",
}  # fmt: skip
LONGEST, SHORTEST = 1200, 80
"""Characters of a value that are shown where few requirements are broken, and where many are."""
ROOM, COMMANDS = 60_000, 200_000
"""Characters that a value of all broken requirements and all commands may take, so that the page stays small."""

OPTIONAL: dict[str, Any] = {"parameters": [], "capabilities": {}, "spending": {}, "runs": 1}
"""Parts that a result of an older Antiphon lacks."""


def page(result: Result) -> str:
    """The document."""
    failed, doubtful = words.with_verdict(result, "fail"), words.with_verdict(result, "warn")
    most = max(SHORTEST, min(LONGEST, ROOM // max(1, len(failed) + len(doubtful))))
    commands, panels = _Commands(len(failed) + len(doubtful)), Panels(result)
    passed = words.with_verdict(result, "pass")
    areas = words.areas(result)
    causes = [_cause(result, each, commands) for each in causes_of(result)]
    homes = cause_of(result)
    rows = result["requirements"]
    return render(
        "report.html",
        result=OPTIONAL | dict(result),
        parameters=[_parameter(each) for each in result.get("parameters", ())],
        shown_verdicts=[each for each in SYMBOLS if result["totals"].get(each)],
        area_names=[area.name for area in areas],
        capability_names=sorted({each["capability"] for each in rows}),
        client_names=sorted({name for each in rows for name in each["breaks"]} & result["clients"].keys()),
        title=words.title(result),
        areas=areas,
        passed_areas=[(area.name, [each for each in passed if each["area"] == area.name]) for area in areas],
        causes=causes,
        failures=[_broken(result, each, commands, panels, most) | {"cause": homes.get(each["id"])} for each in failed],
        warnings=[
            _broken(result, each, commands, panels, most) | {"cause": homes.get(each["id"])} for each in doubtful
        ],
        fates=dict(zip((True, False, None), words.clients_by_fate(result), strict=True)),
        scenarios=words.broken_scenarios(result),
        reasons={verdict: words.by_reason(words.with_verdict(result, verdict)) for verdict in SYMBOLS},
        passed=passed,
    )


def _parameter(row: ResultParameter) -> dict[str, Any]:
    """A parameter, and whether it or its values have any evidence."""
    told = row["verdict"] != "unknown" or any(each["verdict"] != "unknown" for each in row["invalid"])
    return dict(row) | {"told": told}


def render(template: str, **values: Any) -> str:
    """A template of this package, with the styles and scripts that it may run and no others."""
    style, script = _asset("report.css"), _asset("report.js")
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    return _environment().get_template(template).render(
        style=Markup(style), script=Markup(script), policy=policy, **values
    )  # fmt: skip


def segments(counts: Mapping[str, int]) -> Iterator[tuple[str, int, str, str]]:
    """Verdict, number, start and width in percent of each part of a bar."""
    total, start = sum(counts.values()), 0
    for verdict in SYMBOLS:
        number = counts[verdict]
        if number:
            yield verdict, number, f"{100 * start / total:.2f}%", f"{100 * number / total:.2f}%"
            start += number


class _Commands:
    """The commands of a page, each where it is looked for; none where they would bloat it."""

    def __init__(self, broken: int) -> None:
        self._room = COMMANDS * 100 // max(100, broken)  # what is broken takes the rest of the page

    def first_place(self, violation: ResultViolation, most: int) -> dict[str, Any]:
        """A place as the page shows it, with values of so many characters and the command that repeats it."""
        values: dict[str, Any] = {key: clip(visible(violation[key]), most) for key in ("expected", "got", "message")}
        text = command(violation)
        fits = len(text) <= self._room
        self._room -= len(text) if fits else 0
        shown = {"command": text if fits else "", "left_out": not fits}
        return values | shown | {"place": words.place(violation)}


def _cause(result: Result, cause: ResultCause, commands: _Commands) -> dict[str, Any]:
    """Template values of a cause."""
    first = commands.first_place(cause["first"], LONGEST) if "first" in cause else None
    return dict(cause) | {"first": first, "titles": words.clients(result, cause["clients"])}


def _broken(
    result: Result, requirement: ResultRequirement, commands: _Commands, panels: Panels, most: int
) -> dict[str, Any]:
    """Template values of a broken requirement."""
    first, others = next(iter(requirement["violations"]), None), requirement["violations"][1:]
    size = SHORTEST // 2
    further = [
        {key: clip(visible(each[key]), size) for key in ("expected", "got")} | {"place": words.place(each)}
        for each in (others if most >= LONGEST / 2 else others[:1])
    ]
    more = {
        "runs": requirement.get("runs"),
        "first": commands.first_place(first, most) if first else None,
        "further": further,
        "panel": panels.panel(requirement),
        "sources": words.sources(requirement),
        "clients": words.clients(result, requirement["breaks"]),
        "replay": words.replay(result, requirement["id"]),
    }
    return dict(requirement) | more


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("antiphon.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: value if isinstance(value, Markup) else visible(value),
    )
    environment.globals |= {"segments": segments, "symbols": SYMBOLS, "words": words.WORDS, "plural": words.plural}
    environment.globals |= {"marked_features": marked_features, "feature_reasons": reasons}
    environment.globals |= {"client_title": _client_title, "standing": words.profile_standing, "sources": words.sources}
    environment.globals |= {"clip": clip}
    environment.filters["lines"] = _lines
    return environment


def _lines(text: str) -> Markup:
    """Text of several lines, each harmless."""
    return Markup("\n").join(visible(line) for line in text.split("\n"))


def _client_title(client: Mapping[str, str]) -> str:
    return " ".join(part for part in (client["title"], client["version"]) if part)


@cache
def _asset(name: str) -> str:
    environment = _environment()
    assert environment.loader is not None
    return environment.loader.get_source(environment, name)[0]


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
