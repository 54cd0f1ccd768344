"""Markdown for the summary of a CI job."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from antiphon.judge.verdict import Verdict
from antiphon.report.result_model import Result, ResultRequirement
from antiphon.report.text import block, clip, code, markdown, visible
from antiphon.report.words import (
    alarms,
    areas,
    broken_scenarios,
    by_reason,
    clients,
    clients_by_fate,
    not_asked_line,
    numbers,
    place,
    plural,
    profile_lines,
    replay,
    sources,
    title,
    with_verdict,
)

MOST_FAILURES = 50
"""Failures with all details: a job summary is cut at 1 MiB."""
SHOWN_VERDICTS = 400


def summary(result: Result, most: int = MOST_FAILURES) -> str:
    """The document, with at most so many failures told in full."""
    return "\n".join(_lines(result, most)) + "\n"


def _lines(result: Result, most: int) -> Iterator[str]:
    yield f"## {markdown(title(result))}: {numbers(result)}"
    yield ""
    version, date = markdown(result["antiphon"]), markdown(result["started_at"])
    yield f"Edition {code(result['edition'])}, Antiphon {version}, {date}."
    if result["filtered"]:
        asked = f" ({code(clip(result['filter'], SHOWN_VERDICTS))})" if result["filter"] else ""
        yield f"Filtered{asked}: the rest is unknown, so no statement covers the whole."
    yield from (f"**{markdown(clip(each, SHOWN_VERDICTS))}**" for each in alarms(result))
    yield ""
    for line in profile_lines(result):
        yield f"- profile {markdown(line)}"
    yield from _clients(result)
    yield ""
    yield "| area | " + " | ".join(map(str, Verdict)) + " |"
    yield "|---|" + "--:|" * len(Verdict)
    for area in areas(result):
        yield f"| {area.name} | " + " | ".join(str(area.counts[verdict] or "") for verdict in Verdict) + " |"
    yield "| **all** | " + " | ".join(str(result["totals"][verdict]) for verdict in Verdict) + " |"
    yield from _failures(result, most)
    yield from _others(result, most)


def _clients(result: Result) -> Iterator[str]:
    works, fails, _ = clients_by_fate(result)
    if works:
        yield f"- works with {markdown('; '.join(clients(result, works)))}"
    for name in fails:
        broken = result["clients"][name]["broken"]
        more = f" and {len(broken) - 8} more" if len(broken) > 8 else ""
        yield f"- not with {markdown(clients(result, [name])[0])}: {', '.join(map(code, broken[:8]))}{more}"


def _failures(result: Result, most: int) -> Iterator[str]:
    failed = with_verdict(result, "fail")
    if failed:
        yield f"\n### Broken: {len(failed)}\n"
    for requirement in failed[:most]:
        yield from _failure(result, requirement)
    if len(failed) > most:
        yield f"…and {len(failed) - most} more, in the report."


def _failure(result: Result, requirement: ResultRequirement) -> Iterator[str]:
    says, often = escape(visible(requirement["says"])), f"{requirement['violated']} of {requirement['judged']}"
    yield f"<details><summary><code>{requirement['id']}</code> ({requirement['level']}, {often}): {says}</summary>\n"
    lines = []
    for first in requirement["violations"][:1]:
        lines += [f"place     {place(first)}"]
        lines += [
            f"{label:<9} {clip(first[label], SHOWN_VERDICTS)}"
            for label in ("expected", "got", "message")
            if first[label]
        ]
        lines += [f"repeat    {first['curl']}"] if first["curl"] else []
    lines += [f"source    {source}" for source in sources(requirement)]
    broken = clients(result, requirement["breaks"])
    lines += [f"breaks    {'; '.join(broken)}"] if broken else []
    again = replay(result, requirement["id"])
    yield block(lines + ([f"replay    {again}"] if again else []))
    yield "\n</details>\n"


def _others(result: Result, most: int) -> Iterator[str]:
    warned = with_verdict(result, "warn")
    if warned:
        yield f"\n### Broken, but only a should: {len(warned)}\n"
    for each in warned[:most]:
        got = each["violations"][0]["got"] if each["violations"] else ""
        yield f"- `{each['id']}`: {markdown(each['says'])} Got {code(clip(got, 120))}"
    scenarios = broken_scenarios(result)
    if scenarios:
        yield "\n### Scenarios that could not continue\n"
    for reason, broken in scenarios[:most]:
        yield f"- {', '.join(code(each['name']) for each in broken[:8])}: {code(clip(reason, 200))}"
    groups = by_reason(with_verdict(result, "not-testable"))
    if groups:
        yield "\n### Not testable\n"
    for reason, requirements in groups[:most]:
        yield f"- {plural(len(requirements), 'requirement')}: {markdown(clip(reason, 200))}"
    if line := not_asked_line(result):
        yield f"\nNot asked: {markdown(clip(line, 300))}"
