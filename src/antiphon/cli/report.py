"""`antiphon report`."""

from __future__ import annotations

from pathlib import Path

import click

from antiphon.cli.options import FILE


@click.command("report")
@click.argument("results", nargs=-1, required=True, type=FILE, metavar="RESULT.json...")
@click.option("--out", type=FILE, default=Path("antiphon-matrix"), show_default=True, help="The folder to write.")
def command(results: tuple[Path, ...], out: Path) -> None:
    """Make a compatibility matrix of results: a page, Markdown, and badges."""
    from antiphon.report.files import load
    from antiphon.report.write import write_matrix

    for path in write_matrix([load(path) for path in results], out):
        click.echo(path)
