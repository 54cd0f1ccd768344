"""Whatever a server sends, no check stumbles over it."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.judge.exchanges import broken, exchange_of, judged, read, spelled

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
