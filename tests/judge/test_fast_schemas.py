"""The fast ways through schemas and secrets come to what the slow ways come to."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.contract.load import contract, edition_ids
from antiphon.contract.schemas.places import Place
from antiphon.contract.schemas.validation import Schemas
from antiphon.judge.inferred_intent import _BREACHES, _KINDS, _OPEN, _has_breach
from antiphon.judge.ledger import MOST_HELD, Ledger
from antiphon.judge.registry import Violation
from antiphon.judge.schemas import errors_of
from antiphon.judge.subjects.responses import Call
from antiphon.recording.exchange import Exchange
from antiphon.recording.importers import read
from antiphon.recording.redaction.mask import _KEYS, SHORTEST_KEY, Masker, _has_word

SAMPLE = Path(__file__).resolve().parents[1] / "data" / "traffic" / "sample.jsonl.gz"
ODD: tuple[Any, ...] = (None, True, 0, -1, 1.5, "", "x", [], {}, [{}], {"type": "x:y"}, [{"type": "strange"}])


def values() -> Iterator[tuple[str, Any]]:
    """Events and responses of recordings, each with the kind that its schemas are found by."""
    for record in read(SAMPLE):
        if isinstance(record, Exchange):
            for event in record.events:
                yield "event", event
                if isinstance(event.get("response"), dict):
                    yield "response", event["response"]
            if isinstance(record.body, dict) and record.body.get("object") == "response":
                yield "response", record.body


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every container of a value with each of its keys."""
    keys = list(value) if isinstance(value, dict) else list(range(len(value))) if isinstance(value, list) else []
    return [pair for key in keys for pair in [(value, key), *places(value[key])]]


def changed(value: Any, random: Random) -> Any:
    """A value that has another one, or one field more, somewhere inside."""
    value = copy.deepcopy(value)
    holder, key = random.choice(places(value))
    holder[key] = copy.deepcopy(random.choice(ODD))
    if isinstance(holder, dict) and random.random() < 0.5:
        holder[f"new_{key}"] = 1
    return value


@pytest.mark.parametrize("edition", edition_ids())
def test_errors_and_news_are_those_of_the_whole_search(edition: str) -> None:
    random, schemas = Random(5), Schemas(edition)
    errors = news = 0
    for kind, value in list(values())[:1500]:
        for each in (value, changed(value, random)):
            told = schemas.validate(kind, each)
            assert told == list(schemas._errors(kind, (), each, ""))
            found = schemas.unknown(kind, each)
            assert found == list(schemas._drifts(Place("", kind, (), each)))
            errors, news = errors + bool(told), news + bool(found)

    assert errors > 100
    assert news > 20


@pytest.mark.parametrize("edition", edition_ids())
def test_a_request_has_a_breach_where_the_whole_search_finds_one_that_counts(edition: str) -> None:
    random, book, seen = Random(7), contract(edition).edition, Counter[bool]()
    for exchange in list(read(SAMPLE))[:300]:
        if not isinstance(exchange, Exchange) or not exchange.request or not exchange.sent:
            continue
        for body in (exchange.sent, changed(exchange.sent, random), changed(exchange.sent, random)):
            call = Call(replace(exchange, request=replace(exchange.request, body=body)), "", book)
            for kind in set(_KINDS.values()):
                errors = errors_of(call, kind, body)
                expected = any(each.keyword in _BREACHES and not each.pointer.startswith(_OPEN) for each in errors)
                seen[expected] += 1

                assert _has_breach(call, kind) == expected
    assert min(seen.values()) > 20


KEYS = (
    b"sk-abcdefghijklmnopqrs1",
    b"BEARER abcdefghijklmnopqrs1",
    b"bEaReR%20abcdefghijklmnopqrs1",
    b"x://u:p@h",
    b"?SIG=abcdefghijklmnop",
    b"6Signature=abcdefghijklmnop",
    b"&ACCESS_TOKEN=abcdefghijklmnop",
    b";Api-Key=abcdefghijklmnop",
    b"&apikey=abcdefghijklmnop",
    b"org-abcdefghijklmno1",
    b"proj_abcdefghijklmno1",
    b"data:image/png;base64," + b"QUJD" * 10,
    *(b'"' + key + b'": "' + b"QUJD" * 64 + b'"' for key in (b"file_data", b"b64_json", b"partial_image_b64")),
    b'\\"result\\":\\"' + b"QUJD" * 64 + b'\\"',
    b'"data":"' + b"QUJD" * 64 + b'"',
)
"""The shortest of what looks like a key, in cases that nobody writes."""


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.decode()[:20])
def test_no_key_slips_through_the_words_that_are_looked_for_first(key: bytes) -> None:
    for data in (key, b"before " + key + b" after", b"\n".join([b"x" * 50, key])):
        found = [match for _, pattern in _KEYS for match in pattern.finditer(data)]
        masked = Masker(())(data)

        assert found
        assert masked != data
        assert len(masked) == len(data)


def test_only_the_password_of_an_address_is_shorter_than_a_key() -> None:
    searches = [search for search, _ in _KEYS if search.words != (b"://",)]
    shortest = {min(len(each) for each in KEYS if search(each.lower())) for search in searches}

    assert min(shortest) >= SHORTEST_KEY


@given(st.binary(max_size=40), st.sampled_from([*_has_word.words, b"", b"\xff"]), st.binary(max_size=40))
def test_a_search_for_all_words_finds_what_a_search_for_each_finds(before: bytes, word: bytes, after: bytes) -> None:
    data = (before + word + after).lower()
    for search in (_has_word, *(search for search, _ in _KEYS)):
        assert search(data) == any(each in data for each in search.words)


def test_a_ledger_counts_what_was_held_whenever_it_is_asked() -> None:
    ledger, broken = Ledger(), Violation("/x", "one", "two", exchange="made/1")
    for number in range(MOST_HELD * 2):
        ledger.record_pass({"every", f"one-{number}"})
        if number % 3 == 0:
            ledger.record_violations("every", [broken])
    ledger["every"].errors.add("a mistake")

    every = ledger.entries["every"]
    assert (every.judged, every.violated) == (MOST_HELD * 2 + 171, 171)
    assert {entry.judged for name, entry in ledger.entries.items() if name != "every"} == {1}
    assert len(ledger.entries) == MOST_HELD * 2 + 1
