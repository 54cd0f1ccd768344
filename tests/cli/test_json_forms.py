"""What a command prints, it prints as JSON, too: that alone on standard output."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.report import made

from antiphon.cli import main
from antiphon.run.session import reference

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "tests" / "data" / "traffic" / "sample.jsonl.gz"


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, Any]:
    """The exit code of a command, and what it wrote to standard output, read as JSON."""
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        main([*words, "--json"])
    return int(ended.value.code or 0), json.loads(capsys.readouterr().out)


def test_list_and_explain(capsys: pytest.CaptureFixture[str]) -> None:
    _, rows = said(capsys, "list", "faults")
    assert {"id", "says", "breaks"} <= rows[0].keys()
    _, rows = said(capsys, "explain", "usage.total")
    assert rows[0]["name"] == "usage.total"


def test_doctor(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    with reference() as target:
        monkeypatch.setenv("OPENAI_API_KEY", target.api_key or "")
        code, rows = said(capsys, "doctor", "--base-url", target.base_url, "--model", target.model)
        found = {row["what"] for row in rows if row["good"]}
        assert code == 0
        assert found >= {"settings", "address", "key", "route", "model", "events", "text input", "tools", "chaining"}

        code, rows = said(capsys, "doctor", "--base-url", target.base_url, "--model", "no-such-model")
        assert (code, rows[-1]["good"], rows[-1]["what"]) == (1, False, "model")


def test_judge(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, result = said(capsys, "judge", str(SAMPLE), "--report-dir", str(tmp_path), "--format", "json")
    assert code == 0
    assert result == json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))
    assert [path.name for path in tmp_path.iterdir()] == ["result.json"]


def test_compare_and_report(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    gateway, reference = (str(made.DATA / name) for name in ("gateway.json", "reference.json"))
    _, changes = said(capsys, "compare", reference, gateway)
    assert "stream.text.adds-up" in [each["id"] for each in changes["broken"]]

    _, files = said(capsys, "report", gateway, reference, "--out", str(tmp_path / "site"))
    assert all(Path(path).is_file() for path in files["written"])
    assert str(tmp_path / "site" / "index.html") in files["written"]

    _, files = said(capsys, "report", gateway, reference, "--out", str(tmp_path / "two"), "--format", "ctrf")
    assert len({Path(path).parent.name for path in files["written"]}) == 2
    _, files = said(capsys, "report", gateway, "--out", str(tmp_path / "one"), "--format", "sarif", "--format", "html")
    assert sorted(Path(path).name for path in files["written"]) == ["findings.sarif", "report.html"]

    _, files = said(capsys, "report", f"staging={gateway}", reference, "--out", str(tmp_path / "named"))
    assert {Path(path).name for path in files["written"]} >= {"staging-2026-09-01.html", "reference-2026-09-01.html"}


def test_a_job_of_github_actions_gets_annotations_and_a_summary(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = {"exchange": "a/1", "request": {"method": "POST", "path": "/responses", "body": {"model": "m"}},
             "response": {"status": 200, "headers": [["content-type", "application/json"]],
                          "chunks": [[0.1, '{"id": 7, "object": "response", "status": "::error::x"}']]}}  # fmt: skip
    (tmp_path / "t.jsonl").write_text(json.dumps(wrong) + "\n")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary"))
    with pytest.raises(SystemExit):
        main(["judge", str(tmp_path / "t.jsonl"), "--report-dir", str(tmp_path / "out")])

    stop, go, *lines = [line for line in capsys.readouterr().out.splitlines() if line.strip().startswith("::")]
    assert stop == "::stop-commands::" + go.strip(":")
    assert 1 <= len(lines) <= 10
    assert all(line.startswith("::error title=") for line in lines)
    assert (tmp_path / "summary").read_text(encoding="utf-8").startswith("## ")
