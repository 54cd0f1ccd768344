"""Two results side by side, in three forms."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.gate.command import antiphon
from tests.report import made

from antiphon.errors import Exit
from antiphon.report.compare import compare
from antiphon.report.compare_text import as_json, as_markdown, as_text


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with two results: before.json holds, after.json does not."""
    (tmp_path / "before.json").write_text(json.dumps(made.clean()))
    (tmp_path / "after.json").write_text(json.dumps(made.broken()))
    return tmp_path


def test_the_three_forms_say_the_same(folder: Path) -> None:
    text, markdown, value = (
        antiphon("compare", "before.json", "after.json", *form, folder=folder)
        for form in ([], ["--markdown"], ["--json"])
    )
    found = json.loads(value.stdout)

    assert {each.returncode for each in (text, markdown, value)} == {1}
    assert found["exit"] == 1
    broken = {each["id"] for each in found["broken"]}
    assert "stream.text.adds-up" in broken
    assert all(name in text.stdout and name in markdown.stdout for name in broken)
    assert antiphon("compare", "after.json", "before.json", folder=folder).returncode == 0


def test_the_counts_moved(folder: Path) -> None:
    found = as_json(compare(made.clean(), made.broken()))
    before, after = made.clean()["exercised"], made.broken()["exercised"]

    assert found["counts"]["held"] == {"before": before["held"], "after": after["held"]}
    assert f"{before['held']} → {after['held']} ({after['held'] - before['held']:+})" in as_text(
        compare(made.clean(), made.broken())
    )


def test_a_part_is_never_held_against_the_whole_in_silence() -> None:
    """What a part left out is not listed as lost, and both forms say that a part was compared."""
    part = made.clean(filtered=True) | {"filter": "-k usage"}
    for each in part["requirements"]:
        if each["area"] != "usage":
            each["verdict"] = "not-testable"
    found = compare(made.clean(), part)

    assert found.partial
    assert found.unjudged == ()
    assert "only what both judged is compared" in as_text(found)
    assert "only what both judged is compared" in as_markdown(found)
    assert not compare(part, part).partial


def test_requirements_that_come_and_go_are_listed_apart() -> None:
    old, new = made.clean(), made.clean()
    gone, came = old["requirements"][-1]["id"], new["requirements"][0]["id"]
    new["requirements"].pop()
    old["requirements"].pop(0)
    found = compare(old, new)

    assert [each.id for each in found.gone] == [gone]
    assert [each.id for each in found.new] == [came]
    assert found.exit is Exit.HOLDS


def test_one_form_at_a_time(folder: Path) -> None:
    done = antiphon("compare", "before.json", "after.json", "--json", "--markdown", folder=folder)

    assert done.returncode == 2
    assert "one form" in done.stderr
