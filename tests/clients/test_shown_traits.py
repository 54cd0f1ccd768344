"""What the reply to a turn shows by itself: another kind of reply, what lacks in it, and what never ended."""

from __future__ import annotations

import json
from typing import Any

import pytest

from antiphon.clients.dialogue import DialogueTurn
from antiphon.clients.kind import kind_of
from antiphon.clients.sightings import NEVER_DONE, shown_traits
from antiphon.clients.trait import Trait, trait_of
from antiphon.judge.registry import Violation
from antiphon.recording.exchange import SOCKET_MESSAGES, Chunk, Exchange, Request, Response

MESSAGE = {"type": "message", "content": [{"type": "output_text", "text": "Hi"}]}
DONE = {"id": "resp_1", "object": "response", "status": "completed", "output": [MESSAGE]}
Json = dict[str, Any]


def turn(body: Json, path: str = "/responses", status: int = 200, method: str = "POST") -> DialogueTurn:
    return DialogueTurn(method, path, {}, {}, body, status, frozenset({"message"}) if status == 200 else frozenset())


def reply_to(asked: DialogueTurn, status: int, media_type: str, *pieces: bytes) -> Exchange:
    request = Request(asked.method, asked.path, body=asked.body)
    chunks = tuple(Chunk(0.01, piece) for piece in pieces)
    return Exchange("made/1", request, Response(status, (("content-type", media_type),), chunks, complete=True))


def stream(*events: Json) -> bytes:
    return b"".join(f"event: {each['type']}\ndata: {json.dumps(each)}\n\n".encode() for each in events)


def names(asked: DialogueTurn, status: int, media_type: str, *pieces: bytes) -> list[str]:
    return list(map(str, shown_traits(reply_to(asked, status, media_type, *pieces), asked)))


def test_a_whole_response_in_place_of_events_is_of_another_kind() -> None:
    body = json.dumps(DONE).encode()

    assert names(turn({"stream": True}), 200, "application/json", body) == ["!unstreamed"]
    assert names(turn({}), 200, "application/json", body) == []
    assert names(turn({}), 200, "text/event-stream", stream({"type": "response.created"})) == ["!streamed"]


@pytest.mark.parametrize(("status", "shown"), [(400, []), (422, ["!other-status"]), (200, ["!accepted"])])
def test_a_refusal_has_the_status_of_a_right_server(status: int, shown: list[str]) -> None:
    assert names(turn({}, status=400), status, "application/json", b"{}") == shown


def test_a_compaction_need_hold_no_message() -> None:
    body = json.dumps({**DONE, "output": []}).encode()

    assert names(turn({}, "/responses/compact"), 200, "application/json", body) == []
    assert names(turn({}), 200, "application/json", body) == ["!lacks message"]


def test_an_item_of_which_no_event_told_is_never_done() -> None:
    asked, end = turn({"stream": True}), {"type": "response.completed", "response": DONE}
    done = {"type": "response.output_item.done", "output_index": 0, "item": MESSAGE}

    assert names(asked, 200, "text/event-stream", stream(end)) == [str(NEVER_DONE)]
    assert names(asked, 200, "text/event-stream", stream(done, end)) == []


@pytest.mark.parametrize(
    ("body", "event", "shown"),
    [
        ({"generate": False}, {}, ["websocket.warm-up"]),
        ({"stream_id": "a"}, {}, ["websocket.lane-echo"]),
        ({"stream_id": "a"}, {"stream_id": "a"}, []),
    ],
)
def test_a_socket_shows_warm_ups_and_lanes(body: Json, event: Json, shown: list[str]) -> None:
    message = json.dumps({"type": "response.completed", "response": DONE, **event}).encode()

    assert names(turn(body, method="WS"), 101, SOCKET_MESSAGES, message) == shown


def test_a_trait_has_the_keys_of_an_object_where_keys_are_at_stake() -> None:
    whole = Violation("event 0 /response", "the keys of the final response", "an object with id, created_at")

    assert trait_of("a.b", whole) == Trait("a.b", "response", "an object with id created_at")


@pytest.mark.parametrize(
    ("tool", "items", "kind"),
    [
        ("function", ["function_call"], "create tools"), ("custom", ["message"], "create tools"),
        ("custom", ["reasoning", "custom_tool_call"], "create tools used"),
        ("function", ["web_search_call"], "create tools"),
        ([], [None, {}], "create tools"),
    ],
)  # fmt: skip
def test_what_only_users_of_other_tools_get_is_a_kind_of_its_own(tool: object, items: list[object], kind: str) -> None:
    assert kind_of("create", "POST", {"tools": [{"type": tool}]}, {}, items) == kind
