"""`antiphon compare`."""

from __future__ import annotations

from pathlib import Path

import click

from antiphon.cli.options import FILE
from antiphon.errors import ConfigError


@click.command("compare")
@click.argument("results", nargs=-1, type=FILE, metavar="[A.json B.json]")
@click.option("--edition", "editions", multiple=True, metavar="ID", help="Compare two editions; give it twice.")
@click.option("--markdown", is_flag=True, help="As Markdown.")
def command(results: tuple[Path, ...], editions: tuple[str, ...], markdown: bool) -> None:
    """Show what changed from result A to result B, or how edition B differs from edition A."""
    if len(editions) == 2 and not results:
        from antiphon.contract.differences import between

        for line in between(*editions):
            click.echo(line)
        return
    if len(results) != 2 or editions:
        raise ConfigError("Compare takes two results, or --edition twice.")
    from antiphon.report.compare import as_markdown, as_text, compare
    from antiphon.report.files import load

    comparison = compare(load(results[0]), load(results[1]))
    click.echo((as_markdown if markdown else as_text)(comparison), nl=False)
