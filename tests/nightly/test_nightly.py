"""Nightly runs: what changed, who changed it, since when, and what alerts."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt
from tests.gate.command import antiphon
from tests.report import made

from antiphon.drift.compare import ComparisonRow
from antiphon.errors import ConfigError, Exit
from antiphon.nightly import history, state
from antiphon.nightly.history import NightRecord, night_of, unchanged_since
from antiphon.nightly.moves import (
    API,
    SDK,
    WE,
    Move,
    attribute_moves,
    confirm_moves,
    exit_of,
    moves,
    source_moves,
    summarise,
)
from antiphon.nightly.page import Page, write_page
from antiphon.report.result_model import Result

FAULT = "no-text-deltas"
BREAKS = "stream.delta.has-deltas"
NIGHT = ("--depth", "core", "--history", "nights", "--report-dir", "report")


def page(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "report" / "nightly.json").read_text())
    return found


@pytest.mark.long
def test_a_fault_of_the_second_night_alerts_once_and_its_end_is_seen(tmp_path: Path) -> None:
    """First night; a fault, confirmed; the fault still there, which alerts no more; mended."""
    nights = [
        antiphon("nightly", *NIGHT, "--confirm", "--max-time", "500", *fault, folder=tmp_path)
        for fault in ([], ["--fault", FAULT], ["--fault", FAULT])
    ]
    assert [each.returncode for each in nights] == [0, 1, 0], [each.stdout + each.stderr for each in nights]
    assert "first night" in nights[0].stdout
    assert f"{BREAKS}  pass → fail" in nights[1].stdout
    assert "the live API moved" in nights[1].stdout
    second = re.search(r"A second run of (\d+) calls confirmed 1 of 1 move\.", nights[1].stdout)
    whole = re.search(r"(\d+) calls, \d+ tokens", nights[1].stdout)
    assert second, nights[1].stdout
    assert whole, nights[1].stdout
    assert int(whole[1]) > int(second[1]) > 0
    assert f"scenarios, {whole[1]} calls, " in nights[1].stdout
    assert (tmp_path / "report" / "second" / "transcript.jsonl").exists()
    third = page(tmp_path)
    (broken,) = [each for each in third["broken"] if each["id"] == BREAKS]
    second_night = sorted(path.name for path in (tmp_path / "nights").glob("2*.json"))[1]
    assert re.sub(r"[^0-9T]", "", broken["since"][:19]) == second_night.partition("-")[0]

    mended = antiphon("nightly", *NIGHT, "--json", "--format", "json", folder=tmp_path)
    assert mended.returncode == 5, mended.stdout + mended.stderr
    assert json.loads(mended.stdout) == page(tmp_path)
    (moved,) = page(tmp_path)["moved"]
    assert (moved["kind"], moved["what"], moved["who"]) == ("mended", BREAKS, API)

    trend = antiphon("history", "nights", folder=tmp_path)
    assert f"- {BREAKS}" in trend.stdout
    assert f"+ {BREAKS}" in trend.stdout
    listed = json.loads(antiphon("history", "nights", "--json", folder=tmp_path).stdout)
    assert [each["broke"] for each in listed["series"][0]["nights"]] == [[], [BREAKS], [], []]


def test_a_budget_ends_a_night_and_the_page_says_so(tmp_path: Path) -> None:
    done = antiphon("nightly", *NIGHT, "--max-calls", "12", folder=tmp_path)
    result = json.loads((tmp_path / "report" / "result.json").read_text())

    assert done.returncode == 0, done.stdout + done.stderr
    assert 0 < result["calls"] <= 12
    assert "budget was spent" in (tmp_path / "report" / "nightly.md").read_text()


def test_a_target_that_does_not_answer_leaves_no_night(tmp_path: Path) -> None:
    done = antiphon("nightly", *NIGHT, "--base-url", "http://127.0.0.1:9/v1", folder=tmp_path)

    assert done.returncode == 3
    assert not list(tmp_path.rglob("*.json"))


def night(result: Result, at: str, name: str = "") -> NightRecord:
    return night_of(Path(name or f"{at}.json"), result | {"started_at": at})


def with_verdict(result: Result, name: str, verdict: str) -> Result:
    listed = [each | {"verdict": verdict} if each["id"] == name else each for each in result["requirements"]]
    return result | {"requirements": listed}


USAGE = "usage.sum"


def test_a_night_without_one_before_it_moves_nothing() -> None:
    assert list(moves(summarise([], {}), made.broken())) == []


def test_the_last_night_that_judged_it_counts() -> None:
    """A night that could not judge it hides no change."""
    good = made.clean()
    nights = [night(good, "1"), night(with_verdict(good, USAGE, "not-testable"), "2")]
    (moved,) = moves(summarise(nights, {}), with_verdict(good, USAGE, "fail"))

    assert (moved.kind, moved.what, moved.before, moved.since) == ("broke", USAGE, "pass", "1")


def test_what_a_second_run_refuted_is_compared_with_the_verdict_before_it() -> None:
    good = made.clean()
    bad = with_verdict(good, USAGE, "fail")
    nights = [night(good, "1"), night(bad, "2", "two.json")]

    assert list(moves(summarise(nights, {}), bad)) == []
    assert [each.kind for each in moves(summarise(nights, {"two.json": [USAGE]}), bad)] == ["broke"]
    assert list(moves(summarise(nights, {"two.json": [USAGE]}), good)) == []


def test_a_second_run_confirms_or_refutes() -> None:
    good = made.clean()
    bad = with_verdict(good, USAGE, "fail")
    found = list(moves(summarise([night(good, "1")], {}), bad))

    assert [each.confirmed for each in confirm_moves(found, bad)] == [True]
    assert [each.confirmed for each in confirm_moves(found, good)] == [False]
    assert exit_of(found) is Exit.BROKEN
    assert exit_of(confirm_moves(found, bad)) is Exit.BROKEN
    assert exit_of(confirm_moves(found, good)) is Exit.HOLDS


def test_who_moved_is_told_by_the_recording_of_the_last_night() -> None:
    good = made.clean()
    bad = with_verdict(good, USAGE, "fail")
    last = night(good, "1")
    found = list(moves(summarise([last], {}), bad))

    def who(again: dict[str, str] | None, version: str = good["antiphon"]) -> str:
        (moved,) = attribute_moves(found, again, last, version)
        return moved.who

    assert who({USAGE: "pass"}) == API
    assert who({USAGE: "fail"}) == WE
    assert who(None) == API
    assert who(None, "9.9.9") == "the live API or we"


def test_a_requirement_that_is_new_in_the_contract_is_ours() -> None:
    old = made.clean()
    new = made.clean()
    old["requirements"] = [each for each in old["requirements"] if each["id"] != USAGE]
    (moved,) = moves(summarise([night(old, "1")], {}), new)

    assert (moved.kind, moved.what, moved.who) == ("contract", USAGE, WE)
    assert exit_of([moved]) is Exit.HOLDS
    assert exit_of([replace(moved, after="fail")]) is Exit.BROKEN


def test_a_name_that_the_contract_does_not_know_moves_once() -> None:
    quiet, loud = made.clean(), made.clean()
    quiet["drift"] = []
    loud["drift"] = [
        {"kind": "response", "what": "field", "name": "mood", "exchange": "a/1", "at": "/mood", "count": 1}
    ]
    (moved,) = moves(summarise([night(quiet, "1")], {}), loud)

    assert (moved.kind, moved.what, moved.who) == ("unknown", "field response mood", API)
    assert exit_of([moved]) is Exit.STALE
    assert list(moves(summarise([night(quiet, "1"), night(loud, "2")], {}), loud)) == []


def test_a_new_difference_of_the_sdk_moves_and_an_old_one_does_not() -> None:
    old: ComparisonRow = {
        "what": "field", "kind": "response", "name": "old", "moved": "sdk added it",
        "document": None, "sdk": True, "wire": None, "ours": False,
    }  # fmt: skip
    new: ComparisonRow = {**old, "name": "new"}
    rows = [old, new]
    before = {"field response old: sdk added it": "1"}

    assert [(each.what, each.who) for each in source_moves(rows, before, "2")] == [("field response new", SDK)]
    assert list(source_moves(rows, None, "2")) == []
    (told,) = source_moves([{**old, "moved": "sdk changed it", "change": "string → integer"}], before, "2")
    assert told.says == "sdk changed it: string → integer"


def test_since_when_is_the_beginning_of_the_streak() -> None:
    good, bad = made.clean(), with_verdict(made.clean(), USAGE, "fail")
    unseen = with_verdict(good, USAGE, "not-testable")
    nights = [night(each, str(n)) for n, each in enumerate((bad, good, bad, unseen, bad))]

    assert unchanged_since(nights, USAGE) == "2"
    assert unchanged_since(nights[:2], USAGE) == ""


def test_the_page_is_harmless_and_asks_for_nothing(tmp_path: Path) -> None:
    result = made.broken()
    result["target"]["name"] = made.HOSTILE
    moved = Move("broke", USAGE, made.HOSTILE, "pass", "fail", "1", API)
    write_page(Page(result, [night_of(Path("1.json"), result)], [moved], [], [made.HOSTILE]), tmp_path)
    html, markdown = ((tmp_path / f"nightly.{form}").read_text() for form in ("html", "md"))

    assert "<script>alert" not in html
    assert "default-src 'none'" in unescape(html)
    assert not re.search(r'(?:src|href)="(?:https?:)?//', html)
    assert "\x1b" not in markdown + html
    assert not any(token.type == "html_block" for token in MarkdownIt("commonmark").parse(markdown))


def test_a_history_reads_results_and_tells_what_is_none(tmp_path: Path) -> None:
    (tmp_path / "2.json").write_text(json.dumps(made.broken()))
    (tmp_path / "deeper").mkdir()
    (tmp_path / "deeper" / "result.json").write_text(json.dumps(made.clean()))
    (tmp_path / "other.json").write_text("{}")
    nights, remarks = history.read_history(tmp_path)

    assert len(nights) == 2
    assert [each.where for each in remarks] == ["other.json"]
    done = antiphon("history", ".", folder=tmp_path)
    assert (done.returncode, "other.json" in done.stderr) == (0, True)


def test_an_empty_history_and_an_unknown_target_say_so(tmp_path: Path) -> None:
    empty = antiphon("history", ".", folder=tmp_path)
    (tmp_path / "1.json").write_text(json.dumps(made.clean()))
    other = antiphon("history", ".", "--target", "refernce", folder=tmp_path)

    assert (empty.returncode, other.returncode) == (2, 2)
    assert "holds no result" in empty.stderr
    assert "reference" in other.stderr


@pytest.mark.parametrize("text", ["{", "[]", '{"antiphon-nightly": 2}', '{"antiphon-nightly": 1, "refuted": []}'])
def test_a_damaged_memory_is_named(text: str, tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text(text)

    with pytest.raises(ConfigError, match=r"state\.json: .* delete it"):
        state.load(tmp_path)
