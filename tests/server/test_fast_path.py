"""The short way for plain creates: its replies are those of the long way, in turn, and nothing of it stays."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator, Mapping
from typing import Any, cast

import httpx
import pytest
from tests.server.socket_wire import asked, connected, heard

from antiphon.server import ServerSettings, background_server
from antiphon.server.fast.application import FastApplication
from antiphon.server.fast.connection import FastProtocol
from antiphon.server.fast.stream_renderer import StreamRenderer
from antiphon.server.http.protocol import WriteBuffer

PATIENCE = 0.6
PLAIN = {"content-type": "application/json"}
ROUND = {"content-type": "application/json; charset=utf-8"}
"""Is as good, and leads along the long way."""
MADE = ("id", "item_id", "created_at", "completed_at", "x-request-id", "openai-processing-ms", "date", "created")


@pytest.fixture(scope="module", params=[True, False], ids=["fast", "plain"])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    with background_server(ServerSettings(patience=PATIENCE, pace=0.001, fast_path=request.param)) as url:
        yield url


def stable(value: object) -> object:
    """A value without what differs from request to request."""
    if isinstance(value, Mapping):
        return {key: stable(inner) for key, inner in value.items() if key not in MADE}
    return [*map(stable, value)] if isinstance(value, list) else value


ASKED: dict[str, tuple[str, Any]] = {
    "a create": ("/responses", {"model": "antiphon-1", "input": "Say hi."}),
    "a chat": ("/chat/completions", {"model": "antiphon-1", "messages": [{"role": "user", "content": "Hi."}]}),
    "a refusal": ("/responses", {"model": "antiphon-1", "input": "Hi.", "temperature": 7}),
    "a wait": ("/responses", {"model": "antiphon-1-slow", "input": "Hi."}),
    "an overload": ("/responses", {"model": "antiphon-1-overloaded", "input": "Hi."}),
    "no object": ("/responses", [1]),
    "half a surrogate pair": ("/responses", {"model": "antiphon-1", "input": "\ud800"}),
}


@pytest.mark.parametrize(("path", "body"), ASKED.values(), ids=[*ASKED])
def test_both_ways_lead_to_the_same_reply(url: str, path: str, body: object) -> None:
    data = json.dumps(body).encode()
    swift, slow = (httpx.post(url + path, content=data, headers=each, timeout=10) for each in (PLAIN, ROUND))

    assert swift.status_code == slow.status_code
    assert stable(swift.headers) == stable(slow.headers)
    assert stable(swift.json()) == stable(slow.json())


def test_a_stream_takes_both_ways(url: str) -> None:
    body = json.dumps({"model": "antiphon-1", "input": "Say hi.", "stream": True}).encode()
    swift, slow = (httpx.post(url + "/responses", content=body, headers=each) for each in (PLAIN, ROUND))
    kinds = [[line for line in reply.text.splitlines() if line.startswith("event: ")] for reply in (swift, slow)]

    assert swift.headers["content-type"] == slow.headers["content-type"]
    assert kinds[0] == kinds[1]
    assert kinds[0][-1] == "event: response.completed"


def test_a_stream_that_waits_for_nothing_is_the_same(url: str) -> None:
    body = json.dumps({"model": "antiphon-1", "input": "Say hi.", "stream": True}).encode()
    with background_server(ServerSettings(pace=0)) as hasty:
        replies = [httpx.post(each + "/responses", content=body, headers=PLAIN) for each in (hasty, url)]
    quick, paced = (
        [json.loads(line[6:]) for line in reply.text.splitlines() if line[:6] == "data: "] for reply in replies
    )

    assert replies[0].headers["transfer-encoding"] == "chunked"
    assert [event["sequence_number"] for event in quick] == [*range(len(quick))]
    assert stable(quick) == stable(paced)


def test_a_stream_that_waits_for_nothing_leaves_its_conversation_free() -> None:
    with background_server(ServerSettings(pace=0)) as hasty, httpx.Client(base_url=hasty) as http:
        conversation = http.post("/conversations", json={}).json()["id"]
        body = {"model": "antiphon-1", "input": "Hi.", "stream": True, "conversation": conversation}
        statuses = [http.post("/responses", json=body).status_code for _ in range(2)]
        kept = http.get(f"/conversations/{conversation}/items").json()["data"]

    assert statuses == [200, 200]
    assert len(kept) == 4


def test_replies_come_in_turn_though_the_first_has_to_wait(url: str) -> None:
    with connected(url) as peer:
        last = asked(url, "third", more="connection: close\r\n")
        peer.sendall(asked(url, "first", model="antiphon-1-slow") + asked(url, "second") + last)
        said = heard(peer)

    assert said.count(b"HTTP/1.1 200") == 3
    assert said.index(b'"first"') < said.index(b'"second"') < said.index(b'"third"')


def test_a_body_may_come_letter_by_letter(url: str) -> None:
    with connected(url) as peer:
        for letter in asked(url, "late", more="connection: keep-alive\r\n"):
            peer.sendall(bytes([letter]))
        assert b'"late"' in peer.recv(65536)
        peer.sendall(asked(url, "again", more="connection: close\r\n"))
        assert b'"again"' in heard(peer)


def test_a_client_that_goes_on_asking_is_not_given_up(url: str) -> None:
    ends = time.monotonic() + 3 * PATIENCE
    with connected(url) as peer:
        while time.monotonic() < ends:
            peer.sendall(asked(url, "more"))
            assert b'"more"' in peer.recv(65536)
            time.sleep(PATIENCE / 8)


def test_a_client_that_asks_no_more_is_closed(url: str) -> None:
    with connected(url) as peer:
        peer.sendall(asked(url, "last"))
        said = heard(peer)

    assert said.count(b"HTTP/1.1") == 1


def test_half_a_request_after_a_whole_one_is_refused(url: str) -> None:
    with connected(url) as peer:
        peer.sendall(asked(url, "whole"))
        assert b'"whole"' in peer.recv(65536)
        peer.sendall(asked(url, "half")[:40])
        said = heard(peer)

    assert said.startswith(b"HTTP/1.1 408")


SHORT_WAYS = (
    (FastApplication, "__call__"),
    (FastProtocol, "_go"),
    (StreamRenderer, "response"),
    (StreamRenderer, "completion"),
)


@pytest.mark.parametrize("fast_path", [True, False])
def test_one_switch_turns_all_of_it_off(fast_path: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: set[str] = set()

    def note(kind: type, name: str) -> None:
        original = getattr(kind, name)

        def noted(*arguments: Any, **named: Any) -> Any:
            taken.add(f"{kind.__name__}.{name}")
            return original(*arguments, **named)

        monkeypatch.setattr(kind, name, noted)

    for kind, name in SHORT_WAYS:
        note(kind, name)
    with background_server(ServerSettings(pace=0, fast_path=fast_path)) as url:
        for path, body in (ASKED["a create"], ASKED["a chat"]):
            for stream in (False, True):
                assert httpx.post(url + path, json={**body, "stream": stream}).status_code == 200
        httpx.get(url + "/models")

    assert taken == ({f"{kind.__name__}.{name}" for kind, name in SHORT_WAYS} if fast_path else set())


def test_the_environment_has_the_switch_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTIPHON_FAST_PATH", "0")
    assert not ServerSettings().fast_path
    monkeypatch.setenv("ANTIPHON_FAST_PATH", "1")
    assert ServerSettings().fast_path


class Closed:
    """A transport whose connection is gone, without that it says so."""

    def is_closing(self) -> bool:
        return False

    def write(self, data: bytes) -> None:
        raise RuntimeError("the handler is closed")


def test_what_is_held_back_is_not_written_to_a_connection_that_is_gone() -> None:
    complaints: list[object] = []

    async def writes() -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, told: complaints.append(told))
        joined = WriteBuffer(cast(asyncio.Transport, Closed()), loop)
        joined.write(b"held")
        joined.drop()
        joined.write(b"late")
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    asyncio.run(writes())
    assert complaints == []
