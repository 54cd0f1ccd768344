"""What recorders wrote themselves is read: compressed bodies, chunks, WebSockets, batches, attached files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from antiphon.recording.exchange import Exchange
from antiphon.recording.importers import Remark, read

DATA = Path(__file__).parents[2] / "data" / "traffic"
RECORDED = sorted((DATA / "recorded").iterdir())


def exchanges(path: Path) -> list[Exchange]:
    """The exchanges of a recording."""
    return [record for record in read(path) if isinstance(record, Exchange)]


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.name)
def test_a_recorder_s_own_file_holds_what_the_reference_server_said(path: Path) -> None:
    if path.name == "mitmproxy.flows":
        pytest.importorskip("brotli")
    plain, stream, packed, refusal, *_ = exchanges(path)

    assert all(each.request and each.request.path == "/v1/responses" for each in (plain, stream, packed, refusal))
    assert [each.status for each in (plain, stream, packed, refusal)] == [200, 200, 200, 400]
    assert plain.body["status"] == packed.body["status"] == "completed"
    assert plain.sent == packed.sent == {"model": "antiphon-1", "input": "Say hi.", "max_output_tokens": 16}
    assert [event["sequence_number"] for event in stream.events] == list(range(20))
    assert refusal.body["error"]["param"] == "temperature"


def test_the_messages_of_a_websocket_are_a_turn_with_their_times() -> None:
    *_, turn = exchanges(DATA / "recorded" / "mitmproxy.flows")

    assert turn.is_socket
    assert turn.status == 101
    assert turn.sent["type"] == "response.create"
    assert turn.events[-1]["type"] == "response.completed"
    assert turn.response is not None
    assert turn.response.complete
    assert turn.started_at > 0
    assert [chunk.at for chunk in turn.response.chunks] == sorted(chunk.at for chunk in turn.response.chunks)


def test_without_its_library_a_coding_is_a_remark(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "brotli", None)
    monkeypatch.setitem(__import__("sys").modules, "brotlicffi", None)

    (remark,) = [each for each in read(DATA / "recorded" / "mitmproxy.flows") if isinstance(each, Remark)]

    assert "antiphon[codings]" in remark.message


def test_a_cut_flow_file_is_read_up_to_the_cut(tmp_path: Path) -> None:
    path = tmp_path / "cut"
    path.write_bytes((DATA / "recorded" / "mitmproxy.flows").read_bytes()[:-500])

    assert len(exchanges(path)) == 4
    assert any(isinstance(each, Remark) and "cut short" in each.message for each in read(path))


def test_a_batch_tells_what_never_got_a_reply() -> None:
    found = list(read(DATA / "made" / "batch.jsonl"))
    response, completion, expired = [each for each in found if isinstance(each, Exchange)]

    assert response.request is not None
    assert completion.request is not None
    assert (response.request.path, completion.request.path) == ("/v1/responses", "/v1/chat/completions")
    assert response.status == 200
    assert response.response is not None
    assert response.response.header("x-request-id")
    assert expired.response is None


def test_bodies_on_lines_are_one_exchange_each() -> None:
    found = exchanges(DATA / "made" / "bodies.jsonl")

    assert [each.body.get("object") for each in found] == ["response", "list", "chat.completion", None]
    assert "refusal" in found[-1].notes


def test_an_attached_file_that_is_not_there_or_outside_is_no_body(tmp_path: Path) -> None:
    archive = json.loads((DATA / "attached" / "playwright.har").read_text(encoding="utf-8"))
    secret = tmp_path / "secret"
    secret.write_text("{}", encoding="utf-8")
    archive["log"]["entries"][0]["response"]["content"]["_file"] = "../secret"
    archive["log"]["entries"][1]["response"]["content"]["_file"] = str(secret)
    path = tmp_path / "below" / "x.har"
    path.parent.mkdir()
    path.write_text(json.dumps(archive), encoding="utf-8")

    assert all(each.response is None for each in exchanges(path))
