"""The journal of requests: what a client sent is kept, bounded, without its secrets, on the fast path and off it."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from openai import OpenAI
from websockets.sync.client import connect

from antiphon.server import RunningServer, ServerSettings, background_server
from antiphon.server.state.journal import Journal, JournalEntry

BODY = {"model": "antiphon-1", "input": "Say hi."}
MESSAGES = [{"role": "user", "content": "Say hi."}]


@pytest.fixture(params=[True, False], ids=["fast", "plain"])
def server(request: pytest.FixtureRequest) -> Iterator[RunningServer]:
    with background_server(ServerSettings(pace=0, journal=True, fast_path=request.param)) as server:
        yield server


def root(server: RunningServer) -> str:
    parts = urlsplit(server)
    return f"{parts.scheme}://{parts.netloc}/_antiphon"


def test_what_an_sdk_sends_is_kept(server: RunningServer) -> None:
    with OpenAI(base_url=server, api_key="sk-secret-key-1234567890", max_retries=0) as client:
        made = client.responses.create(**BODY)  # type: ignore[call-overload]
        [*_, last] = client.responses.create(**BODY, stream=True)  # type: ignore[call-overload]
        read = client.responses.retrieve(made.id)
        chat = client.chat.completions.create(model="antiphon-1", messages=MESSAGES)  # type: ignore[arg-type]

    plain, streamed, got, completion = server.requests
    assert [entry.method for entry in server.requests] == ["POST", "POST", "GET", "POST"]
    assert plain.path == "/v1/responses"
    assert plain.body == BODY
    assert streamed.body == {**BODY, "stream": True}
    assert (plain.response_id, streamed.response_id, got.response_id) == (made.id, last.response.id, read.id)
    assert completion.response_id == chat.id
    assert {entry.status for entry in server.requests} == {200}
    assert plain.headers["authorization"] == "Bearer [redacted]"
    assert plain.headers["x-stainless-lang"] == "python"
    assert plain.time <= streamed.time <= got.time
    assert [entry.number for entry in server.requests] == [1, 2, 3, 4]


def test_what_was_refused_is_kept_too(server: RunningServer) -> None:
    httpx.post(f"{server}/responses", json={**BODY, "temperature": 7})
    httpx.post(f"{server}/responses?api-key=hidden&page=2", content=b"{nonsense")
    httpx.get(f"{server}/nothing")

    wrong, broken, missing = server.requests
    assert (wrong.status, wrong.response_id) == (400, None)
    assert (broken.body, broken.query) == ("{nonsense", {"api-key": "[redacted]", "page": "2"})
    assert (missing.status, missing.path, missing.body) == (404, "/v1/nothing", None)


def test_a_request_without_a_key_is_kept_and_refused() -> None:
    with background_server(journal=True, api_key="sk-1") as server:
        httpx.post(f"{server}/responses", json=BODY)
        assert (server.last_request.status, server.last_request.body) == (401, BODY)
        assert httpx.get(f"{root(server)}/requests").status_code == 401


def test_messages_over_a_socket_are_kept(server: RunningServer) -> None:
    message = {"type": "response.create", **BODY}
    with connect(server.replace("http", "ws") + "/responses") as socket:
        socket.send(json.dumps(message))
        while (event := json.loads(socket.recv()))["type"] != "response.completed":
            pass
        socket.send("nonsense")
        socket.recv()

    taken, refused = server.requests
    assert (taken.method, taken.path, taken.body) == ("WEBSOCKET", "/v1/responses", message)
    assert (taken.status, taken.response_id) == (200, event["response"]["id"])
    assert (refused.status, refused.body) == (400, "nonsense")


def test_a_test_waits_for_what_another_thread_sends(server: RunningServer) -> None:
    late = threading.Timer(0.1, httpx.post, (f"{server}/responses",), {"json": BODY})
    late.start()

    [entry] = server.wait_for(1)
    late.join()
    assert entry.body == BODY
    with pytest.raises(AssertionError, match=r"Waited 0 s for 2 requests; the server got 1:\n  1\. POST /v1/responses"):
        server.wait_for(2, timeout=0)


def test_a_request_is_there_before_its_answer() -> None:
    with background_server(journal=True, latency=30) as server:
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(f"{server}/responses", json=BODY, timeout=0.2)
        [entry] = server.wait_for(1)
        assert (entry.status, entry.body) == (None, BODY)


@pytest.mark.parametrize(
    "expected",
    [
        {"model": "antiphon-1"},
        {"model": re.compile("^antiphon"), "input": ...},
        {"headers": {"Content-Type": "application/json"}},
        {"method": "post", "path": "/responses"},
        {"path": "/v1/responses", "times": 1},
        {"metadata": {"a": "1"}},
        {"tools": [{"name": "f"}]},
    ],
)
def test_an_assertion_that_holds(server: RunningServer, expected: dict[str, Any]) -> None:
    tool = {"type": "function", "name": "f", "parameters": {}}
    httpx.post(f"{server}/responses", json={**BODY, "metadata": {"a": "1", "b": "2"}, "tools": [tool]})

    assert server.assert_requested(**expected) == server.requests


@pytest.mark.parametrize(
    ("expected", "difference"),
    [
        ({"model": "gpt"}, 'body.model: expected "gpt", got "antiphon-1"'),
        ({"input": re.compile("bye")}, 'body.input: expected /bye/, got "Say hi."'),
        ({"tools": ...}, 'body.tools: expected "…", got nothing'),
        ({"metadata": {"a": "2"}}, 'body.metadata.a: expected "2", got "1"'),
        ({"method": "GET"}, "method: expected GET, got POST"),
        ({"path": "/chat/completions"}, "path: expected /chat/completions, got /v1/responses"),
        ({"headers": {"x-a": "b"}}, 'headers.x-a: expected "b", got nothing'),
    ],
)
def test_an_assertion_that_fails_says_what_came(
    server: RunningServer, expected: dict[str, Any], difference: str
) -> None:
    httpx.post(f"{server}/responses", json={**BODY, "metadata": {"a": "1"}})

    with pytest.raises(AssertionError) as caught:
        server.assert_requested(**expected)
    heading, line, reason = str(caught.value).splitlines()
    assert heading.startswith("No ")
    assert heading.endswith("the server got 1:")
    assert line.startswith("  1. POST /v1/responses → 200 resp_")
    assert reason.strip() == difference


def test_how_often_is_asserted_too(server: RunningServer) -> None:
    server.assert_requested(times=0)
    httpx.post(f"{server}/responses", json=BODY)

    with pytest.raises(AssertionError, match="POST came 1 times, but was to come 2 times"):
        server.assert_requested("POST", times=2)
    with pytest.raises(AssertionError, match="came 1 times, but was to come 0 times"):
        server.assert_requested(input="Say hi.", times=0)


def test_the_journal_over_http(server: RunningServer) -> None:
    made = httpx.post(f"{server}/responses", json=BODY, headers={"x-api-key": "hidden"}).json()
    told = httpx.get(f"{root(server)}/requests", params={"wait": 1}).json()

    assert told["total"] == 1
    [entry] = told["data"]
    assert entry["body"] == BODY
    assert (entry["method"], entry["path"], entry["status"]) == ("POST", "/v1/responses", 200)
    assert entry["response_id"] == made["id"]
    assert entry["headers"]["x-api-key"] == "[redacted]"
    assert httpx.get(f"{root(server)}/requests", params={"wait": 2, "timeout": 0}).json()["total"] == 1
    assert httpx.delete(f"{root(server)}/requests").json()["data"] == []
    assert server.requests == []


def test_there_is_no_journal_unless_it_is_asked_for() -> None:
    with background_server() as server:
        assert httpx.get(f"{root(server)}/requests").status_code == 404
        with pytest.raises(RuntimeError, match="start it with journal=True"):
            assert server.requests


def test_memory_is_bounded() -> None:
    journal = Journal(most=3, most_bytes=100)
    for number in range(10):
        journal.add(JournalEntry("POST", f"/{number}", {}, {}, b"x" * 30))
    assert [entry.number for entry in journal.entries()] == [8, 9, 10]
    journal.add(JournalEntry("POST", "/large", {}, {}, b"x" * 80))
    assert [entry.path for entry in journal.entries()] == ["/large"]
    assert journal.total == 11


def test_the_address_is_a_text_like_any_other(server: RunningServer) -> None:
    assert server == server.url
    assert type(server.url) is str
    assert f"{server}/responses".startswith("http://127.0.0.1:")
