"""Markdown for the summary of a CI job."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape

from antiphon.judge.verdict import Verdict
from antiphon.report.cause_text import extent
from antiphon.report.causes import BROKEN, causes_of
from antiphon.report.client_words import marked_features, reasons
from antiphon.report.result_model import Result, ResultCause, ResultRequirement
from antiphon.report.text import block, clip, code, markdown, visible
from antiphon.report.words import (
    alarms,
    areas,
    broken_line,
    broken_scenarios,
    by_reason,
    clients,
    clients_by_fate,
    leftovers,
    not_asked_line,
    numbers,
    place,
    plural,
    profile_lines,
    repeat_lines,
    title,
    with_verdict,
)

MOST_CAUSES = 50
"""Causes with all details: a job summary is cut at 1 MiB."""
SHOWN_VERDICTS = 400


def summary(result: Result, most: int = MOST_CAUSES) -> str:
    """The document, with at most so many causes told in full."""
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
    if line := leftovers(result):
        yield markdown(line)
    yield ""
    for line in profile_lines(result):
        yield f"- profile {markdown(line)}"
    yield from _clients(result)
    yield from _causes(result, most)
    yield ""
    yield "| area | " + " | ".join(map(str, Verdict)) + " |"
    yield "|---|" + "--:|" * len(Verdict)
    for area in areas(result):
        yield f"| {area.name} | " + " | ".join(str(area.counts[verdict] or "") for verdict in Verdict) + " |"
    yield "| **all** | " + " | ".join(str(result["totals"][verdict]) for verdict in Verdict) + " |"
    yield from _others(result, most)


def _clients(result: Result) -> Iterator[str]:
    works, fails, _ = clients_by_fate(result)
    if works:
        yield f"- works with {markdown('; '.join(clients(result, works)))}"
    for name in fails:
        client = result["clients"][name]
        broken = client["broken"]
        more = f" and {len(broken) - 8} more" if len(broken) > 8 else ""
        told = markdown(marked_features(client)) or f"{', '.join(map(code, broken[:8]))}{more}"
        yield f"- not with {markdown(clients(result, [name])[0])}: {told}"
        yield from (f"  - {each}: {markdown(clip(why, 200))}" for each, why in reasons(client, "fails"))


def _causes(result: Result, most: int) -> Iterator[str]:
    causes = causes_of(result)
    if causes:
        yield f"\n### {broken_line(result)}\n"
    broken = {each["id"]: each for each in result["requirements"] if each["verdict"] in BROKEN}
    for number, cause in enumerate(causes[:most], 1):
        yield from _cause(result, cause, number, broken)
    if len(causes) > most:
        yield f"…and {len(causes) - most} more, in the report."


def _cause(result: Result, cause: ResultCause, number: int, broken: Mapping[str, ResultRequirement]) -> Iterator[str]:
    says = escape(visible(clip(cause["title"], SHOWN_VERDICTS)))
    yield f"<details><summary><b>{number}</b> {says} ({extent(cause)})</summary>\n"
    lines = []
    if first := cause.get("first"):
        lines += [f"place     {place(first)}"]
        lines += [
            f"{label:<9} {clip(text, SHOWN_VERDICTS)}"
            for label, text in (("expected", first["expected"]), ("got", first["got"]), ("message", first["message"]))
            if text
        ]
        lines += repeat_lines(first, "repeat    ")
    titles = clients(result, cause["clients"])
    lines += [f"breaks    {'; '.join(titles)}"] if titles else []
    yield block(lines)
    for id in cause["requirements"]:
        yield _requirement(broken[id])
    yield "\n</details>\n"


def _requirement(requirement: ResultRequirement) -> str:
    often = f"{requirement['violated']} of {requirement['judged']}"
    says = markdown(clip(requirement["says"], SHOWN_VERDICTS))
    return f"- `{requirement['id']}` ({requirement['level']}, {often}): {says}"


def _others(result: Result, most: int) -> Iterator[str]:
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
