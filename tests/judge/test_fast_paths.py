"""What is done fast gives what is done slowly."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from bench.large import SAMPLE
from hypothesis import given
from hypothesis import strategies as st
from tests.judge.judging import sse, stream_of
from tests.judge.legal_streams import streams

from antiphon.contract.load import contract, edition, edition_ids
from antiphon.contract.schemas.validation import Schemas
from antiphon.contract.streams import tables
from antiphon.judge.drift import DriftRow, DriftTable
from antiphon.judge.engine import Judge
from antiphon.judge.grammar.delta_runs import KEYS, pattern_of
from antiphon.judge.grammar.walker import Mode, StreamAnalyser
from antiphon.judge.registry import all_checks
from antiphon.recording.exchange import Exchange
from antiphon.recording.fast_json import read_json, same_json, sorted_json
from antiphon.recording.importers import read

REFUSED = object()
ODD = (
    '18446744073709551616', '-9223372036854775809', '-0', '-0.0', '1e999', 'NaN', '-Infinity', '{"a":1,"b":2,"a":3}',
    '"\\ud800"',
    '"\\ud83d\\ude00"', '"\t"', '"\x00"', '"\x7f"', ' 1 ', '\t{}\n', '\x0b1', '\xa01', '1 2', '{}x', '[1,]', '01',
    '"\\x"', '\ufeff{}', '"\ud800"',
    '5e-324', '1.7976931348623159e308', '1' * 400, '1' * 5000, '[' * 2000 + ']' * 2000, '',
)  # fmt: skip


def slowly(data: str | bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return REFUSED


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@pytest.mark.parametrize("text", ODD)
def test_unusual_json_is_read_as_by_the_standard_library(text: str) -> None:
    assert repr(read_json(text, slowly)) == repr(slowly(text))
    data = text.encode("utf-8", "surrogatepass")
    assert repr(read_json(data, slowly)) == repr(slowly(data))


@given(VALUES, st.text(max_size=3), st.integers(0, 99), st.booleans())
def test_any_json_is_read_as_by_the_standard_library(value: Any, junk: str, place: int, ascii: bool) -> None:
    text = json.dumps(value, ensure_ascii=ascii)
    for each in (text, text[:place] + junk + text[place:]):
        assert repr(read_json(each, slowly)) == repr(slowly(each))


@given(VALUES, VALUES)
def test_only_the_same_to_the_letter_is_alike(one: Any, other: Any) -> None:
    assert same_json(one, other) <= (repr(one) == repr(other))
    assert "nan" in repr(one) or same_json(one, json.loads(json.dumps(one)))


def test_numbers_of_another_type_are_not_alike() -> None:
    assert same_json([1, "ä", None], [1, "ä", None])
    assert not any(same_json([1], [other]) for other in (1.0, True))
    assert sorted_json({"b": 1, "a": 1.0}) == b'{"a":1.0,"b":1}'


@pytest.mark.parametrize("edition", edition_ids())
def test_a_run_of_deltas_differs_in_nothing_that_a_schema_judges(edition: str) -> None:
    """A schema that asked more of a delta's text, number or padding than its type would need every delta."""
    schemas, seen = Schemas(edition), 0
    for kind in schemas.event_types():
        if kind.endswith(".delta"):
            closed = schemas.schema("event", kind)
            properties = closed["$defs"][closed["$ref"].rpartition("/")[2]]["properties"]
            if properties["delta"].get("type") == "object":
                continue  # no text, so in no run
            for name in ("delta", "sequence_number", "obfuscation"):
                assert properties.get(name, {}).keys() <= {"description", "x-source", "type"}, (kind, name)
                seen += 1
    assert seen > 20


def mutants(events: list[dict[str, Any]], draw: Callable[[Any], Any]) -> Iterator[list[dict[str, Any]]]:
    yield events
    place = draw(st.integers(0, len(events) - 1))
    key = draw(st.sampled_from(sorted(KEYS)))
    value = draw(st.sampled_from([None, True, 0, 1, 1.0, "", "x", [], [1], {}]))
    yield [{**each, key: value} if number == place else each for number, each in enumerate(events)]
    yield [{k: v for k, v in each.items() if k != key or n != place} for n, each in enumerate(events)]
    yield [{**each, "sequence_number": True} if each.get("sequence_number") == 1 else each for each in events]
    yield events[:place] + events[place + 1 :]


@given(streams(), st.data())
def test_a_walk_in_runs_finds_what_a_walk_step_by_step_finds(events: list[dict[str, Any]], data: st.DataObject) -> None:
    for each in mutants(events, data.draw):
        together, single = StreamAnalyser(tables(), Mode()), StreamAnalyser(tables(), Mode())
        together.feed_all(each)
        for event in each:
            single.feed(event)
        one, other = together.close(), single.close()
        assert (one.problems, one.judged, one.types) == (other.problems, other.judged, other.types)
        assert repr(one.items) == repr(other.items)
        kept = {number for number, _ in one.notable}
        assert all(pattern_of(event) for number, event in enumerate(each) if number not in kept)


def news(exchanges: Iterable[Exchange], judge: Judge | None = None) -> list[DriftRow]:
    """What is beyond the contract in exchanges that were judged before, or that nobody has looked at."""
    drift = DriftTable(edition())
    for exchange in exchanges:
        assert exchange.response
        fresh = replace(exchange, response=replace(exchange.response))
        if judge:
            judge.feed(fresh)
        drift.see(fresh)
    return drift.rows()


def test_news_are_the_same_whether_a_walk_has_left_out_repetitions_or_not() -> None:
    recorded = [each for each in read(SAMPLE) if isinstance(each, Exchange) and each.is_stream]
    long = max((each for each in recorded if len(news([each])) == 0), key=lambda each: len(each.events))
    strange = [{**event, "command_index": 0} if "delta" in event else event for event in long.events]
    odd = replace(stream_of(sse(strange)).exchange, id="odd")

    judged = news([*recorded, odd], Judge(contract()))

    assert judged == news([*recorded, odd])
    counted = {row["name"]: row["count"] for row in judged if row["exchange"] == "odd"}
    assert counted["command_index"] == sum("delta" in event for event in strange) > 2


def test_most_tables_name_what_a_subject_may_break() -> None:
    assert sum(bool(check.table and check.table.broken_requirements) for check in all_checks()) > 100
