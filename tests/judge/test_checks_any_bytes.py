"""Whatever a server sends, no check stumbles over it."""

from __future__ import annotations

import copy
import json
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.judge import legal_streams
from tests.judge.exchanges import broken, exchange_of, judged, read, spelled
from tests.judge.judging import sse, stream_of

GOOD = [spelled(case) for case in read("good").values()]
GARBAGE = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**70), 2**70),
        st.floats(),
        st.sampled_from(["", "message", "function_call", "in_progress", "a/b~c", "\ud800", "9" * 40]),
    ),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["type", "id", "text", "code"]), inner, max_size=3)
    ),
    max_leaves=6,
)
PARTS = ("sent", "body", "chunks")


def _ways(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [way, *(found for key, each in inner for found in _ways(each, (*way, key)))]


def _spoil(value: Any, way: tuple[Any, ...], new: Any) -> None:
    for step in way[:-1]:
        value = value[step]
    value[way[-1]] = new


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_a_spoiled_exchange_gives_verdicts_and_no_error(data: st.DataObject) -> None:
    case = copy.deepcopy(data.draw(st.sampled_from(GOOD)))
    whole = {part: case[part] for part in PARTS if case.get(part) is not None}
    for _ in range(data.draw(st.integers(1, 3))):
        way = data.draw(st.sampled_from([way for way in _ways(whole) if way]))
        _spoil(whole, way, data.draw(GARBAGE))
    case.update(whole)
    if not isinstance(case.get("chunks", []), list):
        case["chunks"] = []
    case["status"] = data.draw(st.sampled_from([200, 200, 200, 400, 429, 500]))
    edition = data.draw(st.sampled_from(["openai-2026-08", "azure-2026", "open-responses-2026-04-24"]))

    ledger = judged(exchange_of(case), edition=edition)

    assert broken(ledger) is not None


def test_a_value_nested_beyond_reason_gives_no_error() -> None:
    deep = json.loads("[" * 400 + "]" * 400)
    places = (
        "/output",
        "/metadata",
        "/instructions",
        "/tools",
        "/tool_choice",
        "/usage",
        "/text/format",
        "/moderation",
    )

    for place in places:
        ledger = judged(exchange_of({"like": "plain", "reply": {place: {"type": "function", "a": deep}}}))

        assert all(not entry.errors for entry in ledger.entries.values())


SURROGATE = "\ud800"


def _with_surrogates(value: Any, change: str) -> Any:
    """A value with a lone surrogate as a key of each object, or at the end of each text."""
    if isinstance(value, dict):
        inner = {name: _with_surrogates(each, change) if name != "type" else each for name, each in value.items()}
        return {**inner, SURROGATE: 1} if change == "keys" else inner
    if isinstance(value, list):
        return [_with_surrogates(each, change) for each in value]
    return value + SURROGATE if isinstance(value, str) and change == "texts" else value


@pytest.mark.parametrize("change", ["keys", "texts"])
def test_a_lone_surrogate_anywhere_gives_no_error(change: str) -> None:
    for kind in legal_streams.TEMPLATES:
        events = legal_streams.build(Random(1), [kind], [legal_streams.COMPLETED])
        assert broken(judged(stream_of(sse(_with_surrogates(events, change))).exchange)) is not None
    for case in GOOD:
        for part in PARTS:
            if isinstance(case.get(part), dict | list):
                assert broken(judged(exchange_of({**case, part: _with_surrogates(case[part], change)}))) is not None


def test_what_does_not_fit_a_schema_is_seen_beside_a_lone_surrogate() -> None:
    reply = {"/output/1/content/0/text": json.dumps({"answer": 3, SURROGATE: SURROGATE})}
    schema = {"type": "object", "properties": {"answer": {"type": "string"}}}
    format = {"type": "json_schema", "name": "x", "schema": schema, "strict": True}

    ledger = judged(exchange_of({"like": "plain", "sent": {"/text": {"format": format}}, "reply": reply}))

    assert "structured.valid-json" in broken(ledger)
