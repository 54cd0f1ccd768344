"""`antiphon clients`."""

from __future__ import annotations

import json
from typing import Any

import click

from antiphon.clients.dialogue import dialogues_of
from antiphon.clients.needs import all_needs
from antiphon.contract.load import contract


@click.command("clients")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def command(as_json: bool) -> None:
    """List the known clients: versions, and the features of which it was measured what they need.

    `antiphon explain --client NAME` says what one sends and needs; `antiphon run --client NAME` plays its requests.
    """
    rows = [_row(id) for id in contract().clients]
    if as_json:
        click.echo(json.dumps(rows, indent=1, ensure_ascii=False))
        return
    for row in rows:
        click.echo(f"{row['id']:<22} {row['title']} {row['version']} ({row['date']})")
        click.echo(f"{'':<22} {', '.join(row['features']) or 'not measured'}")


def _row(id: str) -> dict[str, Any]:
    client, needs = contract().clients[id], all_needs().get(id)
    return {
        "id": id,
        "title": client.title,
        "version": client.version,
        "date": client.date,
        "features": list(needs.features) if needs else [],
        "calls": sum(len(each.turns) for each in dialogues_of(id)),
        "needs": len(client.needs),
    }
