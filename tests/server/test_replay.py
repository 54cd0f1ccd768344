"""Replay: a recording answers in place of the API, by method, path, query and body, in its own time or another."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from openai import OpenAI

from antiphon.errors import RecordingError
from antiphon.recording.exchange import Chunk, Exchange, Request, Response
from antiphon.server import background_server
from antiphon.server.replay import route
from antiphon.server.replay.route import body_pieces
from antiphon.testing import recorded_exchanges

PLAIN = {"model": "antiphon-1", "input": "Say hi."}


def exchange(body: Any, text: str, path: str = "/responses", method: str = "POST", **more: Any) -> Exchange:
    chunks = more.pop("chunks", (Chunk(0.0, json.dumps({"said": text}).encode()),))
    headers = (("content-type", "application/json"), ("X-Recorded", text), ("content-length", "9"))
    return Exchange(text, Request(method, path, body=body, **more), Response(200, headers, chunks))


def said(reply: httpx.Response) -> str:
    assert reply.status_code == 200, reply.text
    text: str = reply.json()["said"]
    return text


@contextmanager
def command(*words: str) -> Iterator[str]:
    """The base URL of a command that serves until the context ends."""
    running = subprocess.Popen([sys.executable, "-m", "antiphon", *words], stdout=subprocess.PIPE, text=True)
    try:
        assert running.stdout is not None
        yield running.stdout.readline().split()[0]
    finally:
        running.terminate()
        running.communicate(timeout=120)


def use(url: str) -> list[Any]:
    """What a client of the official library gets, call by call."""
    tool: Any = {"type": "function", "name": "f", "parameters": {"type": "object", "properties": {}}}
    with OpenAI(base_url=url, api_key="sk-secret-0123456789abcdefghij", max_retries=0) as sdk:
        first = sdk.responses.create(**PLAIN)  # type: ignore[call-overload]
        streamed = [*sdk.responses.create(**PLAIN, stream=True)]  # type: ignore[call-overload]
        next_one = sdk.responses.create(
            model="antiphon-1", input="And now?", previous_response_id=first.id, tools=[tool], tool_choice="required"
        )
        read = [sdk.responses.retrieve(first.id), sdk.responses.input_items.list(first.id).data]
        chat = sdk.chat.completions.create(model="antiphon-1", messages=[{"role": "user", "content": "hi"}])
        gone = sdk.responses.with_raw_response.delete(first.id).status_code
        with pytest.raises(Exception, match="not found") as missing:
            sdk.responses.retrieve(first.id)
    return [first, streamed, next_one, read, chat, gone, str(missing.value)]


def test_what_the_proxy_records_is_replayed(tmp_path: Path) -> None:
    """Round trip: the official library gets the same objects from the recording as from the server."""
    file = tmp_path / "traffic.jsonl"
    report = ("--report-dir", str(tmp_path / "report"))
    with (
        background_server(pace=0) as upstream,
        command("proxy", "--upstream", upstream, "--port", "0", "--record", str(file), *report) as proxy,
    ):
        live = use(proxy)
    with command("serve", "--port", "0", "--replay", str(file), "--pace", "0") as url:
        replayed = use(url)
        unknown = httpx.post(f"{url}/responses", json={**PLAIN, "input": "Something else."})
    assert replayed == live
    assert unknown.status_code == 404
    assert "sk-secret" not in file.read_text()


@pytest.mark.parametrize("name", ["HAR", "CASSETTE"])
def test_other_formats_are_replayed(name: str, tmp_path: Path) -> None:
    path = tmp_path / "recording"
    path.write_text({"HAR": HAR, "CASSETTE": CASSETTE}[name])
    with background_server(replay=recorded_exchanges(path)) as url:
        assert httpx.post(f"{url}/responses", json={"model": "m", "input": "hi"}).json() == {"id": "resp_1"}
        assert httpx.get(f"{url}/models").json()["error"]["message"] == "The recording has no GET /models."


ENTRY = {
    "startedDateTime": "2026-11-01T00:00:00Z",
    "time": 5,
    "request": {
        "method": "POST", "url": "https://api.openai.com/v1/responses", "httpVersion": "HTTP/1.1", "headers": [],
        "queryString": [], "cookies": [], "headersSize": -1, "bodySize": -1,
        "postData": {"mimeType": "application/json", "text": '{"input": "hi", "model": "m"}'},
    },
    "response": {
        "status": 200, "statusText": "OK", "httpVersion": "HTTP/1.1", "cookies": [], "redirectURL": "",
        "headers": [{"name": "content-type", "value": "application/json"}, {"name": "content-encoding", "value": "br"}],
        "headersSize": -1, "bodySize": -1,
        "content": {"size": 15, "mimeType": "application/json", "text": '{"id":"resp_1"}'},
    },
    "cache": {}, "timings": {"send": 0, "wait": 1, "receive": 1},
}  # fmt: skip
HAR = json.dumps({"log": {"version": "1.2", "creator": {"name": "x", "version": "1"}, "entries": [ENTRY]}})
CASSETTE = """
interactions:
- request:
    method: POST
    uri: https://api.openai.com/v1/responses
    body: '{"input": "hi", "model": "m"}'
    headers: {Content-Type: [application/json]}
  response:
    status: {code: 200, message: OK}
    headers: {Content-Type: [application/json]}
    body: {string: '{"id":"resp_1"}'}
version: 1
"""


STREAM = (
    'event: response.created\ndata: {"type":"response.created","sequence_number":0,"response":{"id":"resp_1"}}\n\n'
    'event: response.completed\ndata: {"type":"response.completed","sequence_number":1,"response":{"id":"resp_1"}}\n\n'
)


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        (STREAM, STREAM),
        (f"$ curl -N http://localhost/v1/responses\n{STREAM}", STREAM),
        (
            '{"id": "resp_1", "object": "response", "output": []}',
            '{"id": "resp_1", "object": "response", "output": []}',
        ),
        (
            "> POST /v1/responses HTTP/1.1\n> accept: */*\n>\n< HTTP/1.1 200 OK\n< content-type: text/event-stream\n<\n"
            + STREAM,
            STREAM,
        ),
    ],
    ids=["stream", "shell", "body", "curl-v"],
)
def test_what_people_paste_answers_a_create(text: str, reply: str, tmp_path: Path) -> None:
    path = tmp_path / "paste.txt"
    path.write_text(text)

    with background_server(replay=recorded_exchanges(path)) as url:
        answer = httpx.post(f"{url}/responses", json={"model": "m", "input": "anything"})

    assert answer.status_code == 200
    assert answer.text.strip() == reply.strip()


def test_what_was_asked_several_times_is_answered_in_turn() -> None:
    with background_server(replay=[exchange(PLAIN, "one"), exchange(PLAIN, "two")]) as url:
        replies = [httpx.post(f"{url}/responses", json=PLAIN) for _ in range(3)]
    assert [said(reply) for reply in replies] == ["one", "two", "two"]
    assert replies[0].headers["x-recorded"] == "one"


def test_method_path_query_and_body_decide() -> None:
    recording = [
        exchange(PLAIN, "create"),
        exchange(None, "read", "/responses/resp_1", "GET"),
        exchange(None, "listed", "/v1/responses", "GET", query=(("limit", "2"), ("api-key", "[redacted]"))),
    ]
    with background_server(replay=recording) as url:
        assert said(httpx.post(f"{url}/responses", json=dict(reversed(PLAIN.items())))) == "create"
        assert said(httpx.get(f"{url}/responses/resp_1")) == "read"
        assert said(httpx.get(f"{url}/responses?api-key=secret&limit=2")) == "listed"
        assert httpx.get(f"{url}/responses?limit=2").status_code == 404
        assert httpx.put(f"{url}/responses", json=PLAIN).status_code == 404


def test_a_miss_names_the_nearest_and_near_gives_it() -> None:
    recording = [exchange({**PLAIN, "input": "Count to 9."}, "far"), exchange({**PLAIN, "seed": 1}, "near")]
    asked = {**PLAIN, "input": "Say hi!", "seed": 1}
    with background_server(replay=recording, journal=True) as server:
        refused = httpx.post(f"{server}/responses", json=asked)
        assert (server.last_request.status, server.last_request.body) == (404, asked)
    with background_server(replay=recording, near=True) as url:
        assert said(httpx.post(f"{url}/responses", json=asked)) == "near"
        assert said(httpx.post(f"{url}/responses", json={**PLAIN, "input": "Count to 10."})) == "far"
    assert refused.json()["error"]["message"] == (
        "The recording has no POST /responses with this body. The nearest is exchange 2: "
        'body.input: expected "Say hi.", got "Say hi!". With --near it would be given.'
    )


@pytest.mark.parametrize(("pace", "waits"), [(None, [10, 30]), (0.0, []), (2.0, [2])])
def test_pieces_come_in_the_time_of_the_recording_or_another(
    pace: float | None, waits: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[int] = []

    async def sleep(seconds: float) -> None:
        slept.append(round(seconds))

    async def read() -> bytes:
        response = Response(200, (), (Chunk(10, b"slow"), Chunk(30, b"ly")))
        return b"".join([piece async for piece in body_pieces(response, pace)])

    namespace = SimpleNamespace(get_running_loop=asyncio.get_running_loop, sleep=sleep)
    monkeypatch.setattr(route, "asyncio", namespace)  # servers of other tests in this process sleep as ever
    assert asyncio.run(read()) == b"slowly"
    assert slept == waits


def test_what_was_cut_is_cut_again() -> None:
    headers = (("content-type", "text/event-stream"),)
    cut = Exchange(
        "1", Request("POST", "/responses", body=PLAIN), Response(200, headers, (Chunk(0, b"data: 1"),), False)
    )
    with background_server(replay=[cut]) as url, pytest.raises(httpx.RemoteProtocolError):
        httpx.post(f"{url}/responses", json=PLAIN)


def test_a_recording_without_an_answer_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="nothing can be replayed"), background_server(replay=[]):
        pass
    path = tmp_path / "page.html"
    path.write_text("<html>")
    with pytest.raises(RecordingError):
        recorded_exchanges(path)
    words = [sys.executable, "-m", "antiphon", "serve", "--port", "0", "--replay", str(path)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=600)
    assert done.returncode == 2
    assert "is HTML or XML, not a recording" in done.stderr
    assert "Traceback" not in done.stderr
