"""`antiphon drift`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from antiphon.cli.options.common import FILE, edition_option
from antiphon.contract.load import DEFAULT_EDITION
from antiphon.errors import ConfigError, Exit


@click.command("drift")
@click.option("--sdk", is_flag=True, help="Compare with the types of the installed openai package.")
@click.option("--openapi", type=FILE, metavar="FILE", help="Compare with an OpenAPI document, YAML or JSON.")
@click.option(
    "--transcript", "transcripts", type=FILE, multiple=True, metavar="FILE", help="Compare with real traffic."
)
@click.option("--record", is_flag=True, help="Take the types of fields as they are now for those to compare with.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@edition_option
def command(
    sdk: bool, openapi: Path | None, transcripts: tuple[Path, ...], record: bool, as_json: bool, edition: str | None
) -> Exit:
    """Show which source changed: the document, the SDK, the wire, or our contract. Exit code 5 when one did.

    That is an operation, a type, a field, a parameter or a value that one has and another has not, and a field whose
    type is another than was recorded, or that is required now.
    """
    if not (sdk or openapi or transcripts):
        raise ConfigError("Nothing to compare with: give --sdk, --openapi FILE or --transcript FILE.")
    from antiphon.drift.compare import text
    from antiphon.drift.report import report

    made = report(sdk, openapi, transcripts, edition or DEFAULT_EDITION, record=record)
    if as_json:
        value = {"compared": made.compared, "remarks": made.remarks, "moved": made.rows}
        click.echo(json.dumps(value, indent=1, ensure_ascii=False))
    else:
        for line in text(made.rows):
            click.echo(line)
        for line in made.remarks:
            click.echo(line, err=True)
        for line in made.compared:
            click.echo(f"compared with {line}", err=True)
        click.echo(f"{len(made.rows)} moved" if made.rows else "nothing moved", err=True)
    return Exit.STALE if made.rows else Exit.HOLDS
