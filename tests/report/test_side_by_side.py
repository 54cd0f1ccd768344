"""The matrix and the comparison of results."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from markdown_it import MarkdownIt
from tests.report import made

from antiphon.errors import Exit
from antiphon.report import trust
from antiphon.report.compare import compare
from antiphon.report.compare_text import as_markdown, as_text
from antiphon.report.formats.badges import badge, badges
from antiphon.report.result_model import Result
from antiphon.report.seal import with_digest
from antiphon.report.series import columns, rows
from antiphon.report.site.matrix import as_markdown as matrix_markdown
from antiphon.report.site.matrix import as_page
from antiphon.report.write import write_matrix

TODAY = date(2026, 9, 5)


@pytest.fixture(autouse=True)
def small_contract(monkeypatch: pytest.MonkeyPatch) -> None:
    """The made-up results have all requirements of their own contract, and few of the real one."""
    monkeypatch.setattr(trust, "contract", lambda edition: made.contract())


def later(result: Result, day: str, **target: str) -> Result:
    """The same result on another day."""
    changed = result["target"] | target
    return with_digest({**result, "started_at": f"{day}T00:00:00Z", "target": changed})


def test_the_site_has_a_page_for_each_result_and_its_cells_lead_there(
    gateway: Result, reference: Result, tmp_path: Path
) -> None:
    written = {path.relative_to(tmp_path).as_posix() for path in write_matrix([gateway, reference], tmp_path)}
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    links = set(re.findall(r'href="(results/[^"#]+)#?([^"]*)"', page))

    assert {"index.html", "matrix.md", "badges/example-gateway.svg", "badges/reference-core.json"} <= written
    assert {file for file, _ in links} <= written
    ids = {name: re.findall(r'id="([^"]+)"', (tmp_path / name).read_text(encoding="utf-8")) for name, _ in links}
    assert not [at for file, at in links if at and "=" not in at and at not in ids[file]]
    assert ("results/example-gateway-2026-09-01.html", "stream.text.adds-up") in links
    assert ("results/example-gateway-2026-09-01.html", "capability=streaming") in links


def test_the_table_sets_targets_side_by_side(gateway: Result, reference: Result) -> None:
    lines = matrix_markdown([reference, later(gateway, "2026-09-02", version="1.2")]).splitlines()
    assert lines[0] == "|  | Example gateway | reference |"
    assert "| version | 1.2 |  |" in lines
    assert "| date | 2026-09-02 | 2026-09-01 |" in lines
    assert "| held | 17 of 23 | 28 of 28 |" in lines
    assert "| profile core | ✗ 2 broken of 8 | ✓ holds 9 of 9 |" in lines
    assert "| capability background | none | 2 of 2 |" in lines


def test_results_of_one_target_are_one_column_and_show_what_changed(gateway: Result, reference: Result) -> None:
    mended = later(with_digest(reference | {"target": gateway["target"]}), "2026-10-01")
    shown = columns([mended, gateway])

    assert [column.name for column in shown] == ["example-gateway"]
    assert [point.day for point in shown[0].points] == ["2026-09-01", "2026-10-01"]
    assert shown[0].point.day == "2026-10-01"
    assert "- 2026-10-01: 28 of 28 held, 28 in all; 0 newly broken, 6 mended" in matrix_markdown([mended, gateway])
    page = as_page([mended, gateway])
    assert "Example gateway over time" in page
    assert "6 mended" in page


def test_another_model_or_edition_is_another_column(gateway: Result) -> None:
    other = later(gateway, "2026-09-02", model="gpt-5")
    assert len(columns([gateway, other, gateway | {"edition": "azure-2026"}])) == 3


def test_a_part_stands_behind_a_whole_result_and_is_marked(reference: Result) -> None:
    part = later(made.clean(filtered=True), "2026-12-01")

    assert columns([reference, part])[0].point.day == "2026-09-01"
    assert "only a part" in as_page([part])
    assert "| date | 2026-12-01 (a part) |" in matrix_markdown([part]).splitlines()
    assert not re.search(r"conformant|holds \d", as_page([part]) + matrix_markdown([part]))


def test_where_targets_differ_can_be_told(gateway: Result, reference: Result) -> None:
    found = {row["id"]: row for row in rows(columns([gateway, reference]))}
    assert found["stream.text.adds-up"]["verdicts"] == ["fail", "pass"]
    assert found["stream.text.adds-up"]["differs"]
    assert not found["usage.sum"]["differs"]
    assert not found["compact.object"]["differs"]


def test_a_shields_endpoint_has_two_numbers_and_the_edition(gateway: Result, reference: Result) -> None:
    files = badges([gateway, reference], TODAY)
    said = {name: json.loads(text)["message"] for name, text in files.items() if name.endswith(".json")}

    assert said["reference-core.json"] == "9/9, openai-2026-08, 2026-09-01"
    assert said["example-gateway-core.json"] == "6/8 of 9, openai-2026-08, 2026-09-01"
    assert said["example-gateway-stateful.json"] == "10/12, lacks compact, openai-2026-08, 2026-09-01"
    assert json.loads(files["reference-core.json"])["schemaVersion"] == 1
    assert not [each for each in said.values() if "%" in each]


def test_a_badge_of_a_part_says_so_and_is_not_green() -> None:
    files = badges([made.clean(filtered=True)], TODAY)
    assert "28 of 28 held, 28 in all, only a part, openai-2026-08, 2026-09-01" in files["reference.svg"]
    assert (
        json.loads(files["reference-core.json"])["message"]
        == "only a part judged, 0 broken, openai-2026-08, 2026-09-01"
    )
    assert not [name for name, text in files.items() if "#2c7a4b" in text]


GREEN = "#2c7a4b"


def is_green(result: Result, today: date = TODAY) -> bool:
    return any(GREEN in text for text in badges([result], today).values())


def test_a_true_result_of_today_is_green(reference: Result) -> None:
    assert is_green(reference)


@pytest.mark.parametrize(
    ("today", "word"), [(date(2026, 10, 2), "stale, of 2026-09-01"), (date(2026, 8, 1), "of a day to come, 2026-09-01")]
)
def test_a_badge_of_another_day_is_not_green(reference: Result, today: date, word: str) -> None:
    assert not is_green(reference, today)
    assert word in badges([reference], today)["reference.svg"]


def test_a_result_without_a_must_of_today_is_not_green(reference: Result) -> None:
    kept = [each for each in reference["requirements"] if each["id"] != "usage.sum"]
    totals = {**reference["totals"], "pass": 27}
    fewer = with_digest(
        {
            **reference,
            "requirements": kept,
            "totals": totals,
            "exercised": dict.fromkeys(("requirements", "judged", "held"), 27),
        }
    )
    assert not is_green(fewer)
    assert "stale, 1 must of today not in it" in badges([fewer], TODAY)["reference-core.svg"]


def edited(gateway: Result, change: str) -> Result:
    """The broken gateway made good by hand, in several ways."""
    for each in gateway["requirements"]:
        if change in ("verdicts", "all") and each["verdict"] in ("fail", "warn"):
            each["verdict"] = "pass"
    for profile in gateway["profiles"].values():
        if change in ("profiles", "all"):
            profile |= {"holds": True, "broken": [], "missing": []}
    if change in ("totals", "all"):
        gateway["totals"] |= {"fail": 0, "pass": gateway["totals"]["pass"] + gateway["totals"]["fail"]}
    return gateway


@pytest.mark.parametrize("change", ["verdicts", "profiles", "totals", "all"])
def test_an_edited_result_says_so_and_nothing_else(gateway: Result, change: str) -> None:
    said = {
        json.loads(text)["message"]
        for name, text in badges([edited(gateway, change)], TODAY).items()
        if ".json" in name
    }
    assert said == {"edited after it was judged"}
    assert "edited after it was judged" in as_page([gateway])
    assert "✓" not in matrix_markdown([gateway]).partition("client")[0]


@pytest.mark.parametrize("change", ["verdicts", "profiles", "totals"])
def test_a_result_that_does_not_add_up_is_not_green_whoever_sealed_it(gateway: Result, change: str) -> None:
    assert not is_green(with_digest(edited(gateway, change)))


def test_a_result_without_a_digest_is_not_green(reference: Result) -> None:
    del reference["digest"]
    assert not is_green(reference)


def test_a_newer_part_with_a_failure_takes_the_green(gateway: Result, reference: Result) -> None:
    part = later(made.broken(filtered=True) | {"target": reference["target"]}, "2026-09-03")
    found = badges([reference, part], TODAY)
    assert GREEN not in "".join(found.values())
    assert "broken in a part of 2026-09-03" in found["reference.svg"]


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
    assert [(each.id, each.before, each.after) for each in found.new] == [
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
