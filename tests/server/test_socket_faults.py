"""Faults over a WebSocket: each does there what it does to a stream of HTTP, or its name is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from tests.server.server_wire import FUNCTION, MODEL, events
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from antiphon.server import RunningServer, background_server
from antiphon.server.faults import catalogue

BODIES: tuple[dict[str, Any], ...] = (
    {"input": "Say hi.", "metadata": {"a": "b"}, "temperature": 0.5, "instructions": "Be brief."},
    {"input": "Count to 9.", "max_output_tokens": 16, "top_logprobs": 2, "include": ["message.output_text.logprobs"]},
    {"input": "weather", "tools": [FUNCTION, {**FUNCTION, "name": "other"}], "tool_choice": "required"},
    {"input": "think", "reasoning": {"effort": "low", "summary": "auto"}, "include": ["reasoning.encrypted_content"]},
    {"input": "search", "tools": [{"type": "web_search"}], "tool_choice": {"type": "web_search"}},
    {"input": "run", "tools": [{"type": "code_interpreter", "container": {"type": "auto"}}], "tool_choice": "required"},
    {"input": "forbidden"},
    {"input": "hi", "model": "antiphon-1-failing"},
    {"input": "hi", "tools": [{"type": "custom", "name": "c"}], "tool_choice": "required"},
)
NEW = {"id", "item_id", "created_at", "completed_at", "call_id", "obfuscation", "encrypted_content", "container_id"}
HOOKS = ("request", "item", "response", "events", "numbered", "delivery")
HTTP_HOOKS = ("reply", "frames", "completion", "chunks", "chat_frames")


@pytest.fixture(scope="module")
def server() -> Iterator[RunningServer]:
    with background_server(pace=0, control=True) as server:
        yield server


def stable(value: Any) -> Any:
    """A value without what is new each time, but for its type."""
    if isinstance(value, dict):
        return {key: (type(inner).__name__ if key in NEW else stable(inner)) for key, inner in value.items()}
    return [stable(inner) for inner in value] if isinstance(value, list) else value


def over_http(http: httpx.Client, body: dict[str, Any], fault: str | None) -> Any:
    headers = {"x-antiphon-fault": fault} if fault else {}
    with http.stream("POST", "/responses", json={"model": MODEL, **body, "stream": True}, headers=headers) as reply:
        text = reply.read().decode()
    if reply.status_code != 200:
        return {"status": reply.status_code, "error": reply.json()["error"]}
    frames = [frame.partition("data: ")[2] for frame in text.split("\n\n")]
    return stable([json.loads(frame) for frame in frames if frame])


def over_socket(socket: ClientConnection, body: dict[str, Any]) -> Any:
    """The events of a create; what follows it tells where they end, whatever they are."""
    socket.send(json.dumps({"type": "response.create", "model": MODEL, **body}))
    socket.send(json.dumps({"type": "response.create", "generate": "no boolean"}))
    events = []
    while True:
        event = json.loads(socket.recv(timeout=20))
        if event["type"] == "error" and event.get("error", {}).get("param") == "generate":
            break
        events.append(event)
    if len(events) == 1 and events[0]["type"] == "error" and "status" in events[0]:
        return {"status": events[0]["status"], "error": events[0]["error"]}
    return stable(events)


def address(server: str) -> str:
    return server.replace("http://", "ws://") + "/responses"


@pytest.fixture(scope="module")
def http(server: RunningServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server, timeout=20) as client:
        yield client


FAULTS = {name: fault for name, fault in catalogue().items() if any(getattr(fault, hook) for hook in HOOKS)}
STREAMED = {name: fault for name, fault in FAULTS.items() if not any(getattr(fault, hook) for hook in HTTP_HOOKS)}


@pytest.mark.parametrize("name", STREAMED)
def test_a_fault_does_the_same_over_a_socket(server: RunningServer, http: httpx.Client, name: str) -> None:
    """Every fault of streams, items and responses: each create has the same events as over HTTP."""
    with connect(address(server), additional_headers={"x-antiphon-fault": name}, proxy=None) as socket:
        for body in BODIES:
            assert over_socket(socket, body) == over_http(http, body, name)


def test_a_fault_of_the_bytes_of_http_is_refused(server: RunningServer) -> None:
    """By its name, so that no test passes because nothing happened; also where it was switched on."""
    for name, fault in catalogue().items():
        if fault.reaches_sockets:
            continue
        with pytest.raises(InvalidStatus) as caught:
            connect(address(server), additional_headers={"x-antiphon-fault": name}, proxy=None)
        assert f"The fault '{name}' changes nothing of a WebSocket." in (caught.value.response.body or b"").decode()
    with server.fault("crlf"), pytest.raises(InvalidStatus):
        connect(address(server), proxy=None)


def test_no_other_fault_is_refused(server: RunningServer) -> None:
    """Switches of what is special to a WebSocket, and those of the model and of its memory."""
    for name, fault in catalogue().items():
        if fault.reaches_sockets and fault.policy and "sockets" not in fault.policy:
            with connect(address(server), additional_headers={"x-antiphon-fault": name}, proxy=None) as socket:
                socket.send("nonsense")
                assert json.loads(socket.recv(timeout=5))["type"] == "error"


def test_faults_are_switched_while_the_server_runs(server: RunningServer, http: httpx.Client) -> None:
    def total() -> int:
        used = http.post("/responses", json={"model": MODEL, "input": "Say hi."}).json()["usage"]
        wrong: int = used["total_tokens"] - used["input_tokens"] - used["output_tokens"]
        return wrong

    assert total() == 0
    with server.fault("usage-total-wrong"):
        assert total() != 0
        with connect(address(server), proxy=None) as socket:
            assert over_socket(socket, BODIES[0]) == over_http(http, BODIES[0], None)
    assert total() == 0
    with pytest.raises(ValueError, match="did you mean 'usage-total-wrong'"):
        server.set_faults("usage-total-wrng")
    assert total() == 0


def test_faults_are_switched_over_http(server: RunningServer, http: httpx.Client) -> None:
    place = server.replace("/v1", "/_antiphon/faults")
    assert http.put(place, json={"faults": ["terminal-lost"]}).json()["data"] == [{"name": "terminal-lost"}]
    assert "response.completed" not in http.post("/responses", json={"model": MODEL, "input": "x", "stream": True}).text
    assert http.put(place, json={"faults": ["termnal-lost"]}).json()["error"]["code"] == "unknown_fault"
    assert http.put(place, json={"faults": "terminal-lost"}).status_code == 400
    assert http.get(place).json()["data"] == [{"name": "terminal-lost"}]
    assert http.delete(place).json()["data"] == []
    assert "response.completed" in http.post("/responses", json={"model": MODEL, "input": "x", "stream": True}).text


@pytest.mark.parametrize("started", [True, False], ids=["from the start", "by header"])
def test_a_stream_whose_end_was_lost_is_resumed(started: bool) -> None:
    """The stored log has the end, also where the server loses that of every stream."""
    body: dict[str, Any] = {"model": MODEL, "input": "Say hi.", "stream": True, "background": True}
    body["stream_options"] = {"include_obfuscation": False}
    with (
        background_server(pace=0, fault="terminal-lost" if started else ()) as url,
        httpx.Client(base_url=url, timeout=20) as http,
    ):
        headers = {} if started else {"x-antiphon-fault": "terminal-lost"}
        first = events(http.post("/responses", json=body, headers=headers).text)
        id, last = first[0]["response"]["id"], first[-1]["sequence_number"]
        rest = events(http.get(f"/responses/{id}", params={"stream": "true", "starting_after": last}).text)
        whole = events(http.get(f"/responses/{id}", params={"stream": "true"}).text)
    assert "response.completed" not in [event["type"] for event in first]
    assert [event["type"] for event in rest] == ["response.completed"]
    assert whole[: len(first)] == first
    assert whole[len(first) :] == rest
