"""Result on the screen: first what a stranger needs, on one screen of 80 by 40; with `verbose` all tables after it."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import IO

from rich.console import Console, RenderableType
from rich.text import Text

from antiphon.report.cause_text import cause_line, cause_text, first_command
from antiphon.report.causes import causes_of
from antiphon.report.formats.scripts import FOLDER, script_of
from antiphon.report.overview import MOST_LINE, MOST_LIST, overview
from antiphon.report.result_model import Result
from antiphon.report.tables import tables
from antiphon.report.text import clip, shorten, visible
from antiphon.report.words import alarms, broken_line, leftovers, not_asked_line, not_testable_line

NARROWEST = 80
GRAVEST = 3
"""Causes that are told with their first place and a command."""
MOST_CAUSES = 10
"""Causes that have a line; the report has all."""


def screen(file: IO[str] | None = None) -> Console:
    """A console that obeys NO_COLOR, shows no colours in a pipe and cannot stumble over a character."""
    file = file or sys.stdout
    if isinstance(file, TextIOWrapper):
        file.reconfigure(errors="backslashreplace")
    console = Console(file=file, markup=False, highlight=False, emoji=False)
    if console.width < NARROWEST:
        console.width = NARROWEST
    return console


def print_report(console: Console, result: Result, files: Sequence[Path | str] = (), *, verbose: bool = False) -> None:
    """Print the report; `files` are those that were written."""
    for part in _parts(result, files, verbose):
        console.print(part, soft_wrap=isinstance(part, Text))


def _parts(result: Result, files: Sequence[Path | str], verbose: bool) -> Iterator[RenderableType]:
    yield from (Text(clip(visible(alarm), 300), "bold red") for alarm in alarms(result))
    yield from overview(result)
    yield from _causes(result, next((Path(each) for each in files if Path(each).name == FOLDER), None))
    if verbose:
        yield from tables(result)
    yield from _rest(result, verbose)
    if files:
        yield Text(f"wrote {_listed(files)}", "dim")


def _causes(result: Result, scripts: Path | None) -> Iterator[Text]:
    causes = causes_of(result)
    if not causes:
        return
    yield Text(f"{broken_line(result)}:", "bold")
    told: dict[str, int] = {}
    for number, cause in enumerate(causes[:MOST_CAUSES], 1):
        if number > GRAVEST:
            yield cause_line(cause, number)
            continue
        first = told.setdefault(first_command(cause) or f"of {number}", number)
        script = script_of(result, cause, scripts) if scripts else ""
        yield cause_text(cause, number, script, first if first < number else 0)
    if len(causes) > MOST_CAUSES:
        yield Text(f"    and {len(causes) - MOST_CAUSES} more; the report has them all", "dim")


def _rest(result: Result, verbose: bool) -> Iterator[Text]:
    """What was not shown or not deleted, each in a line, and where more is told."""
    if left := leftovers(result):
        yield Text(left, "yellow")
    lines = {"not testable": (not_testable_line(result), MOST_LINE), "not asked": (not_asked_line(result), MOST_LIST)}
    for label, (line, most) in lines.items():
        if line:
            yield Text(shorten(f"{label}: {visible(line)}", most), "dim")
    if not verbose and any(result["totals"][verdict] for verdict in ("fail", "warn", "error")):
        yield Text("each requirement, what was expected and what came: --verbose, or report.html", "dim")


def _listed(files: Sequence[Path | str]) -> str:
    """The files, those of one folder together: `out: result.json, report.html`."""
    folders: dict[str, list[str]] = {}
    for path in map(Path, files):
        folders.setdefault(visible(path.parent), []).append(visible(path.name))
    return "; ".join(f"{folder}: {', '.join(names)}" for folder, names in folders.items())
