"""The walk through a stream: legal ones pass, each single change is refused or listed as harmless."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Sequence
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.judge.garbage import GARBAGE, JSON, KEYS
from tests.judge.judging import broken
from tests.judge.legal_streams import COMPLETED, Event, build, numbered, streams
from tests.judge.mutations import MUTATORS, Mutator

from antiphon.contract.load import all_requirements
from antiphon.contract.streams import tables
from antiphon.judge.grammar.walker import Mode, analyse
from antiphon.judge.walk_requirements import walk_requirements

HARMLESS = {(rule["change"], rule["event"]) for rule in tables().harmless}
COLLATERAL = 2
"""Requirements that one change may break: the place that it leaves and the place that it goes to."""


def requirements_in(value: Any) -> set[str]:
    """Every requirement that a piece of the tables names."""
    if isinstance(value, str):
        return {value} if value.startswith("stream.") else set()
    parts: Sequence[Any] = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    return set().union(*map(requirements_in, parts)) if parts else set()


def test_every_state_of_the_tables_can_be_reached_and_left() -> None:
    machines = [item.machine for item in tables().items.values() if item.machine]
    machines += [kind for block in tables().blocks.values() for kind in block.kinds.values()]
    for machine in machines:
        targets = {target for rows in machine.states.values() for target in rows.values()}
        assert set(machine.states) == targets | {machine.start}
        assert machine.ends <= set(machine.states)
        assert all(kind in tables().events for rows in machine.states.values() for kind in rows)


def test_the_walk_judges_only_requirements_that_exist() -> None:
    assert set(walk_requirements()) <= set(all_requirements())


@given(streams())
@settings(max_examples=200, deadline=None)
def test_a_legal_stream_breaks_nothing(stream: list[Event]) -> None:
    assert broken(stream) == set()


@pytest.mark.parametrize("kind", tables().items)
def test_a_legal_stream_of_each_item_type_breaks_nothing(kind: str) -> None:
    for seed in range(20):
        assert broken(build(Random(seed), [kind, "message", kind])) == set()


@pytest.mark.parametrize("seed", range(20))
def test_raw_reasoning_of_the_open_standard_breaks_only_the_names(seed: int) -> None:
    assert broken(build(Random(seed), ["reasoning", "message"], raw=True)) <= {"stream.unknown-event-types"}


def test_generated_streams_show_every_event_type() -> None:
    seen: Counter[str] = Counter()
    for seed in range(300):
        seen.update(event["type"] for event in build(Random(seed), raw=seed % 5 == 0))

    assert {kind for kind in tables().events if kind not in seen} == {
        "response.audio.delta",
        "response.audio.done",
        "response.audio.transcript.delta",
        "response.audio.transcript.done",
    }


@pytest.mark.parametrize("mutate", MUTATORS, ids=lambda mutate: mutate.__name__)
def test_each_single_change_is_refused_or_harmless(mutate: Mutator) -> None:
    refused = 0
    for seed in range(150):
        random = Random(seed)
        mutation = mutate(build(random, endings=[COMPLETED]), random)
        if mutation is None:
            continue
        found = broken(mutation.stream)
        refused += bool(found)
        assert found or any((mutation.change, kind) in HARMLESS for kind in mutation.events), (seed, mutation[:2])
        if mutation.change != "unnumber":
            assert len(found) <= COLLATERAL, (seed, mutation[:2], found)
    assert refused > 30


@pytest.mark.parametrize("rule", tables().harmless, ids=lambda rule: rule["id"])
def test_each_harmless_change_occurs(rule: dict[str, str]) -> None:
    mutate = next(each for each in MUTATORS if each.__name__ == rule["change"].split()[0])
    prefix = rule["event"].split(".")[1].removesuffix("_arguments") if "." in rule["event"] else ""
    kinds = [kind for kind in tables().items if prefix.startswith(kind)] * 2
    kinds = kinds or ["reasoning", "message", "mcp_list_tools"]
    for seed in range(4000):
        random = Random(seed)
        mutation = mutate(build(random, kinds, [COMPLETED]), random)
        fits = mutation and mutation.change == rule["change"] and rule["event"] in mutation.events
        if mutation and fits and not broken(mutation.stream):
            return
    pytest.fail(f"{rule['id']} is never harmless")


def test_a_remote_call_begins_before_its_arguments() -> None:
    refused = 0
    for seed in range(60):
        stream = build(Random(seed), ["mcp_call"], [COMPLETED])
        kinds = [event["type"] for event in stream]
        first = kinds.index("response.mcp_call.in_progress")
        if kinds[first + 1].startswith("response.mcp_call_arguments."):
            stream[first : first + 2] = reversed(stream[first : first + 2])
            assert broken(numbered(stream)), seed
            refused += 1
    assert refused > 10


def test_a_walk_begun_in_the_middle_blames_nothing_before_it() -> None:
    for seed in range(200):
        stream = build(Random(seed), endings=[COMPLETED])
        for start in range(1, len(stream), 3):
            assert broken(stream[start:], query=(("starting_after", str(start - 1)), ("stream", "true"))) == set()


def test_a_stream_cut_by_the_client_is_not_blamed_for_its_end() -> None:
    for seed in range(100):
        stream = build(Random(seed), endings=[COMPLETED])
        for end in range(1, len(stream), 3):
            assert broken(stream[:end], complete=False) == set()


@given(st.lists(GARBAGE, max_size=12), st.booleans())
@settings(max_examples=150, deadline=None)
def test_no_check_stumbles_over_garbage(events: list[Event], complete: bool) -> None:
    broken(events, complete=complete)


@given(streams(), st.lists(st.tuples(st.integers(0, 60), st.sampled_from(KEYS), JSON), max_size=3))
@settings(max_examples=200, deadline=None)
def test_no_check_stumbles_over_a_damaged_stream(stream: list[Event], damages: list[tuple[int, str, Any]]) -> None:
    for place, key, value in damages:
        stream[place % len(stream)] = stream[place % len(stream)] | {key: value}

    broken(stream)


@pytest.mark.parametrize("seed", range(12))
def test_no_check_stumbles_over_depth(seed: int) -> None:
    stream = build(Random(seed))
    for key in KEYS:
        deep: Any = json.loads("[" * 900 + "]" * 900)
        for event in stream:
            for holder in [event, *(event[inner] for inner in ("item", "response", "part") if inner in event)]:
                if isinstance(holder, dict) and key in holder:
                    holder[key] = deep
        broken(stream)


def many_deltas() -> list[Event]:
    stream = build(Random(1), ["function_call"] * 4, [COMPLETED])
    place = next(n for n, event in enumerate(stream) if event["type"].endswith("arguments.delta"))
    return [*stream[:place], *[stream[place]] * 100_000, *stream[place:]]


def many_items() -> list[Event]:
    stream = [event for event in build(Random(1), ["program"], [COMPLETED]) if "item" in event]
    return [
        event | {"item": event["item"] | {"id": f"x{n}"}, "output_index": n} for n in range(50_000) for event in stream
    ]


def many_parts() -> list[Event]:
    added = {"type": "response.content_part.added", "item_id": "m", "output_index": 0, "part": {"type": "output_text"}}
    item = {"type": "message", "id": "m", "content": [{"type": "output_text", "text": "a"}] * 1000}
    begun = {"type": "response.output_item.added", "output_index": 0, "item": item}
    parts = [added | {"content_index": n % 50_000} for n in range(100_000)]
    return [begun, *parts, begun | {"type": "response.output_item.done"}]


def many_strangers() -> list[Event]:
    delta = {"type": "response.output_text.delta", "delta": "a", "content_index": 0}
    return [delta | {"item_id": f"i{n}", "output_index": n} for n in range(100_000)]


@pytest.mark.parametrize("make", [many_deltas, many_items, many_parts, many_strangers])
def test_time_is_linear(make: Any) -> None:
    events = numbered(make())
    started = time.process_time()

    broken(events)

    assert time.process_time() - started < 30


def test_problems_say_what_came_where_and_what_was_allowed() -> None:
    stream = build(Random(1), ["web_search_call"], [COMPLETED])
    stream = numbered([event for event in stream if event["type"] != "response.web_search_call.searching"])

    (problem,) = analyse(stream, tables(), Mode()).problems

    place = next(n for n, event in enumerate(stream) if event["type"] == "response.web_search_call.completed")
    assert problem.requirement == "stream.order.web-search-call"
    assert problem.event == place
    assert problem.at == f"event {place}"
    assert problem.expected == "response.web_search_call.searching"
    assert problem.got == "response.web_search_call.completed"


def test_streams_of_early_2025_need_no_numbers() -> None:
    stream = [{**event, "sequence_number": None} for event in build(Random(1), endings=[COMPLETED])]

    assert analyse(stream, tables(), Mode(unnumbered=True)).problems == ()
    (problem,) = analyse(stream, tables(), Mode()).problems
    assert problem.requirement == "stream.sequence.present"


def test_tolerated_items_name_their_own_requirement() -> None:
    stream = build(Random(5), ["mcp_list_tools", "message"], [COMPLETED])
    place = next(n for n, event in enumerate(stream) if event["type"] == "response.output_item.done")

    assert broken(numbered([*stream[:place], *stream[place + 1 :]])) == {"stream.item.done-for-tool-lists"}
