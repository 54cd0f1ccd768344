"""`antiphon list`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import click

from antiphon.cli.options.common import edition_option
from antiphon.cli.options.known_names import check_name
from antiphon.contract.load import DEFAULT_EDITION, contract, edition, edition_ids
from antiphon.errors import ConfigError

KINDS = ("requirements", "editions", "profiles", "capabilities", "clients", "faults")


@click.command("list")
@click.argument("kind", type=click.Choice(KINDS), default="requirements")
@click.option("--area", metavar="NAME", help="Only requirements of this area.")
@click.option("--level", type=click.Choice(["must", "should", "may"]), help="Only requirements of this level.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@edition_option
def command(kind: str, area: str | None, level: str | None, as_json: bool, edition: str | None) -> None:
    """List what the contract holds; no network is needed."""
    rows = _rows(kind, edition or DEFAULT_EDITION)
    if kind != "requirements" and (area or level):
        raise ConfigError(f"{'--area' if area else '--level'} is of requirements, and there is none of {kind}.")
    check_name("area", area, {row["area"] for row in rows if "area" in row})
    rows = [row for row in rows if area in (None, row.get("area")) and level in (None, row.get("level"))]
    if as_json:
        click.echo(json.dumps(rows, indent=1, ensure_ascii=False))
        return
    for row in rows:
        click.echo(_line(row))
    click.echo(f"{len(rows)} {kind}", err=True)


def _line(row: Mapping[str, Any]) -> str:
    head = f"{row['level']:<6} " if "level" in row else ""
    return f"{head}{row['id']:<44} {row['says']}"


def _rows(kind: str, name: str) -> Sequence[dict[str, Any]]:
    book = contract(name)
    match kind:
        case "requirements":
            return [
                {
                    "id": each.id,
                    "level": each.level.value,
                    "area": each.area,
                    "capability": each.capability,
                    "says": each.says,
                }
                for each in book.requirements.values()
            ]
        case "editions":
            return [{"id": each, "says": edition(each).title, "date": edition(each).date} for each in edition_ids()]
        case "profiles":
            return [
                {"id": each.id, "says": f"{each.says} ({', '.join(each.capabilities)})"}
                for each in book.profiles.values()
            ]
        case "capabilities":
            return [{"id": each.id, "says": each.says} for each in book.capabilities.values()]
        case "clients":
            return [
                {
                    "id": each.id,
                    "says": f"{each.title} {each.version} ({each.date}), needs {len(each.needs)} requirements",
                }
                for each in book.clients.values()
            ]
    from antiphon.server.faults import catalogue

    return [
        {"id": each.name, "says": each.says, "breaks": sorted(each.breaks)} for _, each in sorted(catalogue().items())
    ]
