"""`antiphon report --verify`: a result is what its recording shows, or the command says where it is not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.gate.command import antiphon

from antiphon.report.seal import with_digest


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small run that finds something broken."""
    folder = tmp_path_factory.mktemp("verification")
    done = antiphon("run", "-k", "usage", "--fault", "usage-total-wrong", "--depth", "core", folder=folder)
    assert done.returncode == 1, done.stderr
    return folder / "antiphon-report"


def verify(folder: Path, *recordings: Path) -> tuple[int, dict[str, Any]]:
    done = antiphon("report", "--verify", "--json", "result.json", *map(str, recordings), folder=folder)
    return done.returncode, json.loads(done.stdout)


def edited(run: Path, folder: Path, *, seal: bool = False) -> None:
    """A result whose failure was made a pass, with the numbers that follow."""
    result = json.loads((run / "result.json").read_text())
    for each in result["requirements"]:
        if each["verdict"] == "fail":
            each |= {"verdict": "pass", "violated": 0}
            result["totals"]["fail"] -= 1
            result["totals"]["pass"] += 1
            result["exercised"]["held"] += 1
    for profile in result["profiles"].values():
        profile["broken"] = []
    (folder / "result.json").write_text(json.dumps(with_digest(result) if seal else result))


def test_a_true_result_is_said_to_be_true(run: Path) -> None:
    done = antiphon("report", "--verify", "result.json", "transcript.jsonl", folder=run)
    assert done.returncode == 0, done.stdout
    assert done.stdout.startswith("The result is what its recording shows: ")
    assert verify(run)[1]["true"], "the recording beside it is found without its name"


def test_an_edit_shows(run: Path, tmp_path: Path) -> None:
    edited(run, tmp_path)
    code, found = verify(tmp_path, run / "transcript.jsonl")
    assert (code, found["tampered"]) == (1, "edited after it was judged")
    assert "usage.total" in {each["what"] for each in found["differences"]}


def test_an_edit_with_a_new_seal_shows_in_the_verdicts(run: Path, tmp_path: Path) -> None:
    edited(run, tmp_path, seal=True)
    code, found = verify(tmp_path, run / "transcript.jsonl")
    assert (code, found["tampered"], found["strangers"]) == (1, "", [])
    (claim,) = [each for each in found["differences"] if each["what"] == "usage.total"]
    assert claim["claimed"].startswith("pass")
    assert claim["shown"].startswith("fail")


def test_another_recording_is_a_stranger(run: Path, tmp_path: Path) -> None:
    lines = (run / "transcript.jsonl").read_text().splitlines(keepends=True)
    (tmp_path / "cut.jsonl").write_text("".join(lines[: len(lines) // 2]))
    (tmp_path / "result.json").write_bytes((run / "result.json").read_bytes())
    code, found = verify(tmp_path, tmp_path / "cut.jsonl")
    assert code == 1
    assert found["strangers"] == ["cut.jsonl: not byte for byte what was judged"]


def test_what_was_judged_of_other_programs_is_verified_too(run: Path, tmp_path: Path) -> None:
    sse = "event: error\ndata: {}\n\n"
    (tmp_path / "stream.sse").write_text(sse)
    antiphon("judge", "stream.sse", folder=tmp_path)
    done = antiphon("report", "--verify", "antiphon-report/result.json", "stream.sse", folder=tmp_path)
    assert done.returncode == 0, done.stdout


def test_what_is_not_there_is_named(run: Path, tmp_path: Path) -> None:
    (tmp_path / "result.json").write_bytes((run / "result.json").read_bytes())
    done = antiphon("report", "--verify", "result.json", folder=tmp_path)
    assert done.returncode == 2
    assert "transcript.jsonl: is not there" in done.stderr
