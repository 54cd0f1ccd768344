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
from antiphon.report.panel import Panels
from antiphon.report.result_model import Result, ResultParameter, ResultRequirement
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
    commands, panels = _Commands(), Panels(result)
    passed = words.with_verdict(result, "pass")
    areas = words.areas(result)
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
        failures=[_broken(result, each, commands, panels, most) for each in failed],
        warnings=[_broken(result, each, commands, panels, most) for each in doubtful],
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
    """Prints a long command once on the page, and none where they would bloat it."""

    def __init__(self) -> None:
        self._homes: dict[str, str] = {}
        self._room = COMMANDS

    def command(self, command: str, requirement: str) -> dict[str, str]:
        """The command, or the requirement where it already stands, or neither."""
        if command in self._homes and len(command) > 2 * SHORTEST:
            return {"curl": "", "home": self._homes[command]}
        if len(command) > self._room:
            return {"curl": "", "home": ""}
        self._room -= len(command)
        self._homes.setdefault(command, requirement)
        return {"curl": command, "home": ""}


def _broken(
    result: Result, requirement: ResultRequirement, commands: _Commands, panels: Panels, most: int
) -> dict[str, Any]:
    """Template values of a broken requirement."""
    first: dict[str, str] = {}
    further: list[dict[str, str]] = []
    for each in requirement["violations"] if most >= LONGEST / 2 else requirement["violations"][:2]:
        size = SHORTEST // 2 if first else most
        values = {key: clip(visible(each[key]), size) for key in ("expected", "got", "message")}
        values["place"] = words.place(each)
        if first:
            further.append(values)
        else:
            first = values | commands.command(each["curl"], requirement["id"])
    more = {
        "runs": requirement.get("runs"),
        "first": first,
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
