"""What the clean-up left on a target is told, whatever the reason."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.whole.answering import Answer, answering, in_json, passing

from antiphon.exercise.cleanup import REFUSALS
from antiphon.exercise.target import Target
from antiphon.pytest_plugin.suite_runner import run_suite
from antiphon.recording.exchange import CLEAN_UP
from antiphon.report.words import leftovers
from antiphon.run.live import result_of
from antiphon.run.options import RunOptions
from antiphon.server import ServerSettings, background_server


def test_what_a_target_does_not_delete_is_counted_and_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with background_server(ServerSettings()) as url:

        def answer(method: str, path: str, body: bytes) -> Answer:
            if method == "DELETE":
                return in_json(405, {"error": {"message": "no", "type": "invalid_request_error"}})
            return passing(url, method, path, body)

        with answering(answer) as base_url:
            plan = RunOptions(Target(base_url, model="antiphon-1"), select=("store", "chain"), folder=tmp_path)
            session = run_suite(plan)
            again = run_suite(RunOptions(transcripts=(plan.transcript,)))
    cleaning = [each for each in session.exchanges.values() if CLEAN_UP in each.notes]
    left = len(cleaning)

    assert sum(each.response is not None for each in cleaning) == REFUSALS < left
    for result in (result_of(session), result_of(again)):
        assert result["spending"]["not_deleted"] == left
        assert leftovers(result).startswith(f"Not deleted: {left} of {left} objects ")
