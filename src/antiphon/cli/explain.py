"""`antiphon explain`."""

from __future__ import annotations

import gc
import json

import click


@click.command("explain")
@click.argument("names", nargs=-1, metavar="NAME...")
@click.option(
    "--client", "clients", multiple=True, metavar="NAME", help="What a known client sends and needs. Repeatable."
)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def command(names: tuple[str, ...], clients: tuple[str, ...], as_json: bool) -> None:
    """Say all that is known of a NAME; no network is needed.

    NAME is a requirement, an event, an item, a part, a tool, a parameter, a disagreement (D-13), a trigger, an error
    code, a relaxation, an edition, a capability, a profile, a client, a rule of the research (B-110) or a fault. Where
    several things have one name, all are shown; event:NAME, parameter:NAME and so on mean one.
    """
    # Many small values are read and none is given up before the end; looking for rubbish costs a tenth of the time.
    gc.disable()
    from antiphon.cli.options.known_names import check_name
    from antiphon.contract.load import contract
    from antiphon.explain.lookup import explain
    from antiphon.explain.text import as_text

    if not names and not clients:
        raise click.UsageError("Missing argument 'NAME...'.")
    for client in clients:
        check_name("client", client, contract().clients)
    rows = [row for name in (*names, *(f"client:{each}" for each in clients)) for row in explain(name)]
    if as_json:
        click.echo(json.dumps(rows, indent=1, ensure_ascii=False, default=str))
    else:
        click.echo("\n\n".join(as_text(row) for row in rows))
