"""The official SDK works through the proxy, in front of the reference server."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from queue import Queue
from typing import Any

import pytest

from antiphon import proxy
from antiphon.recording.exchange import Exchange
from antiphon.server import ServerSettings, background_server

openai = pytest.importorskip("openai")
KEY = "sk-antiphon-0123456789abcdef0123456789"


@pytest.fixture
def kept() -> Queue[Exchange]:
    return Queue()


@pytest.fixture
def client(kept: Queue[Exchange]) -> Iterator[Any]:
    """The SDK, whose base URL is that of a proxy."""
    stop, ready = threading.Event(), Queue[str]()
    with background_server(ServerSettings(api_key=KEY)) as url:
        arguments = (proxy.ProxySettings(url), ready.put, kept.put, stop)
        thread = threading.Thread(target=proxy.run, args=arguments, daemon=True)
        thread.start()
        with openai.OpenAI(base_url=ready.get(timeout=120), api_key=KEY, max_retries=0, timeout=10) as client:
            yield client
        stop.set()
        thread.join(10)


def test_the_sdk_creates_streams_and_retrieves(client: Any, kept: Queue[Exchange]) -> None:
    created = client.responses.create(model="antiphon-1", input="Say hi.")
    with client.responses.stream(model="antiphon-1", input="Say hi.") as stream:
        events = [event.type for event in stream]
    retrieved = client.responses.retrieve(created.id)
    exchanges = [kept.get(timeout=120) for _ in range(3)]

    assert retrieved.output_text == created.output_text
    assert (events[0], events[-1]) == ("response.created", "response.completed")
    assert [(exchange.status, exchange.failure) for exchange in exchanges] == [(200, None)] * 3
    assert [exchange.request.path for exchange in exchanges if exchange.request] == [
        "/responses",
        "/responses",
        f"/responses/{created.id}",
    ]
    assert [event["type"] for event in exchanges[1].events] == events
    assert all(KEY not in repr(exchange) for exchange in exchanges)


def test_the_sdk_sees_the_errors_of_the_upstream(client: Any, kept: Queue[Exchange]) -> None:
    with pytest.raises(openai.NotFoundError) as caught:
        client.responses.retrieve("resp_none")

    assert caught.value.body["message"]
    assert kept.get(timeout=120).status == 404


def test_many_streams_at_once_do_not_mix(client: Any, kept: Queue[Exchange]) -> None:
    def ask(number: int) -> tuple[str, str]:
        with client.responses.stream(model="antiphon-1", input=f"Say {number}.") as stream:
            done = stream.get_final_response()
        return done.id, done.output_text

    with ThreadPoolExecutor(12) as pool:
        heard = dict(pool.map(ask, range(24)))
    exchanges = [kept.get(timeout=120) for _ in range(24)]

    assert len(heard) == 24
    for exchange in exchanges:
        reply = exchange.reply
        assert {event["response"]["id"] for event in exchange.events if "response" in event} == {reply["id"]}
        assert heard[reply["id"]] == reply["output"][-1]["content"][0]["text"]
