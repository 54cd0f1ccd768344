"""`antiphon matrix`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from antiphon.cli.options.common import FILE
from antiphon.errors import AntiphonError, Exit


@click.command("matrix")
@click.argument("action", type=click.Choice(["run", "judge", "site"]))
@click.argument("names", nargs=-1, metavar="[NAME[@VERSION]...]")
@click.option(
    "--implementations", type=FILE, default="implementations", show_default=True, metavar="DIR", help="The recipes."
)
@click.option(
    "--runs", type=FILE, default="reports/runs", show_default=True, metavar="DIR", help="Where recordings are kept."
)
@click.option(
    "--reports", type=FILE, default="reports", show_default=True, metavar="DIR", help="Where results are published."
)
@click.option(
    "--installed", type=FILE, metavar="DIR", help="Where servers are installed. [default: in the temporary folder]"
)
@click.option(
    "--out", type=FILE, default="antiphon-matrix", show_default=True, metavar="DIR", help="Where the site is written."
)
def command(
    action: str,
    names: tuple[str, ...],
    implementations: Path,
    runs: Path,
    reports: Path,
    installed: Path | None,
    out: Path,
) -> int:
    """Run against real implementations, judge their recordings again, or make the site of their results.

    run installs and starts each recipe on loopback, examines it, runs the suite against it and publishes the result.
    judge makes the results anew from the recordings that a run left. site makes the pages, and README.md and matrix.md
    of the reports. Without a NAME all are taken, one after the other.
    """
    from antiphon.matrix.pages import write_pages
    from antiphon.matrix.recipe import recipes, subjects
    from antiphon.matrix.run import MatrixFolders, judge, run

    known = recipes(implementations)
    chosen = subjects(known, names)
    folders = MatrixFolders(implementations.resolve(), runs, reports, installed)
    if action == "site":
        for path in write_pages(known, folders.reports, out):
            click.echo(path)
        return Exit.HOLDS
    step = run if action == "run" else judge
    codes = [_attempt(lambda subject=subject: step(subject, folders, click.echo)) for subject in chosen]  # type: ignore[misc]
    return max(codes, default=Exit.HOLDS)


def _attempt(step: Callable[[], None]) -> int:
    """The exit code of one implementation; the others follow where it fails."""
    try:
        step()
    except AntiphonError as error:
        click.echo(f"antiphon: {error}", err=True)
        return error.exit
    return Exit.HOLDS
