"""Page of the crossing: values, rows, and which row plays which pair."""

from __future__ import annotations

from itertools import combinations

from antiphon.contract.crossing import Crossing, CrossingRow, Factor, crossings
from antiphon.contract.site.text import table

HEAD = """\
A create has a mode, a context and features. A thorough run plays each pair of their values at least once, in as few
rows as that takes, and reads the same relations on every row: what a feature does in a plain create it does in all of
them ([requirements](requirements/modes.md)). A feature that a server refuses is left out of the row, so that the rest
is still seen; what is refused in a plain create too is no finding. The data is `spec/crossing.yaml`.
"""
TITLES = {"responses": "Responses", "chat": "Chat Completions"}


def crossing() -> str:
    """The factors of each surface, its rows, and a table of rows for each two factors."""
    return "\n".join([HEAD, *(part for surface, each in crossings().items() for part in _surface(surface, each))])


def _surface(surface: str, crossing: Crossing) -> list[str]:
    title = TITLES[surface]
    values = [[factor.name, f"`{value.name}`", value.says] for factor in crossing.factors for value in factor.values]
    rows = [[f"{row.number:02}", *(f"`{value.name}`" for value in row.values)] for row in crossing.rows]
    names = [factor.name for factor in crossing.factors]
    parts = [f"## {title}: values\n", table(["Factor", "Value", "What it is"], values)]
    parts += [f"## {title}: rows\n", table(["Row", *names], rows)]
    parts.append(f"## {title}: which rows play which pair\n")
    for one, other in combinations(crossing.factors, 2):
        parts += [f"### {one.name} and {other.name}\n", _pairs(crossing, one, other)]
    return parts


def _pairs(crossing: Crossing, one: Factor, other: Factor) -> str:
    """A table of the rows that play each pair of two factors, and below it why the others stand apart."""
    rows, reasons = [], dict[str, None]()
    for value in one.values:
        cells = []
        for second in other.values:
            reason = crossing.apart.get(frozenset((value.name, second.name)))
            cells.append("apart" if reason else _numbers(crossing.rows, value.name, second.name))
            reasons |= {reason: None} if reason else {}
        rows.append([f"`{value.name}`", *cells])
    head = ["", *(f"`{value.name}`" for value in other.values)]
    return "\n".join([table(head, rows), *(f"{each}\n" for each in reasons)])


def _numbers(rows: tuple[CrossingRow, ...], one: str, other: str) -> str:
    return ", ".join(f"{row.number:02}" for row in rows if row.has(one) and row.has(other))
