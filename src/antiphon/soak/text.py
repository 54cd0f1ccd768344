"""Result of a soak on a terminal of 80 columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from antiphon.report.text import clip, shorten, visible
from antiphon.report.words import plural
from antiphon.soak.result import BROKEN, broken_alone, broken_from, broken_under_load, first_shown_broken

LINE = 80
MOST_TOLD = 15
"""Requirements that have a line each; the page has all."""
LATE = 0.05
"""Seconds of our own lag from which on the times of a step are said to be uncertain."""


def print_soak(console: Console, result: Mapping[str, Any], files: Sequence[Path]) -> None:
    """Print the result of a soak; `files` are those that were written."""
    console.print(Text(shorten(visible(headline(result)), 2 * LINE), "bold"), soft_wrap=True)
    console.print(_table(result))
    for line in _lines(result):
        console.print(line, soft_wrap=True)
    if files:
        console.print(Text(f"wrote {', '.join(map(str, files))}", "dim"), soft_wrap=True)


def headline(result: Mapping[str, Any]) -> str:
    """What was found, in a sentence."""
    name = result["target"]["name"]
    if not result["requirements"]:
        return f"{name}: nothing was judged."
    under_load = broken_under_load(result)
    first = result["steps"][0]["users"]
    if not under_load and len(result["steps"]) == 1:
        return f"{name}: judged with {plural(first, 'user')} alone, so nothing is known of others."
    if not under_load:
        return f"{name}: what held with {plural(first, 'user')} held with {result['steps'][-1]['users']}."
    musts = sum(each["level"] == "must" for each in under_load)
    lowest = min(broken_from(result, each) for each in under_load)
    shoulds = f" and {plural(len(under_load) - musts, 'should')}" if len(under_load) > musts else ""
    return f"{name}: {plural(musts, 'must')}{shoulds} held with {plural(first, 'user')} and broke from {lowest} on."


def _table(result: Mapping[str, Any]) -> Table:
    table = Table(box=None, padding=(0, 1), pad_edge=False, header_style="dim")
    for name in ("users", "calls", "calls/s", "refused", "failed", "first event", "gap", "reply", "broken"):
        table.add_column(name, justify="right", overflow="fold", max_width=11)
    for place, step in enumerate(result["steps"]):
        times = [_times(step["seconds_to"][kind]) for kind in ("first", "gap", "reply")]
        broken = sum(each["states"][place] == BROKEN for each in result["requirements"])
        rate = "–" if step["rate"] is None else f"{step['rate']:.1f}"
        table.add_row(
            str(step["users"]),
            str(step["exchanges"]),
            rate,
            str(overload_count(step)),
            str(failure_count(step)),
            *times,
            str(broken),
        )
    return table


def overload_count(step: Mapping[str, Any]) -> int:
    """Calls that were answered with 429 or 503."""
    return int(step["outcomes"].get("overloaded", 0))


def failure_count(step: Mapping[str, Any]) -> int:
    """Calls that got no whole answer, or a server error."""
    return sum(int(step["outcomes"].get(name, 0)) for name in ("unanswered", "damaged", "broke"))


def _times(percentiles: Mapping[str, float | None]) -> str:
    """The median and the 99th percentile in milliseconds."""
    return "/".join(milliseconds(percentiles[name]) for name in ("p50", "p99"))


def milliseconds(seconds: float | None) -> str:
    """Seconds as milliseconds with two or three digits."""
    if seconds is None:
        return "–"
    value = seconds * 1000
    return f"{value:.1f}" if value < 10 else f"{value:.0f}"


def _lines(result: Mapping[str, Any]) -> Iterator[Text]:
    yield Text("first event, gap between events, reply as JSON: median/p99 in ms", "dim")
    groups = {
        "Held with the first step, broken under load": (broken_under_load(result), "bold red"),
        "Broken from the first step on, so not by load": (broken_alone(result), "bold"),
        "Not shown at the first step, broken later": (first_shown_broken(result), "bold"),
    }
    for title, (requirements, style) in groups.items():
        if requirements:
            yield Text(f"{title}:", style)
        for each in requirements[:MOST_TOLD]:
            yield Text(shorten(_requirement(result, each), LINE))
            if style == "bold red" and each["places"]:
                place = each["places"][0]
                yield Text(shorten(visible(f"      expected {place['expected']}"), LINE), "dim")
                yield Text(shorten(visible(f"      got {place['got']}, in {place['exchange']}"), LINE), "dim")
        if len(requirements) > MOST_TOLD:
            yield Text(f"  and {len(requirements) - MOST_TOLD} more; soak.html has them all", "dim")
    yield from (Text(clip(visible(line), 300), "yellow") for line in remarks(result))


def _requirement(result: Mapping[str, Any], each: Mapping[str, Any]) -> str:
    """A requirement, the users from which it was broken, and in how many of the cases at each step."""
    shares = "  ".join(f"{broken}/{judged}" for broken, judged in zip(each["violated"], each["judged"], strict=True))
    return f"  {each['level']:<6} {each['id']}  from {plural(broken_from(result, each), 'user')}  {shares}"


def remarks(result: Mapping[str, Any]) -> Iterator[str]:
    """What a reader has to know besides."""
    yield from result["remarks"]
    missing = [str(users) for users in result["asked"]["users"][len(result["steps"]) :]]
    if missing:
        yield f"not reached: {', '.join(missing)} users"
    for name, why in result["declined"].items():
        yield f"not played: {name} ({why})"
    for step in result["steps"]:
        lag = step["seconds_to"]["lag"]["p90"] or 0.0
        if lag > LATE:
            yield (
                f"with {step['users']} users our own process woke {milliseconds(lag)} ms late: the times are those of "
                "this machine, too; give it more processes (docs/soak.md)"
            )
    if result["left"]:
        yield f"not deleted: {plural(result['left'], 'response')} that the requests asked to store"
    for each in result["requirements"]:
        yield from (f"an error of ours in {each['id']}: {error}" for error in each["errors"])
