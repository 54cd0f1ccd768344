"""Turns over a WebSocket against servers that do what they like: an exchange comes back, never an error."""

from __future__ import annotations

import asyncio
import json
import socket as sockets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request as Head
from websockets.http11 import Response as Reply

from antiphon.contract.load import contract
from antiphon.exercise.api import Api
from antiphon.exercise.http.transport import Transport
from antiphon.exercise.limits import Limits
from antiphon.exercise.scenario import CannotContinue, CapabilityDeclined, Scenario
from antiphon.exercise.target import Target
from antiphon.recording.exchange import Exchange
from antiphon.recording.records import dump, parse

LIMITS = Limits(body=20_000, events=50, calls=20)
SHORT = {"timeout-idle": replace(LIMITS, idle=0.4), "timeout-total": replace(LIMITS, total=0.6)}
"""A time is short only where it is what ends the turn: a busy machine is to come to no other end."""
Handler = Callable[[ServerConnection], Awaitable[None]]


async def nothing(api: Api) -> None:
    """No act."""


@asynccontextmanager
async def spoken(
    handler: Handler, refusal: int | None = None, limits: Limits = LIMITS
) -> AsyncIterator[tuple[Api, list[Exchange]]]:
    """An api for a server that answers each connection with `handler`, and the exchanges that are recorded."""

    def refuse(connection: ServerConnection, _: Head) -> Reply | None:
        return connection.respond(refusal, "no\n") if refusal else None

    async with serve(handler, "127.0.0.1", 0, process_request=refuse) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        async with speaking(port, limits) as pair:
            yield pair


@asynccontextmanager
async def speaking(port: int, limits: Limits = LIMITS) -> AsyncIterator[tuple[Api, list[Exchange]]]:
    target = Target(f"http://127.0.0.1:{port}/v1", own_key="sk-a-secret-of-the-test")
    kept: list[Exchange] = []

    def keep(exchange: Exchange) -> Exchange:
        kept.append(exchange)
        return exchange

    scenario = Scenario("spoken", nothing, frozenset({"websocket"}))
    async with Transport(target.base_url, limits=limits, headers=target.request_headers()) as transport:
        yield Api(transport, target, contract(), scenario, keep), kept


def event(kind: str, id: str = "resp_1", **more: Any) -> str:
    status = kind.partition(".")[2]
    return json.dumps({"type": kind, "response": {"id": id, "status": status}, **more})


async def created(handler: Handler, limits: Limits = LIMITS) -> tuple[Exchange, Exchange]:
    """The opening and the one turn of a connection with a server."""
    async with spoken(handler, limits=limits) as (api, kept):
        async with api.socket() as socket:
            await socket.create(input="hi")
        opening, turn = kept
    assert opening.status == 101
    assert dump(parse(dump(turn), "line 1")) == dump(turn)
    return opening, turn


def acting(*messages: str | bytes, then: float = 0.0) -> Handler:
    async def act(connection: ServerConnection) -> None:
        async for _ in connection:
            for message in messages:
                await connection.send(message)
            if then:
                await asyncio.sleep(then)
                return

    return act


def test_a_turn_is_an_exchange_with_one_chunk_for_each_message() -> None:
    _, turn = asyncio.run(created(acting(event("response.created"), event("response.completed"))))
    assert turn.request is not None
    assert (turn.request.method, turn.request.path) == ("WS", "/responses")
    assert turn.sent == {"type": "response.create", "input": "hi"}
    assert [each["type"] for each in turn.events] == ["response.created", "response.completed"]
    assert turn.reply["id"] == "resp_1"
    assert turn.response is not None
    assert turn.response.complete
    assert turn.is_socket
    assert not turn.is_stream


def test_binary_messages_are_noted() -> None:
    messages = event("response.created"), event("response.completed").encode()
    _, turn = asyncio.run(created(acting(*messages)))
    assert turn.notes == {"binary-message-1"}
    assert len(turn.events) == 2


@pytest.mark.parametrize(
    ("messages", "kind"),
    [
        ((), "timeout-idle"),
        (("no json", "[]"), "timeout-idle"),
        ((event("response.created"),), "timeout-idle"),
        ((event("response.created"), "x" * 30_000), "too-large"),
        (["x" * 9_000] * 3, "too-large"),
        (["x"] * 60, "too-many-events"),
    ],
)
def test_a_turn_without_an_end_is_bounded(messages: tuple[str, ...], kind: str) -> None:
    _, turn = asyncio.run(created(acting(*messages), SHORT.get(kind, LIMITS)))
    assert turn.failure is not None
    assert turn.failure.kind == kind
    assert turn.response is None or not turn.response.complete


def test_a_connection_that_the_server_closes_is_told() -> None:
    _, turn = asyncio.run(created(acting(event("response.created"), then=0.01)))
    assert turn.failure is not None
    assert turn.failure.kind == "protocol"
    assert "closed" in turn.failure.message


@pytest.mark.parametrize("status", [404, 405, 426])
def test_a_server_without_sockets_declines(status: int) -> None:
    async def run() -> list[Exchange]:
        async with spoken(acting(), refusal=status) as (api, kept):
            with pytest.raises(CapabilityDeclined) as declined:
                async with api.socket():
                    pass
            assert declined.value.capability == "websocket"
        return kept

    (opening,) = asyncio.run(run())
    assert opening.status == status
    assert opening.content == b"no\n"


def test_an_old_server_without_sockets_declines_as_well() -> None:
    """WebSocket wants HTTP/1.1, and a server of HTTP/1.0 cannot say in it that it has no such route."""

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.0 404 Not Found\r\nContent-Length: 2\r\n\r\nno")
        await writer.drain()
        writer.close()

    async def run() -> Exchange:
        server = await asyncio.start_server(refuse, "127.0.0.1", 0)
        async with server, speaking(server.sockets[0].getsockname()[1]) as (api, kept):
            with pytest.raises(CapabilityDeclined):
                async with api.socket():
                    pass
        return kept[0]

    opening = asyncio.run(run())
    assert (opening.status, opening.failure) == (404, None)


def test_a_server_that_fails_is_not_open() -> None:
    async def run() -> list[Exchange]:
        async with spoken(acting(), refusal=500) as (api, kept), api.socket() as socket:
            assert not socket.is_open
            answer = await socket.create(input="hi")
            with pytest.raises(CannotContinue, match="never opened, so the message was not sent"):
                _ = answer.id
        return kept

    opening, turn = asyncio.run(run())
    assert opening.status == 500
    assert turn.response is None


def test_no_server_is_a_failure() -> None:
    with sockets.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    async def run() -> list[Exchange]:
        async with speaking(port) as (api, kept), api.socket() as socket:
            assert not socket.is_open
        return kept

    (opening,) = asyncio.run(run())
    assert opening.failure is not None
    assert opening.failure.kind == "connect"


def test_bytes_that_are_no_http_are_a_failure() -> None:
    async def garbage(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"\x00\x01 what?\r\n\r\n")
        writer.close()

    async def run() -> Exchange:
        server = await asyncio.start_server(garbage, "127.0.0.1", 0)
        async with server, speaking(server.sockets[0].getsockname()[1]) as (api, kept), api.socket():
            pass
        return kept[0]

    opening = asyncio.run(run())
    assert opening.failure is not None
    assert opening.failure.kind == "protocol"


def test_messages_of_lanes_go_to_their_turns() -> None:
    async def act(connection: ServerConnection) -> None:
        lanes = [json.loads(await connection.recv()).get("stream_id") for _ in range(2)]
        for kind in ("response.created", "response.completed"):
            for lane in lanes:
                await connection.send(event(kind, f"resp_{lane}", stream_id=lane))
        await connection.wait_closed()

    async def run() -> list[Exchange]:
        async with spoken(act) as (api, kept), api.socket() as socket:
            turns = [await socket.send({"type": "response.create", "stream_id": lane}) for lane in "ab"]
            assert [(await turn.answer()).id for turn in turns] == ["resp_a", "resp_b"]
        return kept

    kept = asyncio.run(run())
    assert [len(each.events) for each in kept] == [0, 2, 2]


def test_a_stale_refusal_does_not_hide_the_response_after_it() -> None:
    refusal = json.dumps({"type": "error", "status": 400, "error": {}})
    _, turn = asyncio.run(created(acting(refusal, event("response.created"), event("response.completed"))))
    assert [each["type"] for each in turn.events] == ["error", "response.created", "response.completed"]
    assert turn.failure is None


def test_calls_are_counted() -> None:
    async def run() -> Exchange:
        async with spoken(acting(event("response.completed"))) as (api, kept), api.socket() as socket:
            for _ in range(LIMITS.calls):
                await socket.create(input="hi")
        return kept[-1]

    last = asyncio.run(run())
    assert last.failure is not None
    assert last.failure.kind == "budget"
