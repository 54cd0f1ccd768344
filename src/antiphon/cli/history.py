"""`antiphon history`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from antiphon.cli.options.common import FILE
from antiphon.errors import ConfigError


@click.command("history")
@click.argument("folder", type=FILE, metavar="FOLDER")
@click.option("--target", metavar="NAME", help="Only results of this target.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def command(folder: Path, target: str | None, as_json: bool) -> None:
    """Show the trend in a folder of results: the numbers of each, what broke (-) and what was mended (+)."""
    from antiphon.contract.load import nearest
    from antiphon.nightly import history, state

    nights, remarks = history.read_history(folder, state.load(folder).obstacles)
    if target is not None:
        known = sorted({night.target for night in nights})
        nights = [night for night in nights if night.target == target]
        if not nights:
            raise ConfigError(
                f"{folder}: no result of {target!r}; {nearest(target, known) if known else 'none at all.'}"
            )
    if not nights:
        first = f" ({remarks[0]})" if remarks else ""
        raise ConfigError(f"{folder}: holds no result{first}; `antiphon run` and `antiphon nightly` write some.")
    if as_json:
        listed = [
            {"target": name, "edition": edition, "nights": list(history.trend(rows))}
            for (name, edition), rows in history.series(nights).items()
        ]
        click.echo(json.dumps({"series": listed, "remarks": [str(each) for each in remarks]}, indent=1))
    else:
        for line in history.as_text(nights):
            click.echo(line)
        for remark in remarks:
            click.echo(str(remark), err=True)
