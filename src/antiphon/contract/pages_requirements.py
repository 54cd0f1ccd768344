"""Pages of requirements: an overview of the areas, and a table for each."""

from __future__ import annotations

from collections import Counter

from antiphon.contract.load import all_requirements, contract, edition_ids
from antiphon.contract.model import Requirement
from antiphon.contract.pages_text import anchor, codes, table


def overview() -> str:
    """How many requirements each area has, by level, and how many each edition counts."""
    areas: dict[str, Counter[str]] = {}
    for each in all_requirements().values():
        kind = "excluded" if each.excluded else each.level.value
        areas.setdefault(each.area, Counter())[kind] += 1
    kinds = ("must", "should", "may", "excluded")
    rows = [
        [f"[{area}](requirements/{area}.md)", *(str(count[kind] or "") for kind in kinds)]
        for area, count in areas.items()
    ]
    total = [sum(count[kind] for count in areas.values()) for kind in kinds]
    rows.append(["**all**", *(f"**{number}**" for number in total)])
    counted = [[f"`{name}`", str(len(contract(name).requirements))] for name in edition_ids()]
    return (
        "A requirement is one sentence that a server keeps or breaks. A broken *must* fails, a broken *should* warns; "
        "a *may* is reported only. What nothing on the wire can show is excluded, with the reason.\n\n"
        + table(["Area", *kinds], rows)
        + "\n## Counted by edition\n\n"
        + table(["Edition", "requirements"], counted)
    )


def area(name: str) -> str:
    """The requirements of an area."""
    mine = [each for each in all_requirements().values() if each.area == name]
    counted = [each for each in mine if not each.excluded]
    excluded = [each for each in mine if each.excluded]
    text = table(["Requirement", "Level", "Promise", "Sources", "Judged by", "Needed by"], map(_row, counted))
    if excluded:
        rows = [[anchor(each.id), each.says, each.excluded] for each in excluded]
        text += "\n## Excluded\n\n" + table(["Requirement", "Promise", "Why it is not judged"], rows)
    return text


def _row(each: Requirement) -> list[str]:
    others = [
        f"{found.level.value if found else 'not counted'} in `{name}`"
        for name in edition_ids()
        if _level(found := contract(name).requirements.get(each.id)) != each.level.value
    ]
    level = each.level.value + (f" ({', '.join(others)})" if others else "")
    note = f" {each.note}" if each.note else ""
    return [anchor(each.id), level, each.says + note, _sources(each), each.judged, codes(each.breaks)]


def _level(found: Requirement | None) -> str:
    return found.level.value if found else "not counted"


def _sources(each: Requirement) -> str:
    return "; ".join(str(evidence) for evidence in each.evidence)
