"""A sample holds whole chains, whatever else is in the log; what is left out is counted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from antiphon.cli import main
from antiphon.errors import ConfigError
from antiphon.recording.exchange import Chunk, Exchange, Request, Response
from antiphon.recording.records import dump
from antiphon.run.exchange_sample import ExchangeSelection, moment_of, share_of


def create(number: int, previous: str | None = None, conversation: str | None = None, at: float = 0.0) -> Exchange:
    """A create that was answered with a response of its own."""
    body: dict[str, Any] = {"model": "m", "input": "hi"}
    body |= {"previous_response_id": previous} if previous else {}
    body |= {"conversation": conversation} if conversation else {}
    reply = json.dumps({"id": f"resp_{number}", "object": "response"}).encode()
    request = Request("POST", "/v1/responses", body=body)
    return Exchange(f"e{number}", request, Response(200, (), (Chunk(0.0, reply),)), started_at=at)


def read(number: int) -> Exchange:
    """A read of a response."""
    reply = json.dumps({"id": f"resp_{number}", "object": "response"}).encode()
    return Exchange(
        f"r{number}", Request("GET", f"/v1/responses/resp_{number}"), Response(200, (), (Chunk(0.0, reply),))
    )


def test_a_chain_and_its_reads_share_one_decision() -> None:
    selection = ExchangeSelection(share=0.3)
    decisions: dict[int, set[bool]] = {}
    for number in range(2000):
        start = number % 400
        exchange = create(number, previous=f"resp_{number - 400}" if number >= 400 else None)
        decisions.setdefault(start, set()).update((selection.takes(exchange), selection.takes(read(number))))

    assert all(len(each) == 1 for each in decisions.values())
    assert 60 < sum(True in each for each in decisions.values()) < 180


def test_a_conversation_shares_one_decision() -> None:
    selection = ExchangeSelection(share=0.5)

    decisions = {selection.takes(create(number, conversation="conv_1")) for number in range(50)}

    assert len(decisions) == 1


def test_the_sample_does_not_depend_on_what_else_is_there() -> None:
    alone, among = ExchangeSelection(share=0.2), ExchangeSelection(share=0.2)
    mixed = {number: among.takes(create(number)) for number in range(500)}

    assert {number: alone.takes(create(number)) for number in range(0, 500, 7)} == {
        number: mixed[number] for number in range(0, 500, 7)
    }


def test_what_is_left_out_is_counted_by_its_reason() -> None:
    selection = ExchangeSelection(since=100.0)

    taken = [selection.takes(create(number, at=at)) for number, at in enumerate((50.0, 100.0, 0.0, 200.0))]

    assert taken == [False, True, False, True]
    assert [str(remark).split(",")[0] for remark in selection.left_out.remarks()] == [
        "left out: 1 exchange before the moment that was asked for",
        "left out: 1 exchange without a time",
    ]


@pytest.mark.parametrize(("text", "share"), [("1%", 0.01), ("0.25", 0.25), ("100%", 1.0), (None, 1.0)])
def test_a_share_is_a_part_or_a_percentage(text: str | None, share: float) -> None:
    assert share_of(text) == pytest.approx(share)


@pytest.mark.parametrize("text", ["0", "-1%", "200%", "some", "", "nan"])
def test_what_is_no_share_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="is not a share"):
        share_of(text)


def test_a_moment_is_a_time_or_a_duration() -> None:
    assert moment_of("2026-11-29T00:00Z") == moment_of("2026-11-29") == 1795910400.0
    assert moment_of("2h", now=10_000.0) == 10_000.0 - 7200
    assert moment_of(None) == 0.0
    with pytest.raises(ConfigError, match="is neither a moment"):
        moment_of("yesterday")


def test_a_sample_is_a_filtered_result_that_counts_what_it_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text("".join(dump(create(number)) + "\n" for number in range(200)), encoding="utf-8")

    with pytest.raises(SystemExit):
        main(["judge", str(path), "--sample", "10%", "--report-dir", str(tmp_path / "report")])

    result = json.loads((tmp_path / "report" / "result.json").read_text(encoding="utf-8"))
    judged = result["exchanges"]["judged"]
    assert 5 <= judged <= 45
    assert (result["filtered"], result["filter"]) == (True, "--sample 10%")
    assert f"{200 - judged} exchanges outside the sample of 10%" in capsys.readouterr().out
