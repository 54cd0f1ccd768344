"""No false alarm over recordings of the real services, where they lie next to the checkout."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.judge.judging import HEADERS, judged

from antiphon.contract.load import edition
from antiphon.judge.subjects.responses import Stream
from antiphon.recording.exchange import Chunk, Exchange, Request, Response

TRAFFIC = Path(__file__).resolve().parents[3] / "shared" / "traffic" / "responses.jsonl.gz"


def recorded() -> Iterator[Stream]:
    """Every recorded stream of the real services."""
    for line in gzip.decompress(TRAFFIC.read_bytes()).splitlines():
        entry = json.loads(line)
        sse = entry["response"].get("sse")
        if not isinstance(sse, str):
            continue
        asked, notes = entry["request"], frozenset(entry["notes"] or ())
        day = datetime.fromisoformat(entry["recorded"]).replace(tzinfo=UTC).timestamp() if entry["recorded"] else 0.0
        query = tuple((asked["query"] or {}).items()) if asked else ()
        request = Request(asked["method"], asked["path"], query) if asked else None
        response = Response(200, HEADERS, (Chunk(0.0, sse.encode()),), "stream-cut" not in notes)
        exchange = Exchange(entry["id"], request, response, started_at=day, notes=notes)
        yield Stream(exchange, "retrieve" if request and request.method == "GET" else "create", edition())


@pytest.mark.skipif(not TRAFFIC.is_file(), reason="no recorded traffic next to the checkout")
def test_no_false_alarm() -> None:
    streams = 0
    for stream in recorded():
        streams += 1
        found = {requirement: each for requirement, each in judged(stream).items() if each}
        assert found == {}, stream.exchange.id

    assert streams > 100
