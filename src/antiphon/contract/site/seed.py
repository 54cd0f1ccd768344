"""Page of the seed document: each of its lines that promises something, and the requirements that hold it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from antiphon.contract.load import contract
from antiphon.contract.paths import spec_dir
from antiphon.contract.site.text import link, table
from antiphon.contract.spec_files import read_validated


def read_seed() -> Mapping[str, Any]:
    """The lines of the seed document, from `spec/seed.yaml`. Raises SpecError."""
    value: Mapping[str, Any] = read_validated(spec_dir() / "seed.yaml", "seed")
    return value


def seed() -> str:
    """A table for each section of the document."""
    value = read_seed()
    levels = {each.id: each.level for each in contract(value["edition"]).requirements.values()}
    parts = [f"Levels are those of the edition `{value['edition']}`.\n"]
    for page in value["pages"]:
        parts.append(f"## {page['title']}\n")
        for section in page["sections"]:
            rows = [[line["says"], _held_by(line, levels)] for line in section["lines"]]
            parts += [f"### {section['title']}\n", table(["Line", "Held by"], rows)]
    return "\n".join(parts)


def _held_by(line: Mapping[str, Any], levels: Mapping[str, str]) -> str:
    held = [f"{link(each)} ({levels[each]})" for each in line.get("requirements", ())]
    return ", ".join(held) + (f"{'; ' if held else ''}{line['note']}" if "note" in line else "")
