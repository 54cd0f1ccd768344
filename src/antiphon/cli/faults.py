"""`antiphon faults`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import click

from antiphon.cli.options.common import edition_option
from antiphon.cli.options.known_names import check_name
from antiphon.contract.load import DEFAULT_EDITION, all_requirements, contract


@click.command("faults")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--area", metavar="NAME", help="Only faults that break a requirement of this area.")
@click.option("--client", metavar="NAME", help="Only faults that this client chokes on.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@edition_option
def command(names: tuple[str, ...], area: str | None, client: str | None, as_json: bool, edition: str | None) -> None:
    """List the ways in which the reference server can be wrong, or explain those that are named.

    Each comes with the requirements that it breaks and the clients that choke on it.
    """
    rows = fault_rows(edition or DEFAULT_EDITION)
    check_name("area", area, {each for row in rows for each in row["areas"]})
    check_name("client", client, contract().clients)
    by_name = {row["name"]: row for row in rows}
    for name in names:
        check_name("fault", name, by_name)
    chosen = [by_name[name] for name in names] if names else rows
    chosen = [
        row for row in chosen if (area is None or area in row["areas"]) and (client is None or client in row["clients"])
    ]
    if as_json:
        click.echo(json.dumps(chosen, indent=1, ensure_ascii=False))
        return
    for row in chosen:
        click.echo(_explained(row) if names else _line(row))
    if not names:
        click.echo(f"{len(chosen)} faults; `antiphon faults NAME` explains one", err=True)


def fault_rows(edition_id: str) -> list[dict[str, Any]]:
    """Every fault that can be shown in an edition, as JSON, by its name."""
    from antiphon.server.faults import catalogue

    contract(edition_id)
    every = all_requirements()
    rows = []
    for name, fault in catalogue().items():
        if fault.needs and edition_id not in fault.needs:
            continue
        broken = [every[each] for each in sorted(fault.breaks)]
        rows.append(
            {
                "name": name,
                "says": fault.says,
                "areas": sorted({each.area for each in broken}),
                "breaks": [{"id": each.id, "level": each.level.value, "says": each.says} for each in broken],
                "implies": sorted(fault.implies),
                "clients": sorted({client for each in broken for client in each.breaks}),
                "serve": f"antiphon serve --fault {name}",
                "header": f"X-Antiphon-Fault: {name}",
            }
        )
    return rows


def _line(row: Mapping[str, Any]) -> str:
    clients = f"  [{', '.join(row['clients'])}]" if row["clients"] else ""
    return f"{row['name']:<34} {', '.join(each['id'] for each in row['breaks'])}{clients}"


def _explained(row: Mapping[str, Any]) -> str:
    clients = contract().clients
    lines = [row["name"], f"  {row['says']}", "", "  breaks"]
    lines += [f"    {each['id']} ({each['level']})  {each['says']}" for each in row["breaks"]]
    if row["implies"]:
        lines += ["  and with them", *(f"    {each}" for each in row["implies"])]
    lines.append("  clients that choke on it")
    lines += [f"    {clients[each].title} {clients[each].version}" for each in row["clients"]] or ["    none is known"]
    lines += ["  to see it", f"    {row['serve']}", f"    antiphon run --fault {row['name']}"]
    lines += [f"    in one request of a server on this machine: -H '{row['header']}'", ""]
    return "\n".join(lines)
