"""What is beyond a limit is refused in one sentence, before it takes the memory or the time of the machine."""

from __future__ import annotations

import base64
import gzip
import json
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.recording.importers.test_pasted import EVENTS, STREAM
from tests.recording.importers.test_pasted_kinds import of_bytes

from antiphon.errors import RecordingError
from antiphon.judge.skips import skip_reason
from antiphon.recording.importers import codings, value_sizes
from antiphon.recording.importers.paste import limits

TANGLED = {
    "quotes": '"{' * 3000,
    "braces": "x {\n" * 3000,
    "objects": '{"a":' * 3000,
    "calls": "Foo(a=" * 3000,
    "go": 'map[string]interface {}{"a":' * 1000,
    "php": "array (\n 'a' => " * 1000,
    "data": 'data: {"type":"response.created","x":"' + "a" * 9000,
    "bytes": "[" + "1, " * 9000,
}


@pytest.mark.parametrize("name", TANGLED)
def test_a_tangled_text_is_refused(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BUDGET", 0)

    with pytest.raises(RecordingError, match=r"looks like a value|unknown|not JSON|judged|deeply"):
        of_bytes(f"$ curl x\n{TANGLED[name]}".encode(), tmp_path)


@pytest.mark.parametrize("limit", ["LINES", "EVENTS"])
def test_a_paste_with_too_many_lines_or_events_is_refused(
    limit: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, limit, len(EVENTS) - 1)

    with pytest.raises(RecordingError, match=f"more than {len(EVENTS) - 1} {limit.lower()}; split it"):
        of_bytes(f"$ curl x\n{STREAM}".encode(), tmp_path)


def test_a_stream_with_too_many_events_is_refused_and_skipped_in_a_recording(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(value_sizes, "MOST_EVENTS", len(EVENTS) - 1)

    with pytest.raises(RecordingError, match="events; split it"):
        of_bytes(STREAM.encode(), tmp_path)

    request = {"method": "POST", "url": "https://api.openai.com/v1/responses", "headers": []}
    response = {"status": 200, "headers": [], "content": {"mimeType": "text/event-stream", "text": STREAM}}
    har = {"log": {"entries": [{"request": request, "response": response}]}}
    (exchange,), _ = of_bytes(json.dumps(har).encode(), tmp_path)
    assert "more events" in skip_reason(exchange, "create")


def test_a_document_with_too_many_values_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(value_sizes, "LIMIT", 5000)
    many = json.dumps({"log": {"entries": [{"a": 1}] * 99}})
    texts = {"object": "response", "id": "resp_1", "output": [], "x": json.dumps([{"b": "c"}] * 99)}

    for text in (many, f"{many}\n{many}"):
        with pytest.raises(RecordingError, match="more values than can be read"):
            of_bytes(text.encode(), tmp_path)
    assert of_bytes(json.dumps(texts).encode(), tmp_path)[0]


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress])
def test_a_body_that_expands_too_far_is_skipped(
    pack: Callable[[bytes], bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(codings, "BODY_LIMIT", 5000)
    name = "gzip" if pack is gzip.compress else "deflate"
    text = base64.b64encode(pack(b"a" * 9000)).decode()
    request = {"method": "POST", "url": "https://api.openai.com/v1/responses", "headers": []}
    headers = [{"name": "content-encoding", "value": name}]
    response = {"status": 200, "headers": headers, "content": {"encoding": "base64", "text": text}}

    (exchange,), _ = of_bytes(
        json.dumps({"log": {"entries": [{"request": request, "response": response}]}}).encode(), tmp_path
    )

    assert "undecodable" in exchange.notes
