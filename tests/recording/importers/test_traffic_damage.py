"""What cannot be read is one sentence, with the place and a cure; what can be read of a damaged file is read."""

from __future__ import annotations

import gzip
import io
import json
import os
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest

from antiphon.errors import RecordingError
from antiphon.recording.exchange import Exchange
from antiphon.recording.importers import Remark, read
from antiphon.recording.source import Source

DATA = Path(__file__).parents[2] / "data" / "traffic"
LINE = b'{"exchange":"a/1","request":{"method":"GET","path":"/responses/r"},"response":{"status":200}}\n'


def zipped() -> bytes:
    """A zip archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.har", "{}")
    return buffer.getvalue()


def alias_bomb() -> bytes:
    """YAML whose aliases stand for 10^12 values."""
    rows = ["interactions: []", "a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    return "\n".join(rows).encode()


BAD = {
    "empty": (b"", "is empty"),
    "empty gzip": (gzip.compress(b""), "is empty"),
    "blank": (b" \n\n\t\n", "nothing but white space"),
    "binary": (b"\x7fELF\x02\x01\x01\0\0\0", "binary"),
    "not UTF-8": (b"\xe9t\xe9 et hiver", "not text in UTF-8"),
    "utf-16": ("{}".encode("utf-16"), "a JSON object of something unknown"),
    "zip": (zipped(), "zip archive; unpack it"),
    "html": (b"<!DOCTYPE html><title>502</title>", "HTML"),
    "prose": (b"Dear diary,\n", "format is unknown"),
    "gzip of prose": (gzip.compress(b"Dear diary,\n"), "format is unknown"),
    "gzip header": (gzip.compress(LINE)[:12], "break off"),
    "gzip garbage": (b"\x1f\x8b" + b"\xff" * 40, "damaged"),
    "one cut line": (LINE[:-20], "line 1: not a line of JSON .* the last line is cut off"),
    "no record": (b'{"exchange": 1, "response": 2}\n', "line 1: not a record"),
    "cut json": (b'{"log": {"entries": [', "line 1, column 22: not JSON .* cut off"),
    "cut gzip json": (gzip.compress(os.urandom(20).hex().join(["[", "]"]).encode() * 99)[:-30], "not JSON"),
    "deep json": (b"[" * 100_000, "nested too deeply"),
    "deep object": (b'{"a":' * 100_000, "nested too deeply"),
    "long number": (b'{"a": ' + b"9" * 10_000 + b"}", "not JSON"),
    "har without entries": (b'{"log": {"version": "1.2"}}', r"log\.entries"),
    "har of nothing": (b'{"log": {"entries": []}}', "holds no entry"),
    "har of rubbish": (b'{"log": {"entries": [7, {}]}}', "entry 0: cannot be read"),
    "har without url": (b'{"log": {"entries": [{"request": {"method": "GET"}, "response": {}}]}}', "lacks the key"),
    "cassette of nothing": (b"interactions: []\n", "holds no interaction"),
    "cassette of text": (b"interactions: some\n", "list of interactions"),
    "broken yaml": (b"interactions:\n- request: [\n", "line 3: not YAML"),
    "control characters": (b"interactions:\n- \x01\n", "not YAML"),
    "alias bomb": (alias_bomb(), "more than 3000000 values"),
    "cyclic yaml": (b"interactions: &a [*a]\n", "line 1: the alias"),
    "deep yaml": (b"interactions: " + b"[" * 500, "nested more than 200 deep"),
    "json list": (b"[]", "unknown"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_cannot_be_read_gets_one_sentence(name: str, tmp_path: Path) -> None:
    data, says = BAD[name]
    path = tmp_path / "bad.rec"
    path.write_bytes(data)

    with pytest.raises(RecordingError, match=says) as raised:
        list(read(path))

    message = str(raised.value)
    assert message.startswith("bad.rec")
    assert "\n" not in message
    assert len(message) < 300


def test_what_is_no_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="there is no such file"):
        list(read(tmp_path / "missing.jsonl"))
    with pytest.raises(RecordingError, match="is a directory; name the files"):
        list(read(tmp_path))


def test_a_file_that_may_not_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    path = tmp_path / "secret.jsonl"
    monkeypatch.setattr(Path, "open", refuse)

    with pytest.raises(RecordingError, match="permissions"):
        list(read(path))


def test_the_rest_of_a_crashed_run_is_read(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_bytes(LINE * 2 + LINE[:40])

    *exchanges, remark = read(path)

    assert [type(each) for each in exchanges] == [Exchange, Exchange]
    assert isinstance(remark, Remark)
    assert remark.where == "t.jsonl, line 3"
    assert "the last line is cut off" in remark.message


def test_a_damaged_line_does_not_hide_those_around_it(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_bytes(LINE + b"\xff\xfe rubbish\n\n" + LINE + b'{"foo": 1}\n' + LINE)

    records = list(read(path))

    assert sum(isinstance(record, Exchange) for record in records) == 3
    assert [record.where for record in records if isinstance(record, Remark)] == ["t.jsonl, line 2", "t.jsonl, line 5"]


def test_a_damaged_first_line_is_mentioned(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_bytes(LINE[:30] + b"\n" + LINE)

    remark, exchange = read(path)

    assert isinstance(remark, Remark)
    assert isinstance(exchange, Exchange)


def test_a_file_of_damage_is_given_up(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_bytes(LINE + b"rubbish\n" * 5000)

    with pytest.raises(RecordingError, match="over 1000 lines are damaged"):
        list(read(path))


def test_the_front_of_a_cut_gzip_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl.gz"
    rows = b"".join(LINE.replace(b"a/1", os.urandom(16).hex().encode()) for _ in range(500))
    path.write_bytes(gzip.compress(rows)[:-2000])

    *exchanges, remark = read(path)

    assert 100 < len(exchanges) < 500
    assert isinstance(remark, Remark)
    assert "break off" in remark.message


def test_gzip_files_may_be_concatenated(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl.gz"
    path.write_bytes(gzip.compress(LINE) * 3)

    assert len(list(read(path))) == 3


def test_a_damaged_entry_is_a_remark(tmp_path: Path) -> None:
    archive = json.loads((DATA / "made" / "browser.har").read_bytes())
    archive["log"]["entries"][1]["response"] = None
    path = tmp_path / "x.har"
    path.write_text(json.dumps(archive), encoding="utf-8")

    records = list(read(path))

    assert sum(isinstance(record, Exchange) for record in records) == len(archive["log"]["entries"]) - 1
    (remark,) = [record for record in records if isinstance(record, Remark)]
    assert remark.where == "x.har, entry 1"


def test_a_cut_stream_in_gzip_is_marked(tmp_path: Path) -> None:
    text = b"".join(b'data: {"n": "%s"}\n\n' % os.urandom(16).hex().encode() for _ in range(500))
    path = tmp_path / "s.gz"
    path.write_bytes(gzip.compress(text)[:-2000])

    exchange, remark = read(path)

    assert isinstance(exchange, Exchange)
    assert exchange.response is not None
    assert not exchange.response.complete
    assert "stream-cut" in exchange.notes
    assert len(exchange.events) > 100
    assert isinstance(remark, Remark)


@pytest.mark.parametrize("text", [b"\n", b"{", b'{"exchange": "', b"data: x", b"interactions:\n- "])
def test_a_gzip_bomb_is_refused_in_time(text: bytes, tmp_path: Path) -> None:
    path = tmp_path / "bomb.gz"
    with gzip.open(path, "wb") as file:
        file.write(text)
        for _ in range(250):
            file.write(b" " * 1024**2)

    began = time.process_time()
    with pytest.raises(RecordingError):
        list(read(path))
    assert time.process_time() - began < 10


@pytest.mark.parametrize(
    ("bound", "says"),
    [({"total": 300}, "more than 300 bytes; split"), ({"line": 50}, "line 1: is longer than 50 bytes")],
)
def test_lines_and_files_are_bounded(bound: dict[str, Any], says: str, tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_bytes(LINE * 10)

    with Source(path, **bound) as source, pytest.raises(RecordingError, match=says):
        list(iter(source.line, b""))


def test_a_document_is_bounded(tmp_path: Path) -> None:
    path = tmp_path / "t.har"
    path.write_bytes(b" " * 1000)

    with Source(path, whole=100) as source, pytest.raises(RecordingError, match="the most for this format"):
        source.whole()
