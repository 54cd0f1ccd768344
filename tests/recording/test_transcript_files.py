"""What is written is whole lines, from whatever thread, and whatever happens."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from antiphon.errors import ConfigError, RecordingError
from antiphon.recording.exchange import Exchange, Request
from antiphon.recording.file import TranscriptWriter, read_transcript
from antiphon.recording.records import Header, Record, ScenarioEnd
from antiphon.recording.redaction.redactor import Redactor
from antiphon.recording.source import Remark

GET = Request("GET", "/responses/resp_1")


def test_a_transcript_is_read_back_in_order(tmp_path: Path) -> None:
    path = tmp_path / "runs" / "transcript.jsonl"
    records: list[Record] = [Header({"antiphon": "1"}), Exchange("s/1", GET, None, "s"), ScenarioEnd("s", "finished")]

    with TranscriptWriter(path) as writer:
        for record in records:
            writer.write(record)
        assert not path.exists()

    assert list(read_transcript([path])) == records
    assert list(read_transcript([path, path])) == records * 2
    assert [each.name for each in path.parent.iterdir()] == ["transcript.jsonl"]


def test_what_was_said_before_an_exception_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"

    def crash() -> None:
        with TranscriptWriter(path) as writer:
            writer.write(Exchange("s/1", GET, None))
            raise RuntimeError("crash")

    with pytest.raises(RuntimeError, match="crash"):
        crash()

    assert len(list(read_transcript([path]))) == 1


def test_nothing_is_left_when_nothing_was_said(tmp_path: Path) -> None:
    with TranscriptWriter(tmp_path / "t.jsonl"):
        pass

    assert list(tmp_path.iterdir()) == []


def test_a_half_written_line_is_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"

    with TranscriptWriter(path) as writer:
        writer.write(Exchange("s/1", GET, None))
        writer._file.write(b'{"exchange": "s/')

    assert len(list(read_transcript([path]))) == 1


def test_threads_may_write_at_once(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    ids = {f"s/{number}" for number in range(200)}

    with TranscriptWriter(path) as writer, ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda id: writer.write(Exchange(id, GET, None)), ids))

    assert {record.id for record in read_transcript([path]) if isinstance(record, Exchange)} == ids
    assert writer.written == 200


def test_secrets_do_not_reach_the_file(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    secret = "correct-horse-battery"

    with TranscriptWriter(path, Redactor([secret])) as writer:
        writer.write(Header({"antiphon": "1", "target": {"base_url": f"http://x/?key={secret}"}}))
        writer.write(Exchange(secret, Request("GET", f"/{secret}", (("a", secret),), body={secret: secret}), None))
        writer.write(ScenarioEnd("s", "broken", secret, exchange=secret))

    assert secret not in path.read_text()
    assert len(list(read_transcript([path]))) == 3


def test_a_body_that_is_nested_too_deeply_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    deep: list[object] = []
    for _ in range(20_000):
        deep = [deep]

    with TranscriptWriter(path) as writer:
        writer.write(Exchange("s/1", Request("POST", "/responses", body=deep), None))

    assert json.loads(path.read_text())["request"]["body"] == "[nested too deeply]"


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(ConfigError, match="cannot be written"):
        TranscriptWriter(tmp_path / "file" / "t.jsonl")


def test_a_foreign_file_is_no_transcript(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text('{"log": {"entries": []}}\n')

    with pytest.raises(RecordingError, match=r"t\.jsonl, line 1: not a record"):
        list(read_transcript([path]))


def test_a_cut_transcript_ends_with_a_remark(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    with TranscriptWriter(path) as writer:
        writer.write(Exchange("s/1", GET, None))
        writer.write(Exchange("s/2", GET, None))
    path.write_bytes(path.read_bytes()[:-9])

    exchange, remark = read_transcript([path])

    assert isinstance(exchange, Exchange)
    assert isinstance(remark, Remark)
