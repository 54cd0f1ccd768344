"""The pages of the contract are those that `spec/` makes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from antiphon.contract.load import all_requirements
from antiphon.contract.pages import COMMAND, pages, write
from antiphon.contract.streams import tables

FOLDER = Path(__file__).parents[2] / "docs" / "contract"


def test_the_pages_are_up_to_date(tmp_path: Path) -> None:
    written = {path.relative_to(tmp_path).as_posix(): path.read_text(encoding="utf-8") for path in write(tmp_path)}
    there = {path.relative_to(FOLDER).as_posix(): path.read_text(encoding="utf-8") for path in FOLDER.rglob("*.md")}
    stale = sorted(name for name in {*written, *there} if written.get(name) != there.get(name))

    assert stale == [], f"`{COMMAND}` writes them anew"


def test_every_requirement_has_a_row() -> None:
    made = pages()

    for each in all_requirements().values():
        assert f'<a id="{each.id}"></a>' in made[f"requirements/{each.area}.md"]


def test_every_link_leads_somewhere() -> None:
    made = pages()
    anchors = {name: set(re.findall(r'<a id="([^"]+)">', text)) for name, text in made.items()}
    lost = []
    for name, text in made.items():
        for target in re.findall(r"\]\(([^)]+)\)", text):
            file, _, place = target.partition("#")
            file = file or name
            if file not in made or (place and place not in anchors[file]):
                lost.append(f"{name}: {target}")

    assert lost == []


def test_a_table_keeps_its_columns() -> None:
    for name, text in pages().items():
        width = 0
        for line in text.splitlines():
            if line.startswith("|"):
                cells = len(re.findall(r"(?<!\\)\|", line))
                width = width or cells
                assert cells == width, f"{name}: {line[:80]}"
            else:
                width = 0


def test_the_order_of_events_is_drawn() -> None:
    drawn = pages()["events.md"]

    assert drawn.count("stateDiagram-v2") == 1 + sum(
        [row.machine is not None for row in tables().items.values()]
        + [1 for row in tables().blocks.values() for _ in row.kinds]
    )
    assert "running --> ended: completed / failed / incomplete" in drawn


def test_a_stale_page_of_an_area_is_taken_away(tmp_path: Path) -> None:
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "gone.md").write_text("old")

    write(tmp_path)

    assert not (tmp_path / "requirements" / "gone.md").exists()


@pytest.mark.parametrize("name", ["events.md", "items.md", "requirements/stream.md", "errors.md"])
def test_a_page_says_that_it_is_made(name: str) -> None:
    assert pages()[name].startswith("<!-- Made from spec/")
