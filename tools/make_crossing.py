"""Make `spec/crossed.yaml`: rows of values of `spec/crossing.yaml` in which every legal pair stands at least once.

python -m tools.make_crossing
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from covertable import make

from antiphon.contract.crossing import ROWS, Crossing, rowless_crossings
from antiphon.contract.paths import spec_dir
from antiphon.contract.spec_files import read_yaml

HEAD = """\
# Rows in which every legal pair of spec/crossing.yaml stands at least once: a covering array of strength two.
# Made by `python -m tools.make_crossing` with covertable; nobody edits it.
"""
SALTS = 200
"""Orders of the pairs that are tried."""
FEW_SALTS = 5
"""The same, where earlier rows leave little to choose."""
HIDING = frozenset({"hosted"})
"""Values beside which input tokens tell nothing: what a hosted tool reads is counted too."""


def rows(crossing: Crossing, earlier: Iterable[Iterable[str]] = ()) -> list[tuple[str, ...]]:
    """The shortest covering array among those of so many orders; of several the one with the most triples.

    Earlier rows stay, with a value of what is new: what is known of each remains true.
    """
    factors = {factor.name: [value.name for value in factor.values] for factor in crossing.factors}
    apart = [_apart(crossing, *sorted(pair)) for pair in sorted(crossing.apart, key=sorted)]
    known = {value.name: factor.name for factor in crossing.factors for value in factor.values}
    kept = [{known[name]: name for name in row if name in known} for row in earlier]
    begin = kept or [{known[name]: name for name in sorted(names)} for names in crossing.together]
    arrays: list[list[dict[str, Any]]] = [
        make(factors, constraints=apart, presets=begin, salt=str(salt)) for salt in range(FEW_SALTS if kept else SALTS)
    ]
    made = [sorted(tuple(str(row[name]) for name in factors) for row in array) for array in arrays]
    best = min(made, key=lambda array: (len(array), -_triples(array)))
    old = [tuple(row[name] for name in factors) for row in kept if len(row) == len(factors)]
    array = [*old, *(row for row in best if row not in old)]
    for cell in crossing.closely:
        array += _close_rows(crossing, cell, array)
    return array


def _close_rows(crossing: Crossing, cell: frozenset[str], array: Iterable[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Rows in which a mode and a context meet the values that they do not meet yet."""
    met = {name for row in array if cell <= {*row} for name in row}
    missing = [name for name in crossing.close_values(cell) if name not in met]
    made = []
    while missing:
        row: list[str] = []
        for factor in crossing.factors:
            names = [value.name for value in factor.values]
            own = [name for name in names if name in cell]
            chosen = own or [*(name for name in names if name in missing), *names]
            row.append(next(name for name in chosen if crossing.is_legal([*cell, *row, name])))
        missing = [name for name in missing if name not in row]
        made.append(tuple(row))
    return made


def _triples(array: Iterable[tuple[str, ...]]) -> int:
    """The features that are met, in how many cells of the first two factors."""
    return len({(row[0], row[1], value) for row in array if HIDING.isdisjoint(row) for value in row[2:]})


def _apart(crossing: Crossing, one: str, other: str) -> dict[str, Any]:
    """The constraint that two values do not meet."""
    conditions = [{"operator": "ne", "left": crossing.value(name).factor, "value": name} for name in (one, other)]
    return {"operator": "or", "conditions": conditions}


def text() -> str:
    """The file."""
    lines = [HEAD.rstrip()]
    earlier = read_yaml(spec_dir() / ROWS)
    for surface, crossing in rowless_crossings().items():
        lines.append(f"{surface}:")
        lines += [f"- [{', '.join(row)}]" for row in rows(crossing, earlier.get(surface, ()))]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    (spec_dir() / ROWS).write_text(text(), encoding="utf-8")
