"""A record is one line, and the line is the record."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.errors import RecordingError
from antiphon.recording import records
from antiphon.recording.exchange import Chunk, Exchange, Failure, Request, Response
from antiphon.recording.records import Header, ScenarioEnd

texts = st.text(st.characters(), max_size=20)
scalars = st.none() | st.booleans() | st.integers() | texts
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3))
pairs = st.lists(st.tuples(texts, texts), max_size=3).map(tuple)
times = st.integers(0, 10**9).map(lambda n: n / 1000)
requests = st.builds(Request, texts, texts, pairs, pairs, values, st.none() | st.binary(max_size=20))
chunks = st.lists(st.builds(Chunk, times, st.binary(max_size=20)), max_size=4).map(tuple)
responses = st.builds(Response, st.none() | st.integers(100, 599), pairs, chunks, st.booleans())
exchanges = st.builds(
    Exchange,
    id=texts,
    request=st.none() | requests,
    response=st.none() | responses,
    scenario=st.none() | texts.filter(bool),
    started_at=times,
    elapsed=times,
    lag=times,
    failure=st.none() | st.builds(Failure, texts, texts),
    notes=st.frozensets(texts, max_size=3),
)
endings = st.builds(ScenarioEnd, texts, texts.filter(bool), texts, texts, texts, texts)


@given(record=exchanges | endings)
def test_a_record_survives_its_line(record: Exchange | ScenarioEnd) -> None:
    line = records.dump(record)

    assert "\n" not in line
    assert line.encode().decode() == line
    assert records.parse(line, "here") == record


def test_a_lone_surrogate_does_not_break_the_line() -> None:
    exchange = Exchange("a", Request("POST", "/responses", body={"input": "\ud800 é"}), None)

    line = records.dump(exchange)

    assert line.isascii()
    assert records.parse(line, "here") == exchange


def test_an_ending_that_names_an_exchange_is_no_exchange() -> None:
    ending = ScenarioEnd("chain", "broken", "no id", exchange="chain/2")

    assert records.parse(records.dump(ending), "here") == ending


def test_a_header_is_kept_whole() -> None:
    header = Header({"antiphon": "1", "target": {"base_url": "http://localhost"}})

    assert records.parse(records.dump(header), "here") == header


@pytest.mark.parametrize(
    "value",
    [
        [],
        {},
        {"exchange": "a", "request": {}},
        {"exchange": "a", "response": {"status": float("inf")}},
        {"exchange": "a", "response": {"status": 200, "chunks": [[0, {"b64": "?"}]]}},
        {"exchange": "a", "response": {"status": 200, "chunks": [[float("nan"), ""]]}},
        {"exchange": "a", "started_at": "x" * 10_000},
        {"exchange": "a", "notes": 7},
    ],
)
def test_anything_else_is_refused_with_its_place(value: Any) -> None:
    with pytest.raises(RecordingError, match=r"^here: ") as raised:
        records.parse(json.dumps(value), "here")
    assert len(str(raised.value)) < 300
