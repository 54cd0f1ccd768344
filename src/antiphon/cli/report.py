"""`antiphon report`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from antiphon.cli.options.common import FILE
from antiphon.cli.options.output import format_option
from antiphon.errors import ConfigError, Exit

if TYPE_CHECKING:
    from antiphon.report.result_model import Result


@click.command("report")
@click.argument("results", nargs=-1, required=True, metavar="[NAME=]RESULT.json...")
@click.option("-o", "--out", type=FILE, metavar="DIR", help="The folder to write. [default: antiphon-matrix]")
@format_option("With it, the reports of each result are made and no matrix.")
@click.option("--json", "as_json", is_flag=True, help="What was written, or found, as JSON.")
@click.option(
    "--verify", is_flag=True, help="Judge the recordings that follow RESULT.json again: does it say the same?"
)
def command(results: tuple[str, ...], out: Path | None, formats: tuple[str, ...], as_json: bool, verify: bool) -> int:
    """Make a compatibility matrix of results: a site with a page for each result, Markdown, and badges.

    Results of one target, model and edition are one column, and show what changed from one to the next. NAME= names the
    target of a result otherwise than the run did.

    With --verify nothing is written: the recordings that follow RESULT.json, or those beside it, are judged again, and
    every verdict is compared. The exit code is 1 where the result is not what they show.
    """
    if verify:
        return _verify(Path(results[0]), [Path(each) for each in results[1:]], as_json)
    from antiphon.report.series import columns
    from antiphon.report.write import write_all, write_matrix

    folder = out or Path("antiphon-report" if formats else "antiphon-matrix")
    read = [_named(each) for each in results]
    if formats:
        points = [point for column in columns(read) for point in column.points]
        places = {point.name: folder / point.name if len(points) > 1 else folder for point in points}
        written = [path for point in points for path in write_all(point.result, places[point.name], formats)]
    else:
        written = write_matrix(read, folder)
    if as_json:
        click.echo(json.dumps({"written": [str(path) for path in written]}, indent=1))
        return Exit.HOLDS
    for path in written:
        click.echo(path)
    return Exit.HOLDS


def _verify(result: Path, recordings: list[Path], as_json: bool) -> int:
    from antiphon.verification.verify import as_text, verify

    found = verify(result, recordings)
    click.echo(json.dumps(found.as_json(), indent=1, ensure_ascii=False) if as_json else "\n".join(as_text(found)))
    return Exit.HOLDS if found.is_true else Exit.BROKEN


def _named(given: str) -> Result:
    """A result, under the name that was given for its target. A file whose own name has the sign is taken as it is."""
    from antiphon.report.files import load_result
    from antiphon.report.seal import is_intact, with_digest

    name, sign, path = given.partition("=")
    if not sign or Path(given).exists():
        return load_result(Path(given))
    if not name or not path:
        raise ConfigError(f"{given} names no {'file' if name else 'target'}; write NAME=RESULT.json.")
    result = load_result(Path(path))
    intact = is_intact(result)
    result["target"]["name"] = name
    return with_digest(result) if intact else result
