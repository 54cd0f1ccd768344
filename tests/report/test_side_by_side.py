"""The matrix and the comparison of results."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from markdown_it import MarkdownIt
from tests.report import made

from antiphon.errors import Exit
from antiphon.report.compare import as_markdown, as_text, compare
from antiphon.report.matrix import as_markdown as matrix_markdown
from antiphon.report.matrix import badge, badges
from antiphon.report.write import write_matrix

Result = dict[str, Any]


def test_the_matrix_is_written_with_badges(gateway: Result, reference: Result, tmp_path: Path) -> None:
    written = {path.relative_to(tmp_path).as_posix() for path in write_matrix([gateway, reference], tmp_path)}

    assert {"matrix.html", "matrix.md", "badges/example-gateway.svg", "badges/reference-core.svg"} <= written
    assert "What someone breaks" in (tmp_path / "matrix.html").read_text(encoding="utf-8")


def test_the_table_sets_targets_side_by_side(gateway: Result, reference: Result) -> None:
    lines = matrix_markdown([reference, gateway]).splitlines()
    assert lines[0] == "|  | Example gateway | reference |"
    assert "| held | 17 of 23 | 28 of 28 |" in lines
    assert "| profile core | ✗ | ✓ |" in lines
    assert "| background | none | 1 of 1 |" in lines


def test_two_results_of_one_target_keep_both_badges(reference: Result) -> None:
    assert {"reference.svg", "reference-2.svg"} <= badges([reference, made.clean(filtered=True)]).keys()


def test_a_filtered_badge_says_so_and_is_not_green() -> None:
    svg = badges([made.clean(filtered=True)])["reference.svg"]
    assert "28 of 28 held, 28 in all, filtered" in svg
    assert "#2c7a4b" not in svg


def test_a_badge_is_xml_whatever_its_words() -> None:
    root = ET.fromstring(badge(made.HOSTILE, "<&>\"'", "#000"))
    assert root.tag.endswith("svg")
    assert "\x1b" not in badge(made.HOSTILE, "", "#000")


def test_a_hostile_name_stays_in_its_cell(gateway: Result) -> None:
    gateway["target"]["name"] = made.HOSTILE
    tokens = MarkdownIt("commonmark").enable("table").parse(matrix_markdown([gateway]))
    assert sum(token.type == "th_open" for token in tokens) == 2


def test_what_broke_and_what_was_mended(gateway: Result, reference: Result) -> None:
    worse, better = compare(reference, gateway), compare(gateway, reference)

    names = [each.id for each in worse.broken]
    assert names == [each.id for each in better.fixed]
    assert "stream.text.adds-up" in names
    assert [each.id for each in worse.unjudged] == [each.id for each in better.judged]
    assert ("compact.object", "pass", "not-applicable") in [
        (each.id, each.before, each.after) for each in worse.unjudged
    ]
    assert (worse.exit, better.exit) == (Exit.BROKEN, Exit.HOLDS)


def test_a_requirement_that_fails_when_first_judged_is_broken(gateway: Result) -> None:
    before = made.broken()
    before["requirements"] = [each for each in before["requirements"] if each["id"] != "stream.text.adds-up"]
    found = compare(before, gateway)
    assert [(each.id, each.before, each.after) for each in found.judged] == [
        ("stream.text.adds-up", "not in the contract", "fail")
    ]
    assert found.exit is Exit.BROKEN


def test_nothing_changed(gateway: Result) -> None:
    found = compare(gateway, gateway)
    assert "No verdict changed." in as_text(found)
    assert found.exit is Exit.HOLDS


def test_what_cannot_be_compared_is_said(gateway: Result, reference: Result) -> None:
    reference["edition"] = "azure-2026"
    found = compare(made.clean(filtered=True), reference)
    assert "The editions differ: openai-2026-08 and azure-2026." in as_text(found)
    assert "is filtered; what it left out counts as not judged." in as_markdown(found)


def test_the_comparison_is_harmless(gateway: Result, reference: Result) -> None:
    gateway["target"]["name"] = made.HOSTILE
    found = compare(reference, gateway)
    assert "\x1b" not in as_text(found)
    assert "\u202e" not in as_markdown(found)
    assert "  stream.text.adds-up  pass → fail\n    The finished text" in as_text(found)
