"""WebSocket mode, by the official client and by a plain one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from openai import OpenAI
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from antiphon.server import ServerSettings, background_server

KEY = "sk-antiphon-test"
MODEL = "antiphon-1"
ENDINGS = ("response.completed", "response.failed", "response.incomplete", "error")


@pytest.fixture(scope="module")
def guarded() -> Iterator[str]:
    with background_server(ServerSettings(pace=0.0005, api_key=KEY)) as url:
        yield url


def opened(url: str, **headers: str) -> ClientConnection:
    return connect(
        url.replace("http", "ws", 1) + "/responses",
        additional_headers={"Authorization": f"Bearer {KEY}", **headers},
        compression=None,
        open_timeout=30,
    )


def send(socket: ClientConnection, **body: Any) -> None:
    socket.send(json.dumps({"type": "response.create", "model": MODEL, "input": "Say hi.", "store": False, **body}))


def read(socket: ClientConnection) -> list[dict[str, Any]]:
    """The messages up to the end of a turn."""
    events: list[dict[str, Any]] = []
    while not events or events[-1]["type"] not in ENDINGS:
        message = socket.recv(timeout=120)
        assert isinstance(message, str)
        events.append(json.loads(message))
    return events


def turn(socket: ClientConnection, **body: Any) -> list[dict[str, Any]]:
    send(socket, **body)
    return read(socket)


def code(events: list[dict[str, Any]]) -> Any:
    (error,) = events
    assert error["type"] == "error"
    assert error["status"] == 400
    assert error["error"].keys() == {"message", "type", "param", "code"}
    return error["error"]["code"]


@pytest.mark.filterwarnings("ignore:connect:DeprecationWarning")  # the official client opens it in the older way
def test_the_official_client_makes_and_continues_responses(guarded: str) -> None:
    with OpenAI(base_url=guarded, api_key=KEY, max_retries=0) as sdk, sdk.responses.connect(max_retries=0) as socket:
        previous = None
        for text in ("Say hi.", "And again."):
            socket.response.create(model=MODEL, input=text, store=False, previous_response_id=previous)
            for event in socket:
                if event.type == "response.completed":
                    assert event.response.previous_response_id == previous
                    previous = event.response.id
                    break
                assert event.type != "error"


def test_a_socket_sends_the_events_of_a_stream(guarded: str) -> None:
    with OpenAI(base_url=guarded, api_key=KEY) as sdk, opened(guarded) as socket:
        streamed = [event.type for event in sdk.responses.create(model=MODEL, input="Say hi.", stream=True)]
        events = turn(socket, stream=True, background=True)
    assert [event["type"] for event in events] == streamed
    assert [event["sequence_number"] for event in events] == list(range(len(events)))


@pytest.mark.parametrize("key", ["", "Bearer wrong"])
def test_the_key_is_asked_for(guarded: str, key: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        opened(guarded, Authorization=key)
    assert refused.value.response.status_code == 401
    assert json.loads(refused.value.response.body or b"")["error"]["type"] == "invalid_request_error"


def test_what_is_not_stored_lives_as_long_as_its_connection(guarded: str) -> None:
    with opened(guarded) as socket:
        first = turn(socket)[-1]["response"]["id"]
        assert turn(socket, previous_response_id=first)[-1]["type"] == "response.completed"
    with opened(guarded) as socket:
        assert code(turn(socket, previous_response_id=first)) == "previous_response_not_found"


def test_what_is_stored_is_found_over_http_and_on_other_connections(guarded: str) -> None:
    with opened(guarded) as socket:
        made = turn(socket, store=True)[-1]["response"]
    with OpenAI(base_url=guarded, api_key=KEY) as sdk:
        assert sdk.responses.retrieve(made["id"]).output_text
    with opened(guarded) as socket:
        assert turn(socket, previous_response_id=made["id"])[-1]["type"] == "response.completed"


def test_a_failed_turn_forgets_what_it_followed(guarded: str) -> None:
    with opened(guarded) as socket:
        first = turn(socket)[-1]["response"]["id"]
        assert code(turn(socket, previous_response_id=first, temperature=3)) == "decimal_above_max_value"
        assert code(turn(socket, previous_response_id=first)) == "previous_response_not_found"


def test_a_warm_up_makes_no_output_and_can_be_continued(guarded: str) -> None:
    with opened(guarded) as socket:
        socket.send(json.dumps({"type": "response.create", "model": MODEL, "generate": False}))
        warm = read(socket)[-1]["response"]
        assert (warm["status"], warm["output"]) == ("completed", [])
        assert turn(socket, previous_response_id=warm["id"])[-1]["type"] == "response.completed"


def test_lanes_run_beside_each_other_and_creates_of_one_lane_in_turn() -> None:
    # Slow enough that the last create is there long before the first has ended, on a busy machine too.
    with background_server(ServerSettings(pace=0.03, api_key=KEY)) as url, opened(url) as socket:
        for lane in ("a", "a", "b"):
            send(socket, stream_id=lane)
        events: list[dict[str, Any]] = []
        while sum(event["type"] in ENDINGS for event in events) < 3:
            events.append(json.loads(socket.recv(timeout=120)))
    lanes = [event["stream_id"] for event in events]
    assert set(lanes) == {"a", "b"}
    assert lanes.index("b") < len(lanes) - 1 - lanes[::-1].index("a")
    ids = [event["response"]["id"] for event in events if event["stream_id"] == "a" and "response" in event]
    assert ids == sorted(ids, key=ids.index)
    assert len(set(ids)) == 2


@pytest.mark.parametrize("lane", ["", "a lane", "x" * 257, 5])
def test_a_lane_has_a_proper_name(guarded: str, lane: object) -> None:
    with opened(guarded) as socket:
        assert code(turn(socket, stream_id=lane)) == "invalid_stream_id"


def test_a_connection_has_32_lanes(guarded: str) -> None:
    with opened(guarded) as socket:
        for number in range(32):
            assert turn(socket, stream_id=f"lane-{number}", generate=False)[-1]["type"] == "response.completed"
        assert code(turn(socket, stream_id="lane-32")) == "websocket_stream_limit_reached"
        assert turn(socket, stream_id="lane-0")[-1]["type"] == "response.completed"


@pytest.mark.parametrize(
    "message",
    ['{"type": ', "[]", b'{"type":"response.create"}', '{"model":"m"}', '{"type":"response.sing"}', "?", "[" * 9999],
)
def test_a_refusal_leaves_the_connection_open(guarded: str, message: str | bytes) -> None:
    with opened(guarded) as socket:
        socket.send(message)
        code(read(socket))
        assert turn(socket)[-1]["type"] == "response.completed"


def test_a_steer_is_refused(guarded: str) -> None:
    with opened(guarded) as socket:
        socket.send(json.dumps({"type": "response.steer", "previous_response_id": "resp_1", "input": "x"}))
        assert code(read(socket)) == "response_not_found"


@pytest.mark.parametrize("reach", [True, False])
def test_faults_of_streams_can_be_kept_from_sockets(reach: bool) -> None:
    """As a run of the suite does, in which a fault is to be seen over HTTP alone."""
    settings = ServerSettings(faults=("no-text-deltas",), pace=0.0005, faults_over_sockets=reach)
    with background_server(settings) as url, opened(url) as socket:
        types = [event["type"] for event in turn(socket)]
        assert (types.count("response.output_text.delta") > 1) is not reach


def test_a_connection_that_a_fault_closes_is_closed() -> None:
    with background_server(ServerSettings(faults=("socket-closes-on-error",))) as url, opened(url) as socket:
        code(turn(socket, temperature="hot"))
        with pytest.raises(ConnectionClosed):
            socket.recv(timeout=120)
