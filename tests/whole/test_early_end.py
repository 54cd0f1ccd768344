"""A run adapts to a server that is busy, and ends early where its time is over or nothing answers any more."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.whole.answering import Answer, answering, in_json, passing

from antiphon.cli import main
from antiphon.contract.depth import MOST_CALLS, Depth
from antiphon.exercise.limits import Limits
from antiphon.exercise.stop import SILENT_CALLS
from antiphon.exercise.target import Target
from antiphon.pytest_plugin.suite_runner import collect, run_suite
from antiphon.report.words import alarms
from antiphon.run.estimate import estimate
from antiphon.run.live import result_of
from antiphon.run.options import RunOptions
from antiphon.server import ServerSettings, background_server

MOST_AT_ONCE = 10
BUSY = {"error": {"message": "Too many at once.", "type": "rate_limit_error", "param": None, "code": "rate_limit"}}


@pytest.fixture(autouse=True)
def no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)


@contextmanager
def busy() -> Iterator[str]:
    """A right server that takes few creates at once, and refuses others for a second."""
    room = threading.BoundedSemaphore(MOST_AT_ONCE)

    with background_server(ServerSettings()) as url:

        def answer(method: str, path: str, body: bytes) -> Answer:
            if (method, path) != ("POST", "/v1/responses"):
                return passing(url, method, path, body)
            if not room.acquire(blocking=False):
                return in_json(429, BUSY, **{"Retry-After": "1"})
            try:
                time.sleep(0.1)
                return passing(url, method, path, body)
            finally:
                room.release()

        with answering(answer) as base_url:
            yield base_url


def test_a_busy_server_is_adapted_to_within_the_calls_that_were_promised() -> None:
    with busy() as url:
        plan = RunOptions(Target(url, model="antiphon-1"))
        promised = estimate(plan, collect(plan))
        session = run_suite(plan)
    result = result_of(session)

    assert result["totals"]["fail"] + result["totals"]["error"] == 0
    broken = [each for each in result["scenarios"] if each["outcome"] == "broken" and "429" in each["reason"]]
    # What the promised retries are too few for is not testable, and no finding. A busy machine has more of it.
    assert len(broken) < len(result["scenarios"]) / 4
    assert session.findings.costs.retried_count <= promised["retries"]
    assert result["calls"] <= promised["calls"] + promised["retries"]
    assert promised["calls"] < MOST_CALLS[Depth.STANDARD]


def test_a_run_ends_in_its_time_cleans_up_and_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["run", "--model", "antiphon-1", "--depth", "standard", "--max-time", "6", "--report-dir", str(tmp_path)]
    with background_server(ServerSettings(latency=0.6)) as url, pytest.raises(SystemExit) as ended:
        main([*words, "--base-url", url])
    result: dict[str, Any] = json.loads((tmp_path / "result.json").read_text())
    printed = capsys.readouterr().out.strip().splitlines()
    said = printed[next(place for place, line in enumerate(printed) if "scenarios, " in line) :]  # after the progress
    left = result["spending"]["not_deleted"]  # on a busy machine there may not be time for all

    assert ended.value.code == 0
    assert any(line.startswith("The run ended early: --max-time 6 is over.") for line in said[:3])
    assert result["filtered"]
    assert result["spending"]["deleted"]
    assert any(line.startswith(f"Not deleted: {left} of ") for line in said) == bool(left)


def test_a_server_that_answers_nothing_but_models_is_given_up(tmp_path: Path) -> None:
    calls = []

    def answer(_: str, path: str, __: bytes) -> Answer | None:
        calls.append(path)
        return in_json(200, {"object": "list", "data": []}) if path == "/v1/models" and len(calls) == 1 else None

    with answering(answer) as url, pytest.raises(SystemExit) as ended:
        main(["run", "--base-url", url, "--model", "m", "--depth", "standard", "--report-dir", str(tmp_path)])
    result: Any = json.loads((tmp_path / "result.json").read_text())

    assert ended.value.code == 3
    assert next(alarms(result)).startswith(f"The run ended early: {SILENT_CALLS} calls in a row got no answer.")
    assert len(calls) <= 4 * SILENT_CALLS


def test_replies_without_end_are_bounded_in_all(tmp_path: Path) -> None:
    reply = in_json(200, {"id": "resp_1", "object": "response", "output": ["x" * 20_000]})
    limits = Limits(run_bytes=100_000)

    with answering(lambda *_: reply) as url:
        session = run_suite(RunOptions(Target(url, "m", limits=limits, clean_up=False), folder=tmp_path))

    assert "limits.run_bytes" in session.scope_text
    assert sum(len(each.content) for each in session.exchanges.values()) <= limits.run_bytes
    assert (tmp_path / "transcript.jsonl").stat().st_size < 3 * limits.run_bytes


def test_a_transcript_that_was_cut_off_is_filtered(tmp_path: Path) -> None:
    run_suite(RunOptions(folder=tmp_path, select=("chain",)))
    lines = (tmp_path / "transcript.jsonl").read_text().splitlines(keepends=True)
    cut = tmp_path / "cut.jsonl"
    cut.write_text("".join(lines[:-1]))

    assert not run_suite(RunOptions(transcripts=(tmp_path / "transcript.jsonl",))).scope_text.count("lacks")
    assert "without 1 scenarios that the recording lacks" in run_suite(RunOptions(transcripts=(cut,))).scope_text
