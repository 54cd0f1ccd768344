"""Nights against a stand-in that changes under them: the words, the exit code, the page and the history of each.

One history goes through all, in the order in which the tests stand here; each night has a second run that confirms.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.gate.command import antiphon

from antiphon.matrix.process import free_port, is_taken

pytestmark = pytest.mark.long
ROOT = Path(__file__).parents[2]
RENAME = {"response.output_text.delta": "response.output_text.chunk"}
FIELD = {'"object":"response",': '"object":"response","mood":"calm",'}


class Stage:
    """The stand-in and the history of its nights."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port

    def night(self, changes: dict[str, Any], *options: str) -> tuple[int, str, dict[str, Any]]:
        """The exit code of a night, its first line and its page."""
        (self.folder / "today.json").write_text(json.dumps(changes))
        target = ("--base-url", f"http://127.0.0.1:{self.port}/v1", "--model", "antiphon-1", "--depth", "core")
        places = ("--history", "nights", "--report-dir", "report", "--format", "json")
        page = self.folder / "report" / "nightly.json"
        page.unlink(missing_ok=True)
        done = antiphon("nightly", *target, *places, "--confirm", *options, folder=self.folder)
        said = done.stdout + done.stderr
        return done.returncode, said, json.loads(page.read_text()) if page.exists() else {}

    @property
    def nights(self) -> list[dict[str, Any]]:
        """The trend that `antiphon history` shows."""
        listed = json.loads(antiphon("history", "nights", "--json", folder=self.folder).stdout)
        rows: list[dict[str, Any]] = listed["series"][0]["nights"]
        return rows


def _start(port: int, *words: str) -> subprocess.Popen[bytes]:
    process = subprocess.Popen([sys.executable, "-m", *words], cwd=ROOT)
    end = time.monotonic() + 120
    while not is_taken("127.0.0.1", port):
        assert process.poll() is None, words
        assert time.monotonic() < end, words
        time.sleep(0.2)
    return process


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The stand-in after its first night."""
    folder = tmp_path_factory.mktemp("nights")
    (folder / "today.json").write_text("{}")
    upstream, port = free_port(), free_port()
    processes = [_start(upstream, "antiphon", "serve", "--port", str(upstream))]
    try:
        words = (str(port), f"http://127.0.0.1:{upstream}", str(folder / "today.json"))
        processes.append(_start(port, "tests.nightly.changing_server", *words))
        stage = Stage(folder, port)
        code, said, page = stage.night({})
        assert (code, page["first"]) == (0, True), said
        yield stage
    finally:
        for each in reversed(processes):
            each.terminate()
            each.wait(30)


def moved(page: dict[str, Any]) -> dict[str, str]:
    """What moved and alerts, with its kind."""
    return {each["what"]: each["kind"] for each in page["moved"] if each["alerts"]}


def test_a_field_appears(stage: Stage) -> None:
    code, said, page = stage.night({"replace": FIELD})
    assert code == 5, said
    assert set(moved(page).values()) == {"unknown"}
    assert "field response mood" in moved(page)
    assert "New names that the contract does not know" in said
    assert "the live API moved" in said


def test_an_event_is_renamed(stage: Stage) -> None:
    code, said, page = stage.night({"replace": FIELD | RENAME})
    assert code == 1, said
    assert moved(page)["stream.delta.has-deltas"] == "broke"
    assert moved(page)["type event response.output_text.chunk"] == "unknown"
    assert "field response mood" not in moved(page), "that was news one night before"


def test_an_outage_is_no_drift_and_nothing_is_compared_with_it(stage: Stage) -> None:
    code, said, page = stage.night({"refuse": [503, "overloaded"]})
    assert code == 3, said
    assert "An outage: " in page["obstacle"]
    assert not page["moved"]
    assert "nothing can be said of this night" in (stage.folder / "report" / "nightly.md").read_text()
    assert stage.nights[-1]["obstacle"] == page["obstacle"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"refuse": [429, "rate_limit_exceeded"]}, "The rate limit was met"),
        ({"refuse": [429, "insufficient_quota"], "only_after": 15}, "The account is spent"),
        ({"refuse": [401, "invalid_api_key"], "only_after": 15}, "The key is refused"),
    ],
)
def test_a_limit_a_spent_account_and_a_key_that_dies_are_no_drift(
    stage: Stage, changes: dict[str, Any], words: str
) -> None:
    code, said, page = stage.night(changes)
    assert code == 3, said
    assert page["obstacle"].startswith(words)
    assert not page["moved"]


def test_a_dead_key_ends_the_night_with_the_cure_and_leaves_none(stage: Stage) -> None:
    before = len(stage.nights)
    code, said, page = stage.night({"refuse": [401, "invalid_api_key"]})
    assert (code, page) == (2, {})
    assert "refuses calls without a key in OPENAI_API_KEY (40" in said
    assert len(stage.nights) == before


def test_the_night_after_is_compared_with_the_last_whole_one(stage: Stage) -> None:
    """The event has its name again; a limit moves at the same time."""
    code, said, page = stage.night({"replace": FIELD, "most_output": 2000})
    assert moved(page)["stream.delta.has-deltas"] == "mended", said
    assert code == 1, said
    broken = {name for name, kind in moved(page).items() if kind == "broke"}
    assert broken, said
    assert "answers.not-overloaded" not in moved(page)


def test_a_flaky_failure_is_told_apart_and_alerts_nobody(stage: Stage) -> None:
    _, said, page = stage.night({"replace": FIELD, "most_output": 2000, "lost": 3})
    refuted = {each["what"] for each in page["moved"] if not each["alerts"]}
    assert "stream.delta.has-deltas" in refuted, said
    assert "stream.delta.has-deltas" not in moved(page)
    assert "not confirmed by a second run" in said


def test_a_spent_budget_leaves_things_unknown(stage: Stage) -> None:
    code, said, page = stage.night({"replace": FIELD, "most_output": 2000}, "--max-calls", "12")
    assert code == 0, said
    assert "budget was spent" in said
    assert not moved(page)
