"""The whole way: exercise, transcript, judge, result, report."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from antiphon.contract.depth import Depth
from antiphon.contract.load import DEFAULT_EDITION, edition_ids
from antiphon.judge.verdict import Verdict, judgement
from antiphon.pytest_plugin.suite_runner import run_suite
from antiphon.recording.exchange import INBOUND, Exchange
from antiphon.recording.intent import Purpose
from antiphon.recording.outcome import Outcome, outcome
from antiphon.run.live import finish
from antiphon.run.live import result_of as result_from
from antiphon.run.options import RunOptions
from antiphon.run.session import Session, reference

SHORT = "open-responses-2026-04-24"
"""The edition with the fewest requirements; `tox -e long` plays the others too."""


def verdicts(session: Session) -> dict[str, str]:
    """The verdict of every requirement that a session counts."""
    entries = session.findings.ledger.entries
    return {
        each.id: judgement(entries.get(each.id), each.level).verdict.value
        for each in session.contract.requirements.values()
    }


def result_of(folder: Path) -> dict[str, Any]:
    """The result in a folder, without what depends on the clock or on where it was judged."""
    result: dict[str, Any] = json.loads((folder / "result.json").read_text())
    return {key: value for key, value in result.items() if key not in ("duration", "source", "transcript", "digest")}


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run against the reference server."""
    folder = tmp_path_factory.mktemp("live")
    assert finish(run_suite(RunOptions(folder=folder)), folder) == 0
    return folder


def test_a_stored_run_gets_the_same_verdicts_without_a_network(live: Path, tmp_path: Path) -> None:
    script = (
        "import socket, sys\n"
        "def refuse(*a, **k): raise OSError('no network in this test')\n"
        "socket.socket.connect = socket.socket.bind = refuse\n"
        "from antiphon.cli import main; main(sys.argv[1:])\n"
    )
    arguments = ["run", "--transcript", str(live / "transcript.jsonl"), "--report-dir", str(tmp_path)]
    done = subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert result_of(tmp_path) == result_of(live)


def test_a_transcript_holds_no_key(live: Path) -> None:
    text = (live / "transcript.jsonl").read_text()

    assert "sk-antiphon" not in text
    assert '"Authorization","Bearer [redacted]"' in text


def test_every_report_is_written(live: Path) -> None:
    names = {path.name for path in live.iterdir()}

    assert names == {
        "transcript.jsonl", "result.json", "report.html", "junit.xml", "summary.md", "allure-results",
    }  # fmt: skip


@pytest.mark.long
def test_shards_add_up_to_the_whole(tmp_path: Path) -> None:
    """Two halves of the scenarios, put together, give the verdicts of the whole on what scenarios show."""
    with reference() as target:
        parts = []
        for number in (1, 2):
            folder = tmp_path / str(number)
            run_suite(RunOptions(target=target, folder=folder, shard=(number, 2)))
            parts.append(folder / "transcript.jsonl")
    whole = verdicts(run_suite(RunOptions(transcripts=tuple(parts))))

    assert not {name for name, verdict in whole.items() if verdict in ("fail", "warn", "error")}
    alone = [verdicts(run_suite(RunOptions(transcripts=(part,)))) for part in parts]
    passed = {name for each in alone for name, verdict in each.items() if verdict == "pass"}
    assert passed <= {name for name, verdict in whole.items() if verdict == "pass"}


@pytest.mark.parametrize(
    "edition", [pytest.param(id, marks=[] if id == SHORT else [pytest.mark.long]) for id in edition_ids()]
)
def test_the_reference_server_keeps_every_edition(edition: str) -> None:
    session = run_suite(RunOptions(edition=edition, depth=Depth.THOROUGH))
    found = verdicts(session)

    assert {name: verdict for name, verdict in found.items() if verdict in ("fail", "warn", "error")} == {}
    assert list(found.values()).count(Verdict.PASS.value) > 400
    profiles = result_from(session)["profiles"]
    assert {name for name, profile in profiles.items() if profile["holds"] is not True} == set()
    assert {"core", "streaming", "full"} <= profiles.keys()
    every = edition != DEFAULT_EDITION  # others leave more open, and scenarios are written for the default one
    assert [each.id for each in session.exchanges.values() if not (every or is_as_intended(each))] == []


def is_as_intended(exchange: Exchange) -> bool:
    """A right server takes what is legal, and refuses what is to be refused; of a probe, either is right."""
    if INBOUND in exchange.notes:
        return exchange.intent is None
    assert exchange.intent, exchange.id
    right = {Purpose.MUST_REFUSE: {Outcome.REFUSED}, Purpose.PROBE: {Outcome.ANSWERED, Outcome.REFUSED}}
    return outcome(exchange, routed=True) in right.get(exchange.intent.purpose, {Outcome.ANSWERED})


def test_a_selection_is_filtered_and_never_says_that_a_profile_holds(tmp_path: Path) -> None:
    finish(run_suite(RunOptions(folder=tmp_path, select=("usage",))), tmp_path)
    result = result_of(tmp_path)

    assert result["filtered"] is True
    assert not any(profile["holds"] for profile in result["profiles"].values())
    assert {each["id"].split(".")[0] for each in result["requirements"] if each["judged"]} == {"usage"}


def test_a_cut_transcript_is_judged_as_far_as_it_goes(live: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.jsonl"
    shutil.copy(live / "transcript.jsonl", cut)
    cut.write_bytes(cut.read_bytes()[: cut.stat().st_size * 2 // 3])
    session = run_suite(RunOptions(transcripts=(cut,)))

    assert session.remarks
    assert not [name for name, verdict in verdicts(session).items() if verdict in ("fail", "error")]


def test_two_runs_at_once_do_not_disturb_each_other() -> None:
    found: list[list[str]] = []

    def run() -> None:
        done = subprocess.run(
            [sys.executable, "-m", "antiphon", "run", "-k", "concurrency", "-k", "store", "--report-dir", "r"],
            capture_output=True, text=True, check=False, cwd=folder,
        )  # fmt: skip
        found.append([str(done.returncode), done.stderr])

    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        threads = [threading.Thread(target=run) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert found == [["0", ""], ["0", ""]]


def test_an_exception_of_our_own_is_no_run_in_which_all_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test of the suites raises beside its verdict ends the run: nothing was judged by it."""

    def stumble(*_: object) -> None:
        raise AttributeError("ours")

    monkeypatch.setattr("antiphon.pytest_plugin.plugin.judge_item", stumble)

    with pytest.raises(RuntimeError, match="the suite did not run"):
        run_suite(RunOptions(select=("background.returns-at-once",)))
