"""Everything that real clients send is taken, on a real socket, and answered as the judge wants it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from tests.clients.conftest import KEY
from websockets.sync.client import connect

DATA = yaml.safe_load(Path(__file__).parents[1].joinpath("data", "client_requests.yaml").read_text(encoding="utf-8"))
DIALOGUES: list[dict[str, Any]] = DATA["dialogues"]
HEADERS = {"authorization": f"Bearer {KEY}"}
ENDINGS = ("response.completed", "response.failed", "response.incomplete", "error")
Json = dict[str, Any]


def filled(value: Any, said: Mapping[str, Any]) -> Any:
    """What is to be sent, with what was said in the reply before."""
    if isinstance(value, dict):
        return {key: filled(inner, said) for key, inner in value.items()}
    if isinstance(value, list):
        places = ([*said["output"]] if inner == "$output" else [filled(inner, said)] for inner in value)
        return [inner for place in places for inner in place]
    if not isinstance(value, str) or not value.startswith("$"):
        return value
    name, _, member = value[1:].partition(".")
    if not member:
        return said[name]
    if name == "conversation":
        return said[name][member]
    return next(item for item in said["output"] if item["type"] == name)[member]


def replied(reply: httpx.Response) -> Json:
    """The object that a reply is about, whether whole or streamed."""
    assert reply.status_code == 200, reply.text
    if not reply.headers["content-type"].startswith("text/event-stream"):
        return dict(reply.json())
    lines = [line[6:] for line in reply.text.splitlines() if line.startswith("data: {")]
    last: Json = json.loads(lines[-1])
    assert lines
    return dict(last.get("response", last))


def over_http(url: str, turns: list[Json]) -> Iterator[Json]:
    """The replies to the turns."""
    said: Json = {}
    with httpx.Client(headers=HEADERS, timeout=10) as http:
        for turn in turns:
            path = turn.get("path", "/responses")
            model = {} if path == "/conversations" else {"model": "antiphon-1"}
            said = replied(http.post(url + path, json={**model, **filled(turn["send"], said)}))
            yield said


def over_socket(url: str, turns: list[Json]) -> Iterator[Json]:
    """The responses of the turns, each as its last event tells it."""
    said: Json = {}
    address = url.replace("http", "ws", 1) + "/responses"
    with connect(address, additional_headers={**HEADERS, "openai-beta": "responses_websockets=2026-02-06"}) as socket:
        for turn in turns:
            asked = {"type": "response.create", "model": "antiphon-1", **filled(turn["send"], said)}
            socket.send(json.dumps(asked))
            event: Json = {}
            while event.get("type") not in ENDINGS:
                message = socket.recv(timeout=120)
                assert isinstance(message, str)
                event = json.loads(message)
                assert event.get("stream_id") == asked.get("stream_id")
            assert event["type"] == "response.completed", event
            said = event["response"]
            yield said


def check(turns: list[Json], replies: Iterator[Json]) -> None:
    for turn, said in zip(turns, replies, strict=True):
        if "makes" in turn:
            assert [item["type"] for item in said["output"]] == turn["makes"]
            assert said["id"].startswith("resp_")


@pytest.mark.parametrize("dialogue", [each for each in DIALOGUES if "over" not in each], ids=lambda each: each["name"])
def test_what_clients_send_is_taken(dialogue: Json, base_url: str) -> None:
    check(dialogue["turns"], over_http(base_url, dialogue["turns"]))


@pytest.mark.parametrize("dialogue", [each for each in DIALOGUES if "over" in each], ids=lambda each: each["name"])
def test_what_clients_send_on_a_socket_is_taken(dialogue: Json, server: str) -> None:
    check(dialogue["turns"], over_socket(server, dialogue["turns"]))


def test_every_client_is_known_by_its_version() -> None:
    assert {client for dialogue in DIALOGUES for client in dialogue["clients"]} == {*DATA["versions"]}
