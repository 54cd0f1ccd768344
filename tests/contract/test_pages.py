"""The pages of the contract hold what `spec/` promises, what judges it, and links that lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from antiphon.contract.load import all_requirements
from antiphon.contract.site.pages import pages, write
from antiphon.contract.streams import tables
from antiphon.explain.proofs import proof

PLACE = re.compile(r'<a id="([^"]+)">|\{ #([^ ]+) \}$', re.MULTILINE)


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """Every page by its path."""
    return pages(proof)


def places(text: str) -> set[str]:
    """The names that links to a page can end in."""
    return {table or heading for table, heading in PLACE.findall(text)}


def section(text: str, requirement: str) -> str:
    """The part of a page that is about one requirement."""
    return text.split(f"{{ #{requirement} }}\n")[1].split("\n## ")[0]


def test_every_requirement_has_a_place_with_its_sentence(texts: dict[str, str]) -> None:
    for requirement in all_requirements().values():
        text = texts[f"requirements/{requirement.area}.md"]

        assert requirement.says in section(text, requirement.id)


def test_a_requirement_shows_what_judges_it_what_proves_that_and_who_needs_it(texts: dict[str, str]) -> None:
    counts = section(texts["requirements/usage.md"], "usage.counts")

    assert "- **Level:** must\n" in counts
    assert "- **Sources:** schema (openapi, #/components/schemas/ResponseUsage" in counts
    assert "- **Checked by:** `antiphon.judge.checks.usage.counts.counts`\n" in counts
    assert "`usage-total-missing` (Usage has no total_tokens)" in counts
    assert "[Codex](../clients.md#codex)" in counts


def test_a_requirement_of_a_suite_names_its_tests(texts: dict[str, str]) -> None:
    text = section(texts["requirements/cancel.md"], "cancel.foreground-refused")

    assert "`suites/cancel/test_foreground.py::test_cancel_refuses_a_foreground_response`" in text


def test_a_level_is_given_for_each_edition_that_reads_it_otherwise(texts: dict[str, str]) -> None:
    text = section(texts["requirements/usage.md"], "usage.details")

    assert "- **Level:** should (may in `oaiapi-in11-2026-01-30`, must in `open-responses-2026-04-24`)" in text


def test_what_is_excluded_says_why(texts: dict[str, str]) -> None:
    excluded = [requirement for requirement in all_requirements().values() if requirement.excluded]

    assert excluded
    for requirement in excluded:
        text = section(texts[f"requirements/{requirement.area}.md"], requirement.id)
        assert f"- **Not judged:** {requirement.excluded}" in text


def test_every_link_leads_somewhere(texts: dict[str, str]) -> None:
    lost = []
    for name, text in texts.items():
        for target in re.findall(r"\]\(([^)]+)\)", text):
            file, _, place = target.partition("#")
            page = (Path(name).parent / file).as_posix() if file else name
            page = page.replace("requirements/../", "")
            if page not in texts or (place and place not in places(texts[page])):
                lost.append(f"{name}: {target}")

    assert lost == []


def test_a_table_keeps_its_columns(texts: dict[str, str]) -> None:
    for name, text in texts.items():
        width = 0
        for line in text.splitlines():
            if line.startswith("|"):
                cells = len(re.findall(r"(?<!\\)\|", line))
                width = width or cells
                assert cells == width, f"{name}: {line[:80]}"
            else:
                width = 0


def test_the_order_of_events_is_drawn(texts: dict[str, str]) -> None:
    drawn = texts["events.md"]

    assert drawn.count("stateDiagram-v2") == 1 + sum(
        [row.machine is not None for row in tables().items.values()]
        + [1 for row in tables().blocks.values() for _ in row.kinds]
    )
    assert "running --> ended: completed / failed / incomplete" in drawn


def test_a_stale_page_of_an_area_is_taken_away(tmp_path: Path) -> None:
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "gone.md").write_text("old")

    write(tmp_path, proof)

    assert not (tmp_path / "requirements" / "gone.md").exists()


@pytest.mark.parametrize("name", ["events.md", "items.md", "requirements/stream.md", "errors.md"])
def test_a_page_says_that_it_is_made(name: str, texts: dict[str, str]) -> None:
    assert texts[name].startswith("<!-- Made from spec/")
