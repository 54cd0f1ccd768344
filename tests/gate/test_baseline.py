"""What `antiphon baseline` writes is taken by `antiphon run --baseline`, and is the same after the next run."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from tests.report import made

from antiphon.contract.load import contract
from antiphon.errors import Exit
from antiphon.gate.baseline import load
from antiphon.gate.baseline_writer import Words, baseline
from antiphon.gate.decision import GatePolicy, decide
from antiphon.report.result_model import Result, ResultViolation


def broken(mark: str, number: int) -> Result:
    """A result with two broken musts, in the words of one run."""
    found = made.clean()
    template = found["requirements"][0]
    got = f"404 {{'message': 'No response resp_{mark}{mark}', 'created_at': 17959672{number}}}"
    place: ResultViolation = {"exchange": "a/1", "at": "", "expected": "200", "got": got, "message": "", "curl": ""}
    found["requirements"] = [
        {
            **template,
            "id": id,
            "level": "must",
            "verdict": "fail",
            "judged": number,
            "violated": 1,
            "violations": [place],
        }
        for id in ("usage.total", "store.delete-succeeds")
    ]
    return found


def test_a_written_baseline_is_taken(tmp_path: Path) -> None:
    result = broken("0a1b2c3d4e5f", 11)
    (tmp_path / "baseline.yaml").write_text(baseline(result, Words()), encoding="utf-8")
    expected = load(tmp_path / "baseline.yaml", contract(result["edition"]))

    assert set(expected.expected) == {"usage.total", "store.delete-succeeds"}
    day = date.fromisoformat(result["started_at"][:10])
    assert decide(result, GatePolicy(expected, today=day)).exit is Exit.HOLDS


def test_two_runs_write_the_same_baseline() -> None:
    first, second = (
        baseline(broken(mark, number), Words()) for mark, number in (("0a1b2c3d4e5f", 11), ("9f8e7d6c5b4a", 97))
    )

    assert first == second
    assert "No response resp_…" in first
