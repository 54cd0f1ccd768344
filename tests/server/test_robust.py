"""Clients that are broken, slow, greedy, or gone: each gets the right status or is closed, and nothing of it stays."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import os
import socket
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send
from websockets.sync.client import connect

from antiphon.server import ServerSettings
from antiphon.server.app import runtime
from antiphon.server.fast.application import FastApplication
from antiphon.server.http.request_body import DEEPEST, LARGEST_BODY

PATIENCE = 0.8
CHURN = int(os.environ.get("ANTIPHON_CHURN", "1500"))
LONG = json.dumps({"model": "antiphon-1", "input": "Count to 1000.", "stream": True}).encode()
OPEN_FILES = Path("/proc/self/fd")


class Watched:
    """A server in this process, whose tasks can be counted."""

    def __init__(self, url: str, loops: list[asyncio.AbstractEventLoop]) -> None:
        self.url, self._loops = url, loops
        parts = urlsplit(url)
        self.address = (parts.hostname or "", parts.port or 0)
        self.path = parts.path + "/responses"
        assert httpx.get(url + "/models").is_success
        time.sleep(0.2)
        self.idle = self.tasks

    def works(self) -> None:
        """A plain create is answered."""
        body = {"model": "antiphon-1", "input": "Say hi."}
        assert httpx.post(self.url + "/responses", json=body, timeout=10).json()["status"] == "completed"

    @property
    def tasks(self) -> int:
        return len(asyncio.all_tasks(self._loops[0]))

    def begins(self) -> bool:
        """Whether something is being done, after ten seconds at most."""
        return self._comes(lambda: self.tasks > self.idle)

    def settles(self) -> bool:
        """Whether nothing is being done any more, after ten seconds at most."""
        return self._comes(lambda: self.tasks <= self.idle)

    def _comes(self, holds: Callable[[], bool]) -> bool:
        end = time.monotonic() + 10
        while not holds() and time.monotonic() < end:
            time.sleep(0.01)
        return holds()

    def head(self, length: int | str, more: str = "") -> bytes:
        """The head of a create."""
        return (
            f"POST {self.path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
            f"content-length: {length}\r\n{more}\r\n"
        ).encode()

    def say(self, *pieces: bytes) -> bytes:
        """All that comes back for some bytes until the server closes, or has said nothing for half a minute."""
        heard = b""
        with socket.create_connection(self.address, timeout=120) as peer, contextlib.suppress(ConnectionError):
            for piece in pieces:
                peer.sendall(piece)
            while piece := peer.recv(65536):
                heard += piece
        return heard


@pytest.fixture(scope="module")
def server() -> Iterator[Watched]:
    loops: list[asyncio.AbstractEventLoop] = []

    def noting(application: type[Starlette]) -> Callable[[Starlette, Scope, Receive, Send], Awaitable[None]]:
        answer = application.__call__

        async def noted(self: Starlette, scope: Scope, receive: Receive, send: Send) -> None:
            loops[:] = [asyncio.get_running_loop()]
            await answer(self, scope, receive, send)

        return noted

    with pytest.MonkeyPatch.context() as patch:
        for application in (Starlette, FastApplication):  # with the fast path, and without it
            patch.setattr(application, "__call__", noting(application))
        with runtime.background_server(ServerSettings(patience=PATIENCE, pace=0.001)) as url:
            yield Watched(url, loops)


MALFORMED = {
    "no HTTP": b"hello\r\n\r\n",
    "zeros": b"\x00" * 64,
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(64)),
    "an odd method": b"FLY /v1/responses HTTP/1.1\r\nhost: x\r\n\r\n",
    "an odd version": b"GET /v1/models HTTP/9.9\r\nhost: x\r\n\r\n",
    "a broken header": b"GET /v1/models HTTP/1.1\r\nho st\r\n\r\n",
    "two lengths": b"POST /v1/responses HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nx",
    "a negative length": b"POST /v1/responses HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n",
    "a broken chunk": b"POST /v1/responses HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
}


@pytest.mark.parametrize("sent", MALFORMED.values(), ids=[*MALFORMED])
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_what_is_not_http_is_refused(server: Watched, sent: bytes) -> None:
    heard = server.say(sent)

    assert heard == b"" or heard.split(b" ")[1][:1] == b"4"
    server.works()


BODIES = {
    "nothing": b"",
    "half a value": b'{"model": ',
    "no object": b"[1, 2]",
    "no UTF-8": b'{"model": "\xff\xfe"}',
    "UTF-16": '{"model": "antiphon-1"}'.encode("utf-16"),
    "no JSON number": b'{"model": "antiphon-1", "input": "x", "temperature": NaN}',
    "half a surrogate pair": b'{"model": "\\ud800", "input": "x"}',
    "a number without end": b'{"model": "antiphon-1", "input": "x", "max_output_tokens": ' + b"9" * 5000 + b"}",
    "a large exponent": b'{"model": "antiphon-1", "input": "x", "temperature": 1e999}',
    "deep nesting": b'{"input": ' + b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1) + b"}",
    "deeper nesting": b'{"input": ' + b'{"a":' * 100_000 + b"1" + b"}" * 100_001,
}


@pytest.mark.parametrize("body", BODIES.values(), ids=[*BODIES])
def test_a_body_that_cannot_be_read_is_refused(server: Watched, body: bytes) -> None:
    reply = httpx.post(server.url + "/responses", content=body, headers={"content-type": "application/json"})

    assert reply.status_code == 400
    assert reply.json()["error"].keys() == {"message", "type", "param", "code"}


def test_a_huge_body_is_refused(server: Watched) -> None:
    body = b'{"input": "' + b"x" * LARGEST_BODY + b'"}'
    reply = httpx.post(server.url + "/responses", content=body, timeout=20)

    assert reply.status_code == 413
    assert reply.json()["error"]["code"] == "request_too_large"


def test_a_head_without_end_is_refused(server: Watched) -> None:
    heard = server.say(f"GET {server.path} HTTP/1.1\r\n".encode(), *[b"x-more: %s\r\n" % (b"y" * 1000)] * 100)

    assert heard == b"" or heard.startswith(b"HTTP/1.1 4")


@pytest.mark.parametrize("length", [0, 1, 30, -1], ids=["nothing", "a letter", "half a head", "half a body"])
def test_a_slow_client_is_not_waited_for(server: Watched, length: int) -> None:
    heard = server.say(server.head(100)[:length] if length >= 0 else server.head(100) + b'{"model": ')

    assert heard == b"" if length == 0 else heard.startswith(b"HTTP/1.1 408")
    assert server.settles()


def test_a_client_that_reads_nothing_is_not_waited_for(server: Watched) -> None:
    tool = {"type": "function", "name": "long", "description": " " * 24_000_000, "parameters": None}
    body = json.dumps({"model": "antiphon-1", "input": "Hi.", "tools": [tool]}).encode()
    with socket.socket() as peer:
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        peer.settimeout(20)
        peer.connect(server.address)
        peer.sendall(server.head(len(body), "connection: close\r\n") + body)
        assert server.begins()
        assert server.settles()
        time.sleep(2 * PATIENCE)
        heard = 0
        with contextlib.suppress(ConnectionError):
            while piece := peer.recv(1 << 20):
                heard += len(piece)

    assert heard < len(body)


def test_a_client_that_leaves_ends_its_stream(server: Watched) -> None:
    for _ in range(20):
        with socket.create_connection(server.address, timeout=120) as peer:
            peer.sendall(server.head(len(LONG)) + LONG)
            assert peer.recv(100).startswith(b"HTTP/1.1 200")

    assert server.settles()


def test_a_socket_that_leaves_ends_its_turns(server: Watched) -> None:
    for _ in range(5):
        with connect(server.url.replace("http", "ws", 1) + "/responses") as peer:
            for lane in "abc":
                peer.send(json.dumps({"type": "response.create", "stream_id": lane, **json.loads(LONG)}))
            peer.recv(timeout=120)

    assert server.settles()


def test_a_stream_goes_out_event_by_event(server: Watched) -> None:
    sizes = []
    with httpx.stream("POST", server.url + "/responses", content=LONG) as reply:
        sizes = [piece.count(b"\ndata: ") for piece in reply.iter_raw()]

    assert len(sizes) > 50
    assert sum(sizes) > 200


def test_requests_that_come_together_are_answered_in_turn(server: Watched) -> None:
    body = json.dumps({"model": "antiphon-1", "input": "Say hi."}).encode()
    heard = server.say((server.head(len(body)) + body) * 3, server.head(len(body), "connection: close\r\n") + body)

    assert heard.count(b"HTTP/1.1 200") == 4


def _visit(server: Watched, number: int) -> None:
    """One of some ways in which a client comes and goes."""
    whole = server.head(len(LONG)) + LONG
    manners = (b"", whole[:40], whole, whole[:-9], b"\x00\xff nonsense\r\n\r\n", whole + whole)
    with socket.create_connection(server.address, timeout=120) as peer, contextlib.suppress(ConnectionError):
        peer.sendall(manners[number % len(manners)])
        if number % 4 == 0 and number % len(manners):
            peer.recv(200)


def _held() -> tuple[int, int]:
    """Open files, and megabytes."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return len([*OPEN_FILES.iterdir()]), pages * os.sysconf("SC_PAGE_SIZE") >> 20


@pytest.mark.skipif(not OPEN_FILES.is_dir(), reason="this platform does not tell what a process holds")
def test_nothing_stays_of_those_who_came_and_went(server: Watched) -> None:
    for number in range(CHURN // 5):
        _visit(server, number)
    assert server.settles()
    files, megabytes = _held()
    for number in range(CHURN):
        _visit(server, number)

    assert server.settles()
    server.works()
    assert _held()[0] <= files + 2
    assert _held()[1] < megabytes + 30


def test_only_this_machine_is_listened_to_unless_told_otherwise() -> None:
    listener = runtime._listen(ServerSettings())
    try:
        assert listener.getsockname()[0] == "127.0.0.1"
    finally:
        listener.close()
