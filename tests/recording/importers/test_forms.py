"""The table of forms in the documentation is that of the registry."""

from __future__ import annotations

from pathlib import Path

from antiphon.recording.importers.forms import ALL

PAGE = Path(__file__).parents[3] / "docs" / "recordings.md"


def test_the_documentation_has_the_table_of_the_registry() -> None:
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]

    assert rows[1:] == [f"| {form.name} | {form.reads} | {form.lost} |" for form in ALL]
