"""Tables of a result on the screen: verdicts by area, each broken requirement, and what could not be shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from antiphon.judge.verdict import Verdict
from antiphon.report.client_words import marked_features, reasons
from antiphon.report.effect_tables import effect_lines
from antiphon.report.failure import failure_text, warning_text
from antiphon.report.result_model import Result
from antiphon.report.text import clip, visible
from antiphon.report.words import (
    areas,
    broken_scenarios,
    by_reason,
    choices,
    clients,
    clients_by_fate,
    not_asked_line,
    plural,
    profile_lines,
    with_verdict,
)

STYLES = {
    "pass": "green", "fail": "bold red", "warn": "yellow", "not-applicable": "", "not-testable": "cyan",
    "not-asked": "dim", "error": "bold magenta",
}  # fmt: skip
MOST_LISTED = 8


def table(result: Result) -> Table:
    """The areas, each with its requirements by verdict."""
    grid = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    grid.add_column("area")
    for verdict in Verdict:
        grid.add_column(verdict.value, justify="right")
    for area in areas(result):
        grid.add_row(Text(area.name), *(_count(area.counts[verdict], verdict) for verdict in Verdict))
    grid.add_row(Text("all", "bold"), *(_count(result["totals"].get(verdict, 0), verdict) for verdict in Verdict))
    return grid


def _count(number: int, verdict: str) -> Text:
    return Text(str(number), STYLES[verdict]) if number else Text("·", "dim")


def tables(result: Result) -> Iterator[RenderableType]:
    """All that the first screen leaves out."""
    yield Text()
    yield table(result)
    for verdict, make in (("fail", lambda each: failure_text(result, each)), ("warn", warning_text)):
        found = with_verdict(result, verdict)
        if found:
            yield Text(f"\n{'Broken' if verdict == 'fail' else 'Broken, but only a should'}: {len(found)}", "bold")
        for each in found:
            yield Text("\n") + make(each)
    yield from _unshown(result)
    yield Text()
    yield from _meaning(result)


MOST_REASONS = 6
"""Reasons for one verdict that the terminal shows, those with the most requirements first."""


def _unshown(result: Result) -> Iterator[Text]:
    scenarios = broken_scenarios(result)
    if scenarios:
        yield Text("\nScenarios that could not continue", "bold")
    for reason, broken in scenarios:
        yield Text(f"  {clip(visible(reason), 300)}\n    {_few([each['name'] for each in broken])}")
    for verdict, heading in (("not-testable", "\nNot testable, because"), ("error", "\nMistakes of Antiphon itself")):
        groups = by_reason(with_verdict(result, verdict))
        if groups:
            yield Text(heading, "bold")
        shown = sorted(groups, key=lambda group: -len(group[1]))[:MOST_REASONS]
        for reason, requirements in shown:
            yield Text(f"  {clip(visible(reason), 300)}\n    {_few([each['id'] for each in requirements])}")
        if len(groups) > len(shown):
            yield Text(f"  and {len(groups) - len(shown)} other reasons; the report lists them all", "dim")
    if ids := choices(result):
        yield Text(f"\nChoices of the server, where it may do either: {_few(ids)}")
    if line := not_asked_line(result):
        yield Text(f"\nNot asked: {clip(visible(line), 300)}")


def _few(names: Sequence[str], most: int = MOST_LISTED) -> str:
    more = len(names) - most
    return "; ".join(map(visible, names[:most])) + (f" and {more} more" if more > 0 else "")


def _meaning(result: Result) -> Iterator[Text]:
    for line in profile_lines(result):
        yield Text(f"profile {line}")
    yield from _clients(result)
    yield from map(Text, effect_lines(result))
    if result["drift"]:
        yield Text(f"drift: {plural(len(result['drift']), 'thing')} that the contract does not know (no failure).")


def _clients(result: Result) -> Iterator[Text]:
    works, fails, unsure = clients_by_fate(result)
    if works:
        yield Text(f"works with {_few(clients(result, works), len(works))}")
    for name in fails:
        client = result["clients"][name]
        yield Text(
            f"not with {visible(clients(result, [name])[0])}: {marked_features(client) or _few(client['broken'])}"
        )
        yield from (Text(f"  {each}: {visible(why)}") for each, why in reasons(client, "fails"))
    if unsure:
        yield Text(f"not enough was judged to say of {_few(clients(result, unsure))}")
