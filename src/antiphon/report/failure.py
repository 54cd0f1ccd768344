"""One broken requirement on a terminal: sentence, place, difference, and the command that repeats it."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from antiphon.report.reproduction.choice import command
from antiphon.report.result_model import Result, ResultRequirement, ResultViolation
from antiphon.report.text import clip, visible
from antiphon.report.words import clients, place, plural, replay, sources

MOST_PLACES = 400
"""Characters of one value on the screen; the result has more."""


def failure_text(result: Result, requirement: ResultRequirement) -> Text:
    """All that is known of a failure."""
    first = next(iter(requirement["violations"]), None)
    lines = [_head(requirement, "bold red"), Text("  " + visible(requirement["says"]))]
    if first:
        lines += _difference(requirement, first)
    for other in requirement["violations"][1:]:
        lines.append(_row("also", f"{place(other)}: {other['got']}", 120))
    lines += [_row("source", source) for source in sources(requirement)]
    titles = clients(result, requirement["breaks"])
    if titles:
        lines.append(_row("breaks", "; ".join(titles)))
    if first and (shown := command(first)):
        head, *rest = shown.rstrip("\n").split("\n")
        lines += [_row("repeat", head, None), *(_row("", line, None) for line in rest)]
    again = replay(result, requirement["id"])
    if again:
        lines.append(_row("replay", again, None))
    return Text("\n").join(lines)


def warning_text(requirement: ResultRequirement) -> Text:
    """A broken should, in two or three lines."""
    lines = [_head(requirement, "bold yellow"), Text("  " + visible(requirement["says"]))]
    for first in requirement["violations"][:1]:
        lines.append(_row("place", place(first)))
        lines.append(_row("got", first["got"], 120))
    return Text("\n").join(lines)


def _head(requirement: ResultRequirement, style: str) -> Text:
    kinds = ", ".join(dict.fromkeys(each["kind"] for each in requirement["evidence"]))
    return Text.assemble((requirement["id"], style), f"  {requirement['level']}  ", (f"({kinds})", "dim"))


def _difference(requirement: ResultRequirement, violation: ResultViolation) -> Iterator[Text]:
    often = f"  (broken in {requirement['violated']} of {plural(requirement['judged'], 'judged exchange')})"
    yield _row("place", place(violation)) + Text(often, "dim")
    yield _row("expected", violation["expected"])
    yield _row("got", violation["got"])
    if violation["message"]:
        yield _row("", violation["message"])


def _row(label: str, value: str, most: int | None = MOST_PLACES) -> Text:
    said = visible(value)
    return Text.assemble("  ", (f"{label:<9} ", "dim"), said if most is None else clip(said, most))
