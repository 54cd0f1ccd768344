"""`antiphon report`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from antiphon.cli.options.common import FILE
from antiphon.cli.options.output import format_option


@click.command("report")
@click.argument("results", nargs=-1, required=True, type=FILE, metavar="RESULT.json...")
@click.option("--out", type=FILE, metavar="DIR", help="The folder to write. [default: antiphon-matrix]")
@format_option("With it, the reports of each result are made and no matrix.")
@click.option("--json", "as_json", is_flag=True, help="What was written, as JSON.")
def command(results: tuple[Path, ...], out: Path | None, formats: tuple[str, ...], as_json: bool) -> None:
    """Make a compatibility matrix of results: a site with a page for each result, Markdown, and badges.

    Results of one target, model and edition are one column, and show what changed from one to the next.
    """
    from antiphon.report.files import load_result
    from antiphon.report.series import columns
    from antiphon.report.write import write_all, write_matrix

    folder = out or Path("antiphon-report" if formats else "antiphon-matrix")
    read = [load_result(path) for path in results]
    if formats:
        points = [point for column in columns(read) for point in column.points]
        places = {point.name: folder / point.name if len(points) > 1 else folder for point in points}
        written = [path for point in points for path in write_all(point.result, places[point.name], formats)]
    else:
        written = write_matrix(read, folder)
    if as_json:
        click.echo(json.dumps({"written": [str(path) for path in written]}, indent=1))
        return
    for path in written:
        click.echo(path)
