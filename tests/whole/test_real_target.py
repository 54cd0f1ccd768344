"""A run leaves a target as it was, and reaches one wherever it is."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from antiphon.contract.depth import Depth
from antiphon.exercise.ownership_tag import TAG_KEY
from antiphon.exercise.target import Target
from antiphon.pytest_plugin.suite_runner import run_suite
from antiphon.recording.exchange import CLEAN_UP, Exchange
from antiphon.run.live import finish
from antiphon.run.options import RunOptions
from antiphon.server import ServerSettings, background_server
from antiphon.server.app import application, runtime


@pytest.fixture
def target(monkeypatch: pytest.MonkeyPatch) -> Iterator[Target]:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with background_server(ServerSettings()) as url:
        yield Target(url, model="antiphon-1", other_model="antiphon-1-mini")


def made(exchanges: list[dict[str, Any]] | list[Exchange]) -> set[str]:
    """The ids of responses and conversations that replies name."""
    text = "".join(each.content.decode() for each in exchanges if isinstance(each, Exchange))
    return {word for word in text.split('"') if word.startswith(("resp_", "conv_")) and len(word) == 53}


def still_there(target: Target, ids: set[str]) -> list[str]:
    route = {"resp": "responses", "conv": "conversations"}
    with httpx.Client(trust_env=False) as client:
        return [id for id in ids if client.get(f"{target.base_url}/{route[id[:4]]}/{id}").is_success]


def test_nothing_is_left_and_the_calls_for_it_are_told(target: Target) -> None:
    session = run_suite(RunOptions(target, depth=Depth.THOROUGH, select=("store", "conversations", "chat.stored")))
    exchanges = list(session.exchanges.values())
    cleaning = [each for each in exchanges if CLEAN_UP in each.notes]

    assert len(made(exchanges)) > 10
    assert still_there(target, made(exchanges)) == []
    assert len(cleaning) == session.findings.costs.deleted_count == session.findings.costs.areas["clean-up"].calls > 5
    assert session.findings.costs.undeleted_count == 0


def test_a_target_may_be_left_as_the_run_made_it(target: Target) -> None:
    session = run_suite(RunOptions(replace(target, clean_up=False), select=("store",)))

    assert still_there(target, made(list(session.exchanges.values())))
    assert "clean-up" not in session.findings.costs.areas


def test_what_is_stored_is_marked_with_the_run(target: Target) -> None:
    marks = [
        {each.sent["metadata"][TAG_KEY]
         for each in run_suite(RunOptions(target, select=("store",), depth=Depth.THOROUGH)).exchanges.values()
         if isinstance(each.sent, dict) and TAG_KEY in (each.sent.get("metadata") or {})}
        for _ in range(2)
    ]  # fmt: skip

    assert [len(each) for each in marks] == [1, 1]
    assert marks[0] != marks[1]


RUN = ["antiphon", "run", "-k", "store", "-k", "chain", "--thorough"]
NIGHT = ["antiphon", "nightly"]


@pytest.mark.parametrize(
    ("words", "number"),
    [
        pytest.param(RUN, signal.SIGINT, id="run-2"),
        pytest.param(NIGHT, signal.SIGTERM, id="nightly-15"),
        pytest.param(RUN, signal.SIGTERM, id="run-15", marks=pytest.mark.long),
        pytest.param(NIGHT, signal.SIGINT, id="nightly-2", marks=pytest.mark.long),
    ],
)
def test_an_interrupted_run_cleans_up_and_reports(tmp_path: Path, words: list[str], number: signal.Signals) -> None:
    with background_server(ServerSettings(latency=0.4)) as url:
        said, complaints, code = _interrupted([*words, "--base-url", url, "--model", "antiphon-1"], tmp_path, number)
        (transcript,) = (tmp_path / "antiphon-report").rglob("transcript.jsonl")
        records = [json.loads(line) for line in transcript.read_text().splitlines()]

        assert _ids(transcript)
        assert still_there(Target(url), _ids(transcript)) == []
    assert code == 128 + number
    assert f"it was interrupted ({number.name})." in said
    assert "Traceback" not in complaints
    if words is RUN:  # what a night plays first may be stored by nobody
        assert any("clean-up" in record.get("notes", ()) for record in records)

    finish(run_suite(RunOptions(transcripts=(transcript,))), tmp_path / "again")
    for folder in ("antiphon-report", "again"):
        result = json.loads((tmp_path / folder / "result.json").read_text())
        assert result["filtered"]
        assert "ended early" in result["filter"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_under_pytest_cleans_up_and_judges(tmp_path: Path, number: signal.Signals) -> None:
    with background_server(ServerSettings(latency=0.4)) as url:
        words = ["pytest", "--pyargs", "antiphon.suites.store", "-p", "no:cacheprovider", "--antiphon-thorough"]
        options = ["--antiphon-base-url", url, "--antiphon-model", "antiphon-1", "--antiphon-report-dir", "kept"]
        said, complaints, code = _interrupted([*words, *options], tmp_path, number)
        (transcript,) = tmp_path.rglob("transcript.jsonl")

        assert _ids(transcript)
        assert still_there(Target(url), _ids(transcript)) == []
    assert code == 128 + number
    assert f"The run ended early: it was interrupted ({number.name})." in said
    assert "INTERNALERROR" not in said + complaints


def _interrupted(words: list[str], folder: Path, number: signal.Signals) -> tuple[str, str, int]:
    """Output, errors and exit code of a module that gets a signal when it has stored a response."""
    environment = {key: value for key, value in os.environ.items() if key != "OPENAI_API_KEY"}
    run = subprocess.Popen(
        [sys.executable, "-m", *words], cwd=folder, env=environment,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    _wait_for_a_response(folder)
    run.send_signal(number)
    said, complaints = run.communicate(timeout=600)
    return said, complaints, run.returncode


def _ids(transcript: Path) -> set[str]:
    text = transcript.read_text().replace("\\", "")
    return {word for word in text.split('"') if word.startswith("resp_") and len(word) == 53 and "0" * 40 not in word}


def _wait_for_a_response(folder: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if any("resp_" in path.read_text() for path in folder.rglob("*.partial")):
            return
        time.sleep(0.05)
    raise AssertionError("the run stored nothing")


class Picky:
    """Serves under another prefix, and only who brings a certain header and query."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.refused: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            headers = dict(scope["headers"])
            query = scope["query_string"].decode()
            if headers.get(b"api-key") != b"a-key-of-the-test" or "api-version=preview" not in query:
                self.refused.append(scope["path"])
            scope = {**scope, "path": scope["path"].removeprefix("/gateway/openai")}
        await self.app(scope, receive, send)


def test_headers_queries_and_a_prefix_go_with_every_request(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    create, apps = application.create_app, []

    def picky(settings: ServerSettings) -> Any:
        apps.append(Picky(create(settings)))
        return apps[-1]

    monkeypatch.setattr(runtime, "create_app", picky)
    monkeypatch.setenv("AN_API_KEY", "a-key-of-the-test")
    with background_server(ServerSettings()) as url:
        base_url = url.removesuffix("/v1") + "/gateway/openai/v1"
        target = Target(
            base_url, model="antiphon-1", api_key_env="", headers={"api-key": "$AN_API_KEY"},
            query={"api-version": "preview"},
        )  # fmt: skip
        session = run_suite(
            RunOptions(target, folder=tmp_path, select=("store", "stream.sum", "websocket"), depth=Depth.THOROUGH)
        )

    totals = {name for name, entry in session.findings.ledger.entries.items() if entry.judged}
    assert len(totals) > 20
    assert apps[0].refused == []
    assert not [name for name, entry in session.findings.ledger.entries.items() if entry.errors]
    assert "a-key-of-the-test" not in (tmp_path / "transcript.jsonl").read_text()
