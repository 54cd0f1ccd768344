"""A result as one page: no network, no fonts, works without scripts, light and dark."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from antiphon.report import view
from antiphon.report.text import clip, visible

SYMBOLS = {"pass": "✓", "fail": "✗", "warn": "!", "not-applicable": "–", "not-testable": "?", "error": "⚠"}
FIRST, FURTHER = 1200, 160
"""Characters of a value that are shown of the first place and of further ones."""


def page(result: Mapping[str, Any]) -> str:
    """The document."""
    repeated: dict[str, str] = {}
    broken = [_broken(result, each, repeated) for each in view.with_verdict(result, "fail")]
    warned = [_broken(result, each, repeated) for each in view.with_verdict(result, "warn")]
    passed = view.with_verdict(result, "pass")
    areas = view.areas(result)
    return render(
        "report.html",
        result=result,
        title=view.title(result),
        areas=areas,
        passed_areas=[(area.name, [each for each in passed if each["area"] == area.name]) for area in areas],
        failures=broken,
        warnings=warned,
        scenarios=view.broken_scenarios(result),
        reasons={verdict: view.by_reason(view.with_verdict(result, verdict)) for verdict in SYMBOLS},
        passed=passed,
    )


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


def _broken(result: Mapping[str, Any], requirement: view.Requirement, repeated: dict[str, str]) -> dict[str, Any]:
    """What the page shows of a broken requirement. A long command stands once on it; `repeated` says where."""
    places = []
    for number, each in enumerate(requirement["violations"]):
        most = FURTHER if number else FIRST
        shown = {key: clip(visible(each[key]), most) for key in ("expected", "got", "message")}
        shown |= {"place": view.place(each), "curl": "", "same": ""}
        if each["curl"] and not number:
            home = repeated.setdefault(each["curl"], requirement["id"])
            shown["curl" if home == requirement["id"] or len(each["curl"]) < FURTHER * 2 else "same"] = each["curl"]
            shown["home"] = home
        places.append(shown)
    return dict(requirement) | {
        "places": places,
        "sources": view.sources(requirement),
        "clients": view.clients(result, requirement["breaks"]),
        "replay": view.replay(result, requirement["id"]),
    }


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
    environment.globals |= {"segments": segments, "symbols": SYMBOLS, "words": view.WORDS, "plural": view.plural}
    environment.globals |= {"client_title": _client_title}
    return environment


def _client_title(client: Mapping[str, str]) -> str:
    return " ".join(part for part in (client["title"], client["version"]) if part)


@cache
def _asset(name: str) -> str:
    environment = _environment()
    assert environment.loader is not None
    return environment.loader.get_source(environment, name)[0]


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
