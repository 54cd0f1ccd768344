"""Every format gives the exchanges that were recorded, whatever the file is called."""

from __future__ import annotations

import gzip
import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest

from antiphon.errors import RecordingError
from antiphon.recording import records
from antiphon.recording.exchange import Exchange
from antiphon.recording.importers import Remark, read

DATA = Path(__file__).parents[2] / "data" / "traffic"
MADE = sorted((DATA / "made").iterdir())
CASSETTES = [path for path in MADE if path.suffix in (".yaml", ".har") or path.name in ("vcrpy.json", "wiremock.json")]
CASSETTES += [DATA / "attached" / "playwright.har"]


def load_examples() -> Any:
    """The script that makes the examples, which lies beside them."""
    spec = importlib.util.spec_from_file_location("traffic_examples", DATA / "examples.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


examples = load_examples()


def exchanges(path: Path, provider: str | None = None) -> list[Exchange]:
    """What is in a recording, which must be read without remarks."""
    records = list(read(path, provider))
    assert not any(isinstance(record, Remark) for record in records)
    return [record for record in records if isinstance(record, Exchange)]


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    """The exchanges that the examples were made from."""
    found: list[dict[str, Any]] = examples.sample()
    return found


def test_the_examples_are_those_that_the_script_makes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examples, "MADE", tmp_path / "made")
    examples.write()

    for folder in ("made", "attached"):
        written, committed = sorted((tmp_path / folder).iterdir()), sorted((DATA / folder).iterdir())
        assert [path.name for path in written] == [path.name for path in committed]
        assert [path.read_bytes() for path in written] == [path.read_bytes() for path in committed]


@pytest.mark.parametrize("path", CASSETTES, ids=lambda path: path.name)
def test_a_cassette_or_archive_holds_what_was_said(path: Path, rows: list[dict[str, Any]]) -> None:
    found = exchanges(path)

    assert len(found) == len(rows)
    for exchange, row in zip(found, rows, strict=True):
        assert exchange.request is not None
        assert exchange.request.method == row["request"]["method"]
        assert exchange.request.path == row["request"]["path"]
        assert dict(exchange.request.query) == row["request"]["query"]
        assert exchange.request.body == row["request"]["body"]
        assert exchange.status == row["response"]["status"]
        assert exchange.is_stream == ("sse" in row["response"])
        assert "provider:openai" in exchange.notes
        if exchange.is_stream:
            assert exchange.content.decode() == row["response"]["sse"]
        else:
            assert exchange.body == row["response"]["body"]


@pytest.mark.parametrize("path", MADE, ids=lambda path: path.name)
@pytest.mark.parametrize("wrap", ["gzip", "bom", "gzip-bom", "white-space"])
def test_packing_and_name_do_not_matter(path: Path, wrap: str, tmp_path: Path) -> None:
    data = path.read_bytes()
    if "bom" in wrap:
        data = b"\xef\xbb\xbf" + data
    if wrap == "white-space" and path.suffix != ".sse":
        data = b"\n\n" + data
    if "gzip" in wrap:
        data = gzip.compress(data)
    renamed = tmp_path / "recording.txt"
    renamed.write_bytes(data)

    plain, packed = exchanges(path), exchanges(renamed)

    assert [(e.request, e.status, e.notes) for e in packed] == [(e.request, e.status, e.notes) for e in plain]
    assert [e.content.strip() for e in packed] == [e.content.removeprefix(b"\xef\xbb\xbf").strip() for e in plain]


def test_the_sample_keeps_ids_notes_days_and_providers() -> None:
    found = exchanges(DATA / "sample.jsonl.gz")
    rows = list(map(json.loads, gzip.decompress((DATA / "sample.jsonl.gz").read_bytes()).splitlines()))

    assert [exchange.id for exchange in found] == [row["id"] for row in rows]
    for exchange, row in zip(found, rows, strict=True):
        assert set(row["notes"]) | {f"provider:{row['provider']}"} <= exchange.notes
        assert (exchange.request is None) == (row["request"] is None)
        assert (exchange.started_at > 0) == bool(row["recorded"])
        assert exchange.started_at % 86400 == 0


def test_exchanges_of_other_providers_are_left_out_on_request() -> None:
    everyone = exchanges(DATA / "sample.jsonl.gz")
    azure = exchanges(DATA / "sample.jsonl.gz", provider="azure")
    openai = exchanges(DATA / "sample.jsonl.gz", provider="openai")

    assert azure
    assert openai
    assert len(azure) + len(openai) == len(everyone)
    assert all("provider:azure" in exchange.notes for exchange in azure)


def test_a_transcript_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    found = exchanges(DATA / "sample.jsonl.gz")
    path = tmp_path / "t"
    path.write_text("".join(records.dump(exchange) + "\n" for exchange in found), encoding="utf-8")

    assert exchanges(path) == found


def test_events_saved_as_json_become_a_stream(tmp_path: Path) -> None:
    stream = exchanges(DATA / "made" / "stream.sse")[0]
    as_lines, as_list = tmp_path / "lines.txt", tmp_path / "list.json"
    as_lines.write_text("\n".join(map(json.dumps, stream.events)), encoding="utf-8")
    as_list.write_text(json.dumps(stream.events), encoding="utf-8")

    for path in (as_lines, as_list):
        (again,) = exchanges(path)
        assert again.events == stream.events
        assert [frame.event for frame in again.frames] == [frame.event for frame in stream.frames]
        assert {"framing-reconstructed", "body-only"} <= again.notes


def test_a_stream_may_begin_with_a_comment(tmp_path: Path) -> None:
    path = tmp_path / "s"
    path.write_bytes(b": keepalive\n\n" + (DATA / "made" / "stream.sse").read_bytes())

    (exchange,) = exchanges(path)

    assert exchange.is_stream
    assert exchange.events == exchanges(DATA / "made" / "stream.sse")[0].events


def archive(tmp_path: Path, **response: Any) -> Path:
    """A HAR file of one entry."""
    entry = {
        "request": {"method": "post", "url": "https://gateway.example/openai/v1/responses?a=1&a=2", "headers": []},
        "response": {"status": 200, "headers": [], "content": {}, **response},
        **response.pop("entry", {}),
    }
    path = tmp_path / "x.har"
    path.write_text(json.dumps({"log": {"entries": [entry]}}), encoding="utf-8")
    return path


def test_a_body_that_was_not_saved_is_not_judged_as_empty(tmp_path: Path) -> None:
    exchange, remark = read(archive(tmp_path, content={"size": 512}))

    assert isinstance(exchange, Exchange)
    assert exchange.response is None
    assert "body-missing" in exchange.notes
    assert exchange.request is not None
    assert exchange.request.query == (("a", "1"), ("a", "2"))
    assert isinstance(remark, Remark)
    assert "did not save" in remark.message


def test_a_body_in_an_unknown_coding_is_not_judged(tmp_path: Path) -> None:
    content = {"size": 4, "text": "/////w==", "encoding": "base64"}
    headers = [{"name": "Content-Encoding", "value": "br"}]
    exchange, remark = read(archive(tmp_path, content=content, headers=headers))

    assert isinstance(exchange, Exchange)
    assert exchange.response is None
    assert "undecodable" in exchange.notes
    assert "compressed" in str(remark)


def test_a_body_that_the_browser_unpacked_is_taken_as_it_is(tmp_path: Path) -> None:
    headers = [{"name": "content-encoding", "value": "br"}]
    (exchange,) = exchanges(archive(tmp_path, content={"text": '{"id": "resp_1"}'}, headers=headers))

    assert exchange.body == {"id": "resp_1"}


def test_messages_that_a_browser_lists_become_a_stream(tmp_path: Path) -> None:
    messages = [{"eventName": "response.created", "data": '{"type": "response.created"}', "time": 1.0}]
    (exchange,) = exchanges(archive(tmp_path, content={"size": 9}, entry={"_eventSourceMessages": messages}))

    assert exchange.content == b'event: response.created\ndata: {"type": "response.created"}\n\n'
    assert "framing-reconstructed" in exchange.notes


def test_a_json_list_of_numbers_is_unknown(tmp_path: Path) -> None:
    path = tmp_path / "n.json"
    path.write_text("[1, 2, 3]", encoding="utf-8")

    with pytest.raises(RecordingError, match="known are"):
        list(read(path))


def test_the_recorded_traffic_is_read_whole() -> None:
    shared = Path(__file__).parents[4] / "shared" / "traffic"
    if not shared.is_dir():
        pytest.skip("the recorded traffic is not here")
    for path in sorted(shared.glob("*.jsonl.gz")):
        with gzip.open(path, "rb") as file:
            count = sum(1 for _ in file)
        assert len(exchanges(path)) == count
