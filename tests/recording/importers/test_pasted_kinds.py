"""What programs print, log, dump and export is read as it was sent, and what they left out is blamed on nobody."""

from __future__ import annotations

import importlib.util
import json
import random
from collections.abc import Callable
from contextlib import suppress
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from tests.recording.importers.test_pasted import stripped, violated

from antiphon.errors import RecordingError
from antiphon.recording.exchange import EXCERPT, Exchange
from antiphon.recording.importers import Remark, read

DATA = Path(__file__).parents[2] / "data" / "pastes"


def load_examples() -> Any:
    """The script that makes the examples, which lies beside them."""
    spec = importlib.util.spec_from_file_location("paste_examples", DATA / "examples.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


examples = load_examples()
EVENTS: list[dict[str, Any]] = examples.EVENTS
HEADED = {"chunked.txt", "trace.txt"}
RECORDERS = {
    "entry.json", "trace.network", "charles.json", "newman.json", "azure-proxy.json", "hoverfly.json", "envoy.json",
}  # fmt: skip


def of_bytes(data: bytes, tmp_path: Path) -> tuple[list[Exchange], list[Remark]]:
    """Exchanges and remarks of a file."""
    path = tmp_path / "file.txt"
    path.write_bytes(data)
    found = list(read(path))
    return (
        [each for each in found if isinstance(each, Exchange)],
        [each for each in found if isinstance(each, Remark)],
    )


WHOLE = violated([each for each in read(DATA.parent / "traffic" / "made" / "stream.sse") if isinstance(each, Exchange)])


def skipped() -> list[dict[str, Any]]:
    """Events one of whose numbers is skipped."""
    return [{**each, "sequence_number": each["sequence_number"] + (at > 4)} for at, each in enumerate(EVENTS)]


def wrong_count() -> list[dict[str, Any]]:
    """Events whose last response counts in text."""
    events = deepcopy(EVENTS)
    events[-1]["response"]["usage"]["input_tokens"] = "12"
    return events


def without_id() -> list[dict[str, Any]]:
    """Events whose last response has an item without id."""
    events = deepcopy(EVENTS)
    del events[-1]["response"]["output"][0]["id"]
    return events


DEFECTS: list[tuple[Callable[[], list[dict[str, Any]]], str]] = [
    (skipped, "stream.sequence.contiguous"),
    (wrong_count, "usage.counts"),
    (without_id, "item.id-present"),
]


def test_the_examples_are_those_that_the_script_makes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examples, "MADE", tmp_path / "made")

    examples.write()

    made = {path.name: path.read_bytes() for path in (tmp_path / "made").iterdir()}
    assert made == {path.name: path.read_bytes() for path in (DATA / "made").iterdir()}


@pytest.mark.parametrize("name", examples.WHOLE)
def test_a_form_holds_the_events_that_were_sent(name: str, tmp_path: Path) -> None:
    exchanges, _ = of_bytes((DATA / "made" / name).read_bytes(), tmp_path)

    (exchange,) = exchanges
    assert stripped(exchange.events) == stripped(EVENTS)
    assert EXCERPT not in exchange.notes
    assert violated(exchanges) - WHOLE - {"sse.event-named"} == set()


@pytest.mark.parametrize(("defect", "requirement"), DEFECTS, ids=lambda each: getattr(each, "__name__", ""))
@pytest.mark.parametrize("name", examples.WHOLE)
def test_a_form_shows_what_is_wrong(
    name: str, defect: Callable[[], list[dict[str, Any]]], requirement: str, tmp_path: Path
) -> None:
    exchanges, _ = of_bytes(examples.content(examples.WHOLE[name], defect()), tmp_path)

    assert requirement in violated(exchanges)


@pytest.mark.parametrize("name", examples.DAMAGED)
def test_what_a_form_left_out_is_told_and_blamed_on_nobody(name: str, tmp_path: Path) -> None:
    exchanges, remarks = of_bytes((DATA / "made" / name).read_bytes(), tmp_path)

    assert violated(exchanges) - WHOLE == set()
    assert remarks
    assert all("stream-cut" in each.notes or EXCERPT in each.notes for each in exchanges)


@pytest.mark.parametrize("name", sorted(RECORDERS))
def test_a_recorder_has_the_request_and_the_head_of_the_reply(name: str, tmp_path: Path) -> None:
    (exchange,), _ = of_bytes((DATA / "made" / name).read_bytes(), tmp_path)

    assert exchange.request is not None
    assert (exchange.request.method, exchange.request.path) == ("POST", "/v1/responses")
    assert exchange.sent == examples.SENT
    assert exchange.status == 200
    assert exchange.response is not None
    assert exchange.response.header("x-request-id") == "req_1"


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ({"output": [{"id": "msg_1", "type": "message"}]}, "unknown"),
        ({"status": "success", "data": {"result": []}}, "unknown"),
        ({"data": [{"attributes": {"message": "started"}}]}, "unknown"),
        ([{"type": "response_item", "payload": {"type": "message", "content": []}}], "unknown"),
    ],
)
def test_what_only_resembles_a_body_is_not_judged(value: Any, told: str, tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match=told):
        of_bytes(json.dumps(value).encode(), tmp_path)


def test_fields_of_a_response_that_a_library_keeps_are_no_response(tmp_path: Path) -> None:
    kept = {"id": "resp_1", "object": "response", "status": "completed", "model": "m"}

    with pytest.raises(RecordingError):
        of_bytes(f"content='Hi' response_metadata={kept!r} id='msg_1'\n".encode(), tmp_path)


def test_a_body_that_breaks_off_is_not_judged(tmp_path: Path) -> None:
    body = json.dumps(
        {"id": "resp_1", "object": "response", "text": {"format": {"type": "text"}}, "output": ["x" * 99]}
    )

    with pytest.raises(RecordingError):
        of_bytes(f"$ curl -i x\nHTTP/1.1 200 OK\ncontent-type: application/json\n\n{body[:-20]}\n".encode(), tmp_path)


def test_a_completion_behind_a_stream_is_one_of_its_own(tmp_path: Path) -> None:
    chunk = {"object": "chat.completion.chunk", "id": "chatcmpl-1", "choices": []}

    exchanges, _ = of_bytes((examples.STREAM + f"data: {json.dumps(chunk)}\n\n").encode(), tmp_path)

    assert [len(each.events) for each in exchanges] == [len(EVENTS), 1]


def mutated(rng: random.Random, data: bytes) -> bytes:
    """Bytes of which some are lost, doubled, exchanged or in disorder."""
    at, end = sorted(rng.randrange(len(data)) for _ in range(2))
    lines = data.split(b"\n")
    rng.shuffle(lines)
    noise = rng.choice((b"{", b'"', b"\x00", b"```", b"...", b"'", b"(", b"\xff\xfe", b"<", b"\n"))
    return rng.choice(
        (data[:at], data[at:], data[:at] + data[end:], data + data, b"\n".join(lines), data[:at] + noise + data[at:])
    )


@pytest.mark.parametrize("name", [*examples.WHOLE, *examples.DAMAGED])
def test_damaged_forms_are_read_or_told(name: str, tmp_path: Path) -> None:
    rng = random.Random(name)
    data = (DATA / "made" / name).read_bytes()

    for _ in range(12):
        with suppress(RecordingError):
            of_bytes(mutated(rng, data), tmp_path)


def test_half_a_character_in_a_log_is_read_as_it_was_written(tmp_path: Path) -> None:
    rows = [{"line": f"SSE event: {json.dumps(each)}"} for each in EVENTS]
    rows[4] = {"line": rows[4]["line"].replace('"delta": "', '"delta": "\\ud83d')}

    (exchange,), _ = of_bytes(json.dumps({"rows": rows}).replace("\\\\ud83d", "\\ud83d").encode(), tmp_path)

    assert exchange.events[4]["delta"][0] == "\ud83d"


@pytest.mark.parametrize("notation", ["-inf", "object()"])
def test_an_object_that_cannot_be_read_leaves_no_hole_in_the_numbers(notation: str, tmp_path: Path) -> None:
    lines = [f"{each!r}\n" for each in EVENTS]
    lines[4] = lines[4].replace("'logprobs': []", f"'logprobs': [{notation}]")

    exchanges, _ = of_bytes("".join(lines).encode(), tmp_path)

    assert not {name for name in violated(exchanges) if name.startswith("stream.sequence")}


def test_the_values_in_an_event_that_cannot_be_read_do_not_stand_for_it(tmp_path: Path) -> None:
    lines = [examples.ruby(each) + "\n" for each in EVENTS]
    lines[4] = lines[4].replace('"logprobs"=>[]', '"logprobs"=>[{"token"=>"x"}, -Infinity]')

    exchanges, _ = of_bytes("".join(lines).encode(), tmp_path)

    assert not {name for name in violated(exchanges) if name.startswith("stream.sequence")}


def test_chunks_of_a_completion_that_stand_newest_first_are_put_in_order(tmp_path: Path) -> None:
    deltas = [({"role": "assistant", "content": ""}, None), ({"content": "Hi"}, None), ({}, "stop")]
    head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    chunks = [{**head, "choices": [{"index": 0, "delta": delta, "finish_reason": end}]} for delta, end in deltas]

    (exchange,), _ = of_bytes("".join(f"DEBUG chunk {json.dumps(each)}\n" for each in chunks[::-1]).encode(), tmp_path)

    assert exchange.events == chunks


def test_an_event_that_a_sentence_names_is_none(tmp_path: Path) -> None:
    with pytest.raises(RecordingError):
        of_bytes(b'The server never sends {"type":"response.completed"} at its end.\n', tmp_path)
