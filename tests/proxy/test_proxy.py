"""What the proxy passes on, and what it keeps."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Queue

import pytest
from tests.exercise.hostile import EVENT, STREAM_HEAD, Misbehaviour, Reader, Writer, chunk, serving

from antiphon import proxy
from antiphon.errors import ConfigError
from antiphon.exercise.limits import Limits
from antiphon.recording.exchange import Exchange

KEY = "sk-antiphon-0123456789abcdef0123456789"
LIMITS = Limits(concurrency=50)


@contextmanager
def upstream(handle: Misbehaviour) -> Iterator[str]:
    """The base URL of a raw server in a thread; `handle` serves one connection."""
    ready: Queue[str] = Queue()
    stop = threading.Event()

    async def main() -> None:
        async with serving(handle) as address:
            ready.put(f"http://{address}/v1")
            while not stop.is_set():
                await asyncio.sleep(0.02)

    thread = threading.Thread(target=lambda: asyncio.run(main()), daemon=True)
    thread.start()
    try:
        yield ready.get(timeout=120)
    finally:
        stop.set()
        thread.join(5)


@contextmanager
def proxied(address: str, kept: Queue[Exchange], limits: Limits = LIMITS) -> Iterator[http.client.HTTPConnection]:
    """A connection to a proxy in front of `address`; what it keeps goes to `kept`."""
    stop, ready = threading.Event(), Queue[str]()
    settings = proxy.ProxySettings(address, limits=limits)
    thread = threading.Thread(target=proxy.run, args=(settings, ready.put, kept.put, stop), daemon=True)
    thread.start()
    url = ready.get(timeout=120)
    connection = http.client.HTTPConnection(url.split("/")[2], timeout=120)
    try:
        yield connection
    finally:
        connection.close()
        stop.set()
        thread.join(10)
        assert not thread.is_alive()


async def read_request(reader: Reader) -> tuple[str, bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    length = next((line.split(":")[1] for line in head.split("\r\n") if line.lower().startswith("content-length")), "0")
    return head, await reader.readexactly(int(length))


def test_a_request_and_its_reply_are_passed_through_and_kept_without_the_key() -> None:
    seen: list[tuple[str, bytes]] = []

    async def serve(reader: Reader, writer: Writer) -> None:
        seen.append(await read_request(reader))
        body = json.dumps({"ok": True, "key": KEY}).encode()
        writer.write(b"HTTP/1.1 201 Created\r\nX-Request-Id: req_1\r\nX-Hop: 1\r\nConnection: close, x-hop\r\n")
        writer.write(b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))

    kept: Queue[Exchange] = Queue()
    sent = b'{"model": "m",  "input": "\\u00fc"}'
    with upstream(serve) as url, proxied(url, kept) as connection:
        headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json", "Keep-Alive": "5"}
        connection.request("POST", "/v1/responses?include%5B%5D=a&x=", sent, headers)
        reply = connection.getresponse()
        body = json.loads(reply.read())
        exchange = kept.get(timeout=120)

    [(head, received)] = seen
    assert head.startswith("POST /v1/responses?include%5B%5D=a&x= HTTP/1.1\r\n")
    assert f"Authorization: Bearer {KEY}".lower() in head.lower()
    assert "keep-alive" not in head.lower()
    assert received == sent
    assert (reply.status, reply.headers["x-request-id"], reply.headers["x-hop"]) == (201, "req_1", None)
    assert body == {"ok": True, "key": KEY}
    assert exchange.request is not None
    assert (exchange.request.path, exchange.request.query) == ("/responses", (("include[]", "a"), ("x", "")))
    assert exchange.sent == {"model": "m", "input": "ü"}
    assert exchange.request.content is None
    assert exchange.body["ok"] is True
    assert exchange.response is not None
    assert exchange.response.complete
    assert KEY not in repr(exchange)


@pytest.mark.parametrize("path", ["/responses", "/v1/responses"])
def test_a_client_may_leave_out_the_path_of_the_upstream(path: str) -> None:
    async def serve(reader: Reader, writer: Writer) -> None:
        head, _ = await read_request(reader)
        body = head.split()[1].encode()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))

    kept: Queue[Exchange] = Queue()
    with upstream(serve) as url, proxied(url, kept) as connection:
        connection.request("GET", path)

        assert connection.getresponse().read() == b"/v1/responses"


def test_events_reach_the_client_before_the_upstream_ends() -> None:
    go_on = threading.Event()

    async def serve(reader: Reader, writer: Writer) -> None:
        await read_request(reader)
        writer.write(STREAM_HEAD + chunk(EVENT))
        await asyncio.to_thread(go_on.wait, 5)
        writer.write(chunk(EVENT) + chunk(b""))
        await writer.drain()

    kept: Queue[Exchange] = Queue()
    with upstream(serve) as url, proxied(url, kept) as connection:
        connection.request("POST", "/v1/responses", b'{"stream": true}')
        reply = connection.getresponse()
        first = reply.read1(10_000)
        was_open = not go_on.is_set() and kept.empty()
        go_on.set()
        rest = reply.read()
        exchange = kept.get(timeout=120)

    assert first == rest == EVENT
    assert was_open
    assert [frame.event for frame in exchange.frames] == ["tick", "tick"]
    assert exchange.failure is None


def test_a_client_that_hangs_up_ends_the_upstream_too() -> None:
    ended = threading.Event()

    async def serve(reader: Reader, writer: Writer) -> None:
        await read_request(reader)
        writer.write(STREAM_HEAD + chunk(EVENT))
        assert await reader.read() == b""
        ended.set()

    kept: Queue[Exchange] = Queue()
    with upstream(serve) as url, proxied(url, kept) as connection:
        connection.request("POST", "/v1/responses", b'{"stream": true}')
        reply = connection.getresponse()
        reply.read1(10_000)
        reply.close()
        connection.close()

        assert ended.wait(3)
        exchange = kept.get(timeout=120)

    assert "hung-up" in exchange.notes
    assert exchange.failure is None
    assert exchange.content == EVENT
    assert exchange.response is not None
    assert not exchange.response.complete


def test_a_client_that_hangs_up_before_the_reply_is_kept_as_that() -> None:
    async def serve(reader: Reader, writer: Writer) -> None:
        await reader.read()
        await reader.read()

    kept: Queue[Exchange] = Queue()
    with upstream(serve) as url, proxied(url, kept) as connection:
        connection.request("POST", "/v1/responses", b"{}")
        time.sleep(0.2)
        connection.close()
        exchange = kept.get(timeout=120)

    assert exchange.failure is not None
    assert exchange.failure.kind == "closed"


def test_an_upstream_that_is_not_there_is_a_502_in_the_envelope_of_errors() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    kept: Queue[Exchange] = Queue()
    with proxied(f"http://127.0.0.1:{port}/v1", kept) as connection:
        connection.request("GET", "/v1/models")
        reply = connection.getresponse()
        error = json.loads(reply.read())["error"]
        exchange = kept.get(timeout=120)

    assert reply.status == 502
    assert (error["type"], error["code"], error["param"]) == ("proxy_error", "connect", None)
    assert "refuses the connection" in error["message"]
    assert exchange.response is None
    assert exchange.failure is not None
    assert exchange.failure.kind == "connect"


def test_a_reply_that_is_cut_is_cut_for_the_client() -> None:
    async def serve(reader: Reader, writer: Writer) -> None:
        await read_request(reader)
        writer.write(STREAM_HEAD + chunk(EVENT))
        await writer.drain()

    kept: Queue[Exchange] = Queue()
    with upstream(serve) as url, proxied(url, kept) as connection:
        connection.request("POST", "/v1/responses", b"{}")
        with pytest.raises(http.client.IncompleteRead) as cut:
            connection.getresponse().read()
        exchange = kept.get(timeout=120)

    assert cut.value.partial == EVENT
    assert exchange.failure is not None
    assert exchange.failure.kind == "protocol"


def test_what_is_kept_is_bounded_and_the_reply_goes_on() -> None:
    body = b"x" * 3_000_000

    async def serve(reader: Reader, writer: Writer) -> None:
        await read_request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        await writer.drain()

    kept: Queue[Exchange] = Queue()
    with upstream(serve) as url, proxied(url, kept, Limits(body=100_000)) as connection:
        connection.request("GET", "/v1/files/f/content")

        assert connection.getresponse().read() == body
        exchange = kept.get(timeout=120)

    assert len(exchange.content) == 100_000
    assert exchange.failure is not None
    assert exchange.failure.kind == "too-large"


def test_a_coding_that_cannot_be_read_is_passed_on() -> None:
    async def serve(reader: Reader, writer: Writer) -> None:
        head, _ = await read_request(reader)
        assert "accept-encoding: identity" in head.lower()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 5\r\n\r\n\x0b\x01\x80{\x03")

    kept: Queue[Exchange] = Queue()
    with upstream(serve) as url, proxied(url, kept) as connection:
        connection.request("GET", "/v1/models", headers={"Accept-Encoding": "br"})

        assert connection.getresponse().read() == b"\x0b\x01\x80{\x03"
        exchange = kept.get(timeout=120)

    assert exchange.failure is not None
    assert exchange.failure.kind == "decoding"


def test_a_request_that_is_too_large_is_refused() -> None:
    kept: Queue[Exchange] = Queue()
    with proxied("http://127.0.0.1:1/v1", kept, Limits(body=1000)) as connection:
        connection.request("POST", "/v1/responses", b"x" * 1001)
        reply = connection.getresponse()

        assert reply.status == 413
        assert "1,000 bytes" in json.loads(reply.read())["error"]["message"]
    assert kept.empty()


def test_what_is_under_way_at_the_end_is_kept() -> None:
    async def serve(reader: Reader, writer: Writer) -> None:
        await read_request(reader)
        writer.write(STREAM_HEAD + chunk(EVENT))
        await reader.read()

    kept: Queue[Exchange] = Queue()
    with upstream(serve) as url, proxied(url, kept) as connection:
        connection.request("POST", "/v1/responses", b"{}")
        reply = connection.getresponse()
        reply.read1(10_000)
        open_socket = reply.fp
        assert kept.empty()
    exchange = kept.get(timeout=120)
    open_socket.close()

    assert exchange.content == EVENT
    assert "hung-up" in exchange.notes


def test_an_error_of_the_one_who_watches_ends_the_proxy() -> None:
    raised: list[BaseException] = []
    ready: Queue[str] = Queue()

    def fail(_: Exchange) -> None:
        raise LookupError("no judge")

    def run() -> None:
        try:
            proxy.run(proxy.ProxySettings("http://127.0.0.1:1/v1"), ready.put, fail)
        except LookupError as error:
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    connection = http.client.HTTPConnection(ready.get(timeout=120).split("/")[2], timeout=30)
    connection.request("GET", "/v1/models")
    assert connection.getresponse().status == 502
    connection.close()
    thread.join(10)

    assert [str(error) for error in raised] == ["no judge"]


def test_a_port_that_is_taken_is_a_configuration_error() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match="choose another port"):
            proxy.run(proxy.ProxySettings("http://name.invalid/v1", port=port), print, print)


def test_a_proxy_is_not_its_own_upstream() -> None:
    with pytest.raises(ConfigError, match="port of its upstream"):
        proxy.run(proxy.ProxySettings("http://localhost:8123/v1", port=8123), print, print)


def test_an_interrupted_proxy_reports_and_returns() -> None:
    program = """
from antiphon import proxy
proxy.run(proxy.ProxySettings("http://127.0.0.1:1/v1"), lambda url: print(url, flush=True), print)
print("reported")
"""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", program]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        address = process.stdout.readline().split("/")[2]
        connection = http.client.HTTPConnection(address, timeout=120)
        connection.request("GET", "/v1/models")
        assert connection.getresponse().status == 502
        connection.close()
        process.send_signal(signal.SIGINT)
        printed = process.stdout.read()

    assert process.returncode == 0
    assert printed.endswith("reported\n")
