"""A member that is absent or wrong, in any good reply of tests/data/checks and any stream: what holds, what is said."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import pytest
from tests.judge import legal_streams
from tests.judge.exchanges import exchange_of, judged, read, spelled
from tests.judge.judging import sse, stream_of

from antiphon.recording.exchange import Exchange

WRONG: tuple[Any, ...] = ("wrong", -7, None, ["x"], {"x": 1}, {"code": "x", "message": "y"})
"""Values of which each is wrong for most members."""
PYTHON = re.compile(r"""\b(None|True|False|NoneType|Ellipsis|NotJSON)\b|[{\[]'|\bb['"]""")
"""What a finding does not hold: values as Python has them, and no reader of JSON."""
OF_ABSENCE = {
    "create.gated-fields": "the member is to be absent",
    "response.field.penalties": "two members, each of which may be absent",
    "response.field.metadata": "a map, whose keys are no members",
    "stream.delta.has-deltas": "an order of events, which the text at their end shows",
}


def members(value: Any) -> Iterator[str]:
    """The names of all members of a value and of what is in it."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from members(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from members(inner)


def replaced(value: Any, member: str, new: Any) -> Any:
    """A value with another value of a member everywhere; without it where that is Ellipsis."""
    if isinstance(value, dict):
        pairs = [(name, new if name == member else replaced(inner, member, new)) for name, inner in value.items()]
        return {name: inner for name, inner in pairs if inner is not ...}
    return [replaced(inner, member, new) for inner in value] if isinstance(value, list) else value


def held(*exchanges: Exchange) -> set[str]:
    """The requirements that were judged and not broken, those on whole schemas apart."""
    entries = judged(*exchanges).entries
    return {name for name, entry in entries.items() if entry.judged and not entry.violated and ".schema" not in name}


def sayings(*exchanges: Exchange) -> Iterator[tuple[str, str]]:
    """All that is said of some exchanges, by requirement."""
    for name, entry in judged(*exchanges).entries.items():
        for each in entry.places:
            yield from ((name, text) for text in (each.expected, each.got, each.message))
        yield from ((name, text) for text in entry.untestable)


def passes_without(source: Any, remake: Callable[[Any], Exchange], left: tuple[str, ...] = ()) -> set[tuple[str, str]]:
    """Each requirement that some value of a member breaks, and that holds where there is no such member."""
    found: set[tuple[str, str]] = set()
    for member in sorted({*members(source)} - {*left}):
        absent = held(remake(replaced(source, member, ...)))
        for wrong in WRONG:
            entries = judged(remake(replaced(source, member, wrong))).entries
            broken = {name for name, entry in entries.items() if entry.violated}
            found |= {(requirement, member) for requirement in broken & absent - OF_ABSENCE.keys()}
    return found


GOOD = {name: spelled(case) for name, case in read("good").items() if "content" not in case}


@pytest.mark.parametrize("name", [name for name, case in GOOD.items() if "content" not in case])
def test_no_requirement_on_a_value_holds_without_it(name: str) -> None:
    case = GOOD[name]
    place = "chunks" if "chunks" in case else "body"

    assert passes_without(case[place], lambda value: exchange_of({**case, place: value})) == set()


@pytest.mark.parametrize("kinds", [["message"], ["reasoning"], ["function_call"]])
def test_no_requirement_on_a_stream_holds_without_what_it_is_on(kinds: list[str]) -> None:
    events = legal_streams.build(Random(1), kinds, [legal_streams.COMPLETED])

    carriers = ("type", "item", "response")
    assert passes_without(events, lambda value: stream_of(sse(value)).exchange, left=carriers) == set()


def in_python(source: Any, remake: Callable[[Any], Exchange]) -> set[tuple[str, str]]:
    """What is said in Python of a value with wrong members."""
    wrong = [
        replaced(source, member, new) for member in sorted({*members(source)}) for new in (None, True, {"x": None})
    ]
    return {said for each in wrong for said in sayings(remake(each)) if PYTHON.search(said[1])}


@pytest.mark.parametrize("name", GOOD)
def test_no_finding_is_said_in_python(name: str) -> None:
    case = GOOD[name]
    place = "chunks" if "chunks" in case else "body"

    assert in_python(case[place], lambda value: exchange_of({**case, place: value})) == set()
    assert in_python(case.get("sent") or {}, lambda value: exchange_of({**case, "sent": value})) == set()


def test_no_finding_on_a_stream_is_said_in_python() -> None:
    events = legal_streams.build(Random(1), ["message"], [legal_streams.COMPLETED])

    assert in_python(events, lambda value: stream_of(sse(value)).exchange) == set()
