"""`antiphon judge`."""

from __future__ import annotations

from pathlib import Path

import click

from antiphon.cli.options import FILE, edition_option


@click.command("judge")
@click.argument("files", nargs=-1, required=True, type=FILE, metavar="FILE...")
@edition_option
@click.option("-k", "--select", multiple=True, metavar="ID", help="Only this requirement, or all whose id begins so.")
@click.option("--provider", metavar="NAME", help="Only exchanges of this provider, where a file names them.")
@click.option("--report-dir", type=FILE, metavar="DIR", help="Where results go. [default: antiphon-report]")
def command(
    files: tuple[Path, ...], edition: str | None, select: tuple[str, ...], provider: str | None, report_dir: Path | None
) -> int:
    """Judge recorded traffic by every check that needs no certain scenario.

    FILE is a transcript, JSON Lines of exchanges, HAR 1.2, a VCR cassette, raw events or a JSON body; plain or gzip.
    A transcript of `antiphon run` is judged in full by `antiphon run --transcript FILE`.
    """
    from antiphon.judging import judge_files

    return judge_files(files, edition, select, provider, report_dir or Path("antiphon-report"))
