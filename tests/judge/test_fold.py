"""The response that events add up to."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.judge.garbage import GARBAGE
from tests.judge.legal_streams import COMPLETED, Event, build, streams

from antiphon.judge.json_pointer import differences, replace_at
from antiphon.judge.rebuild import rebuild
from antiphon.judge.replay import replay_differences

RENEWED = frozenset({"encrypted_content", "fingerprint"})


def without_ends(stream: list[Event]) -> list[Event]:
    """The events that add something: no item.done, no terminal event."""
    return [event for event in stream if event["type"] not in ("response.output_item.done", COMPLETED)]


def texts(value: Any) -> list[Any]:
    """Every text under a key that deltas fill."""
    if isinstance(value, Mapping):
        filled = ("text", "refusal", "arguments", "input", "code", "diff")
        return [each for key in sorted(value) for each in ([value[key]] if key in filled else texts(value[key]))]
    return [each for inner in value for each in texts(inner)] if isinstance(value, list) else []


@given(streams(endings=[COMPLETED]))
@settings(max_examples=150, deadline=None)
def test_a_whole_stream_adds_up_to_its_final_response(stream: list[Event]) -> None:
    final = next(event["response"] for event in stream if event["type"] == COMPLETED)

    response = rebuild(stream).response

    assert list(differences(final, response, RENEWED)) == []


@given(streams(endings=[COMPLETED]))
@settings(max_examples=150, deadline=None)
def test_deltas_alone_bring_every_text(stream: list[Event]) -> None:
    final = next(event["response"] for event in stream if event["type"] == COMPLETED)

    assert [each for each in texts(rebuild(without_ends(stream)).output) if each] == [
        each for each in texts(final["output"]) if each
    ]


def test_a_stream_cut_in_its_first_text_has_the_text_so_far() -> None:
    stream = [
        {
            "type": "response.output_item.added",
            "output_index": 0,
            "item": {"id": "m", "type": "message", "content": []},
        },
        {
            "type": "response.content_part.added",
            "item_id": "m",
            "output_index": 0,
            "content_index": 0,
            "part": {"type": "output_text", "text": "", "annotations": []},
        },
        {"type": "response.output_text.delta", "item_id": "m", "output_index": 0, "content_index": 0, "delta": "Hel"},
        {"type": "response.output_text.delta", "item_id": "m", "output_index": 0, "content_index": 0, "delta": "lo"},
    ]

    snapshot = rebuild(stream)

    assert snapshot.response is None
    assert snapshot.text == "Hello"
    assert snapshot.items[0]["content"] == [{"type": "output_text", "text": "Hello"}]


def test_partial_images_and_shell_outputs_are_kept() -> None:
    stream = build(Random(0), ["image_generation_call", "shell_call_output"], [COMPLETED])
    place = {"output_index": 0, "item_id": "ima_0"}
    image = {"type": "response.image_generation_call.partial_image", "partial_image_b64": "YQ==", **place}
    output = {
        "type": "response.shell_call_output_content.delta",
        "item_id": "she_1",
        "output_index": 1,
        "command_index": 0,
    }
    cut = [event for event in stream if event["type"] == "response.output_item.added"]

    snapshot = rebuild([*cut, image, output | {"delta": {"stdout": "a"}}, output | {"delta": {"stdout": "b"}}])

    assert snapshot.partial_images == {0: ["YQ=="]}
    assert snapshot.items[1]["output"] == [{"stdout": "ab", "stderr": ""}]


@given(st.lists(GARBAGE, max_size=12))
@settings(max_examples=100, deadline=None)
def test_fold_never_stumbles(events: list[Event]) -> None:
    assert isinstance(rebuild(events).output, list)


@pytest.mark.parametrize(
    ("one", "other", "places"),
    [
        ({"a": [1, {"b": 2}]}, {"a": [1, {"b": 3}]}, ["/a/1/b"]),
        ({"a": 1}, {"b": 1}, ["/a", "/b"]),
        ([1], [1, 2], [""]),
        ({"x/y": {"~": 1}}, {"x/y": {"~": 2}}, ["/x~1y/~0"]),
        (1, True, [""]),
        (1, 1.0, []),
        ({"encrypted_content": 1, "a": {"encrypted_content": 2}}, {"encrypted_content": 3, "a": {}}, []),
    ],
)
def test_differences_are_named_by_pointer(one: Any, other: Any, places: list[str]) -> None:
    assert [each.pointer for each in differences(one, other, RENEWED)] == places


def test_depth_does_not_matter() -> None:
    one: Any = 1
    other: Any = 2
    for _ in range(5000):
        one, other = [one], {"a": other}
    same = one

    assert len(list(differences(one, other))) == 1
    assert list(differences(one, same)) == []


def test_replaced_leaves_its_argument_as_it_is() -> None:
    value = {"a": [{"b": 1}]}

    assert replace_at(value, ("a", 1, "c"), 2) == {"a": [{"b": 1}, {"c": 2}]}
    assert replace_at("text", ("a",), 1) == {"a": 1}
    assert value == {"a": [{"b": 1}]}


def test_a_replay_repeats_the_events_after_a_number() -> None:
    stream = build(Random(1), ["function_call", "message"], [COMPLETED])
    again = [{key: value for key, value in event.items() if key != "obfuscation"} for event in stream]
    changed = [*again[3:-1], again[-1] | {"type": "response.failed"}]

    assert list(replay_differences(stream, again)) == []
    assert list(replay_differences(stream, again[3:], after=2)) == []
    assert [each.pointer for each in replay_differences(stream, again[4:], after=2)] == ["/3"]
    assert [each.pointer for each in replay_differences(stream, changed, after=2)] == [f"/{len(stream) - 1}/type"]
