"""`antiphon compare`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from antiphon.cli.options.common import FILE
from antiphon.errors import ConfigError, Exit


@click.command("compare")
@click.argument("results", nargs=-1, type=FILE, metavar="[A.json B.json]")
@click.option("--edition", "editions", multiple=True, metavar="ID", help="Compare two editions; give it twice.")
@click.option("--markdown", is_flag=True, help="As Markdown.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def command(results: tuple[Path, ...], editions: tuple[str, ...], markdown: bool, as_json: bool) -> Exit:
    """Show what changed from result A to result B, or how edition B differs from edition A.

    Exit code 1 where a must is broken in B that was not broken in A.
    """
    if markdown and as_json:
        raise ConfigError("Compare writes one form at a time: --markdown, or --json.")
    if len(editions) == 2 and not results:
        from antiphon.contract.edition_changes import between

        lines = list(between(*editions))
        click.echo(json.dumps(lines, indent=1, ensure_ascii=False) if as_json else "\n".join(lines))
        return Exit.HOLDS
    if len(results) != 2 or editions:
        raise ConfigError("Compare takes two results, or --edition twice.")
    from antiphon.report import compare_text
    from antiphon.report.compare import compare
    from antiphon.report.files import load_result

    comparison = compare(load_result(results[0]), load_result(results[1]))
    if as_json:
        click.echo(json.dumps(compare_text.as_json(comparison), indent=1, ensure_ascii=False))
    else:
        shown = compare_text.as_markdown if markdown else compare_text.as_text
        click.echo(shown(comparison), nl=False)
    return comparison.exit
