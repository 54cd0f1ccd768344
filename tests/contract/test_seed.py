"""The seed document line by line: what holds a line is there and counts, and no line of the document is left out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from antiphon.contract.load import contract
from antiphon.contract.site.seed import read_seed

LINES = [
    (f"{page['title']}, {section['title']}", line)
    for page in read_seed()["pages"]
    for section in page["sections"]
    for line in section["lines"]
]
DOCUMENT = next(iter((Path(__file__).parents[3] / "shared" / "seed").glob("001_*.txt")), None)
NO_PROMISE = {"Depends on", "Related Endpoints", "Sources", "Document History"}
"""Sections of the document that say nothing of a server."""


@pytest.mark.parametrize(("place", "line"), LINES, ids=[f"{place}: {line['says'][:40]}" for place, line in LINES])
def test_what_holds_a_line_counts_in_the_edition_of_the_document(place: str, line: dict[str, list[str]]) -> None:
    counted = contract(read_seed()["edition"]).requirements

    assert [each for each in line.get("requirements", ()) if each not in counted] == [], place


@pytest.mark.skipif(DOCUMENT is None, reason="the seed document is not beside this tree")
def test_every_line_of_the_document_stands_in_the_table() -> None:
    assert DOCUMENT is not None
    held = {line["says"] for _, line in LINES}
    section, left_out = "Depends on", []
    for line in re.sub(r"```.*?```", "", DOCUMENT.read_text(encoding="utf-8"), flags=re.DOTALL).splitlines():
        if line.startswith("## "):
            section = line[3:].strip()
        elif line.startswith("- ") and section not in NO_PROMISE:
            left_out += [text for text in [line[2:].replace(" [VERIFIED]", "").strip()] if text not in held]

    assert left_out == []
