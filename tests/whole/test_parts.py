"""A run in parts, a run several times, and a run by several workers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from antiphon.cli import main
from antiphon.contract.depth import Depth
from antiphon.exercise.budget.cost_estimates import shares, weight
from antiphon.pytest_plugin.suite_runner import collect, run_suite
from antiphon.run.live import finish
from antiphon.run.options import RunOptions
from antiphon.server import ServerSettings, background_server
from antiphon.server.app import application, runtime

ROOT = Path(__file__).parents[2]


def antiphon(*words: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(words)
    return int(ended.value.code or 0)


def result_of(folder: Path) -> dict[str, Any]:
    result: dict[str, Any] = json.loads((folder / "result.json").read_text())
    return result


def verdicts(result: dict[str, Any]) -> dict[str, str]:
    return {each["id"]: each["verdict"] for each in result["requirements"]}


def test_parts_cost_about_the_same_and_are_the_same_each_time() -> None:
    names = [each.name for each in collect(RunOptions(depth=Depth.THOROUGH))]
    parts = shares(names, 4)
    loads = [sum(map(weight, part)) for part in parts]

    assert sorted(name for part in parts for name in part) == sorted(names)
    assert shares(reversed(names), 4) == parts
    assert max(loads) - min(loads) <= max(map(weight, names))


@pytest.mark.long
def test_parts_judged_together_are_the_whole(tmp_path: Path) -> None:
    finish(run_suite(RunOptions(folder=tmp_path / "whole")), tmp_path / "whole")
    for number in (1, 2, 3):
        run_suite(RunOptions(folder=tmp_path / f"part-{number}", shard=(number, 3)))
    files = [str(tmp_path / f"part-{number}" / "transcript.jsonl") for number in (3, 1, 2)]
    whole = result_of(tmp_path / "whole")

    assert antiphon("judge", *files, "--report-dir", str(tmp_path / "judged")) == 0
    judged = result_of(tmp_path / "judged")
    assert verdicts(judged) == verdicts(whole)
    assert (judged["calls"], judged["filtered"]) == (whole["calls"], False)
    assert judged["profiles"] == whole["profiles"]
    assert judged["clients"] == whole["clients"]

    antiphon("judge", *files[:2], "--report-dir", str(tmp_path / "lacking"))
    lacking = result_of(tmp_path / "lacking")
    assert (lacking["filtered"], lacking["filter"]) == (True, "without --shard 2/3")
    assert not any(each["holds"] for each in lacking["profiles"].values())


def test_what_holds_in_some_of_several_runs_is_broken_and_flaky(tmp_path: Path) -> None:
    parts = []
    for number, faults in enumerate([(), ("usage-total-wrong",), ()], 1):
        plan = RunOptions(folder=tmp_path, run=number, faults=faults, select=("usage",))
        run_suite(plan)
        parts.append(str(plan.transcript))

    assert antiphon("judge", *parts, "--report-dir", str(tmp_path)) == 1
    result = result_of(tmp_path)
    by_id = {each["id"]: each for each in result["requirements"]}
    assert by_id["usage.total"]["verdict"] == "fail"
    assert by_id["usage.total"]["reason"] == "flaky: held in 2 of 3 runs"
    assert by_id["usage.total"]["runs"] == {"judged": 3, "held": 2}
    assert {each["exchange"][:2] for each in by_id["usage.total"]["violations"]} == {"2:"}
    steady = next(each for each in by_id.values() if each["verdict"] == "pass")
    assert (steady["runs"]["held"], steady["reason"]) == (3, "")
    assert result["runs"] == 3


def test_repeat_plays_everything_so_often(tmp_path: Path) -> None:
    arguments = ["run", "-k", "store", "--depth", "standard", "--report-dir", str(tmp_path), "--repeat", "2"]

    assert antiphon(*arguments) == 0
    result = result_of(tmp_path)
    assert (tmp_path / "transcript-2.jsonl").exists()
    assert result["runs"] == 2
    assert all(each["runs"]["held"] == each["runs"]["judged"] for each in result["requirements"] if "runs" in each)
    once = run_suite(RunOptions(select=("store",)))
    assert result["calls"] == 2 * once.findings.costs.all.calls


class Counting:
    """Counts the requests to create a response, by what they say."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.calls: Counter[tuple[str, str]] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] != "/v1/models":
            self.calls[scope["method"], scope["path"].split("/")[2]] += 1
        await self.app(scope, receive, send)


@pytest.mark.parametrize("workers", ["0", "2"])
def test_workers_send_no_call_twice(workers: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    create, apps = application.create_app, []

    def counting(settings: ServerSettings) -> Any:
        apps.append(Counting(create(settings)))
        return apps[-1]

    monkeypatch.setattr(runtime, "create_app", counting)
    with background_server(ServerSettings()) as url:
        arguments = [str(ROOT / "suites"), "-n", workers, "-q", "-p", "no:cacheprovider", "-W", "ignore"]
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *arguments, f"--antiphon-base-url={url}", "--antiphon-model=antiphon-1",
             "--antiphon-depth=standard", f"--antiphon-report-dir={tmp_path}",
             "-m", "capability(name='store') or capability(name='chaining')"],
            capture_output=True, text=True, check=False, cwd=ROOT, env=_bare_environment(),
        )  # fmt: skip

    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    records = [json.loads(line) for line in (tmp_path / "transcript.jsonl").read_text().splitlines()]
    sent = [each for each in records if "exchange" in each and each["request"]["method"] != "WS"]
    assert sum(apps[0].calls.values()) == len(sent) > 20
    assert len({each["exchange"] for each in sent}) == len(sent)


def _bare_environment() -> dict[str, str]:
    """The environment without what the outer pytest and its workers left there."""
    return {key: value for key, value in os.environ.items()
            if not key.startswith(("PYTEST", "COV")) and key != "OPENAI_API_KEY"}  # fmt: skip
