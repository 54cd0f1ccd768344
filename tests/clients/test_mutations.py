"""Mutations of right replies: their names, what they change, and how they come of what was recorded."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from tools.clients.changes import change_json, place_of
from tools.clients.examples import Examples
from tools.clients.mutation_cases import few_cases
from tools.clients.mutations import grid_of
from tools.clients.recording import Call, events_in
from tools.clients.replay import fresh_app
from tools.clients.replay import replay as replay_calls

from antiphon.clients.mutation import Mutation, example_of, is_mutation, parse_mutation

HEADERS = (("content-type", "application/json"), ("authorization", "Bearer sk-test"))
CALL = {"type": "function_call", "id": "fc_1", "name": "look_up", "arguments": "{}"}


def sent(client: str, *, stream: bool = False) -> Call:
    """A call of a client that nothing has answered."""
    body = json.dumps({"model": "antiphon-1", "input": "Say hi.", "stream": stream}).encode()
    return Call(f"{client}: text", 0.0, "http", "POST", "/v1/responses", "", HEADERS, body, 200, "", "", ())


def replied(call: Call, mutation: str = "") -> Call:
    """The same call with what the reference server answers."""
    (made,) = asyncio.run(replay_calls(fresh_app(), [call], mutation))
    head = {name.decode(): value.decode() for name, value in made.headers}
    return replace(
        call, status=made.status or 0, media_type=head.get("content-type", ""), reply_headers=tuple(head),
        received=b"".join(made.chunks).decode("utf-8", "replace"),
    )  # fmt: skip


@pytest.fixture(scope="module")
def cases() -> Mapping[str, Sequence[Call]]:
    """One case of each of two clients, the second with events."""
    return {call.case: [replied(call)] for call in (sent("llm"), sent("codex-cli", stream=True))}


@pytest.mark.parametrize(
    ("name", "mutation", "says"),
    [
        ("~function_call/name=absent@added", Mutation("function_call", "name", "absent", "added"),
         "function_call.name is absent in an item that is added"),
        ("~response.completed=last-lost", Mutation("response.completed", "", "last-lost"),
         "response.completed does not come the last time"),
        ("~response.usage/input_tokens=zero", Mutation("response.usage", "input_tokens", "zero"),
         "response.usage.input_tokens is zero"),
        ("~head/status=201", Mutation("head", "status", "201"), "head.status is 201"),
        ("~frames=not-utf-8-within", Mutation("frames", "", "not-utf-8-within"),
         "each frame is changed: not utf 8 within"),
    ],
)  # fmt: skip
def test_a_name_says_what_is_changed(name: str, mutation: Mutation, says: str) -> None:
    assert (parse_mutation(name), str(mutation)) == (mutation, name)
    assert example_of(name) == f"where {says}"


def test_a_fault_of_the_catalogue_is_no_mutation() -> None:
    assert not is_mutation("usage-missing")
    assert example_of("usage-missing") == "with the fault usage-missing"
    with pytest.raises(ValueError, match="not the name of a mutation"):
        parse_mutation("usage-missing")


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("~function_call/name=absent", {"type": "function_call", "id": "fc_1", "arguments": "{}"}),
        ("~function_call/name=null@added", {**CALL, "name": None}), ("~function_call/name=null@done", None),
        ("~function_call/arguments=longer", {**CALL, "arguments": "{} odd"}), ("~message/name=absent", None),
        ("~function_call/name=zero", None),
    ],
)  # fmt: skip
def test_a_member_is_changed_in_its_kind_of_object_and_place(name: str, changed: dict[str, Any] | None) -> None:
    event = {"type": "response.output_item.added", "item": dict(CALL)}

    assert change_json(event, parse_mutation(name)) is (changed is not None)
    assert event["item"] == (changed or CALL)


@pytest.mark.parametrize(
    ("event", "place"),
    [
        ("response.output_item.added", "added"), ("response.content_part.done", "part_done"),
        ("response.created", "early"), ("response.completed", "final"), ("response.output_text.delta", ""),
    ],
)  # fmt: skip
def test_a_place_is_told_by_the_type_of_the_event(event: str, place: str) -> None:
    assert place_of(event) == place


def test_what_is_recorded_tells_what_is_changed(cases: Mapping[str, Sequence[Call]]) -> None:
    names = few_cases(cases)

    assert names["~response.usage/input_tokens=zero"] == ["codex-cli: text", "llm: text"]
    assert {"~output_text/text=object", "~message/content=empty", "~event/sequence_number=absent"} <= {
        str(each) for each in grid_of(cases).mutations(fewest=1)
    }
    assert not [name for name in names if "metadata." in name]


def test_what_clients_choked_on_is_changed_in_each_of_its_places(cases: Mapping[str, Sequence[Call]]) -> None:
    names = few_cases(cases, ["~message/role=null", "~response/id=null"])

    assert [name for name in names if "@" in name] == []  # one client alone gets events
    found = grid_of(cases).mutations(["~message/role=null"], fewest=1)
    assert {each.place: own for each, own in found.items() if each.place} == {
        place: {"codex-cli: text"} for place in ("added", "done", "final")
    }


@pytest.mark.parametrize(
    ("name", "status", "types"),
    [
        ("~response.completed=lost", 200, ("response.content_part.done", "response.output_item.done")),
        ("~response.output_item.done=moved", 200, ("response.completed", "response.output_item.done")),
        ("~frames=ended", 200, None), ("~head/status=201", 201, ("response.output_item.done", "response.completed")),
    ],
)  # fmt: skip
def test_events_and_head_are_changed(name: str, status: int, types: tuple[str, str] | None) -> None:
    call = replied(sent("codex-cli", stream=True), name)
    found = tuple(event["type"] for event in events_in(call.received))

    assert call.status == status
    assert found[-2:] == types or (types is None and "response.completed" not in found)


def test_a_body_is_changed_and_its_length_mended(cases: Mapping[str, Sequence[Call]]) -> None:
    right = replied(sent("llm"))
    wrapped = replied(sent("llm"), "~body=in-a-list")

    assert [json.loads(right.received)["object"]] == [each["object"] for each in json.loads(wrapped.received)]
    assert "content-length" in wrapped.reply_headers


def test_traits_of_a_mutation_are_what_the_checks_give(cases: Mapping[str, Sequence[Call]]) -> None:
    async def found() -> dict[str, list[str]]:
        examples = Examples(cases)
        await examples.learn()
        return await examples.of("~response/usage=null", ["llm: text"])

    assert asyncio.run(found()) == {"llm: text": ["response.field.usage|usage|null"]}
