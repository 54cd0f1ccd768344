"""A server on the loopback with one route for each way to misbehave."""

from __future__ import annotations

import asyncio
import gzip
import ssl
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

Reader = asyncio.StreamReader
Writer = asyncio.StreamWriter
Misbehaviour = Callable[[Reader, Writer], Awaitable[None]]

ROUTES: dict[str, Misbehaviour] = {}
JSON_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
STREAM_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
EVENT = b'event: tick\ndata: {"type":"tick"}\n\n'
GIB = 1024**3
ONE_BYTE_CHUNKS = 40_000
"""Twice as many as are kept as they came."""
BOMB = gzip.compress(bytes(2**20)) * 512
"""Half a gigabyte, in half a megabyte of many members."""


def route(function: Misbehaviour) -> Misbehaviour:
    """Serve the function at the path of its name, with hyphens."""
    ROUTES["/" + function.__name__.replace("_", "-")] = function
    return function


def chunk(data: bytes) -> bytes:
    """An HTTP chunk."""
    return b"%x\r\n%s\r\n" % (len(data), data)


@asynccontextmanager
async def serving(handle: Misbehaviour, tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """Host and port of a server that runs `handle` for each connection; nothing of it is left open at the end."""
    tasks: set[asyncio.Task[None]] = set()

    async def connected(reader: Reader, writer: Writer) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            try:
                await handle(reader, writer)
                await writer.drain()
            except BaseException:
                if task.cancelling():
                    writer.transport.abort()
                raise
            finally:
                writer.close()
                await writer.wait_closed()

    server = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=tls)
    try:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks)
        await asyncio.sleep(0)


@asynccontextmanager
async def hostile() -> AsyncIterator[str]:
    """The base URL of a server with all the routes."""

    async def handle(reader: Reader, writer: Writer) -> None:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            await reader.readexactly(_length(head))
            await ROUTES[head.split()[1].removeprefix("/v1").partition("?")[0]](reader, writer)
            await writer.drain()

    async with serving(handle) as address:
        yield f"http://{address}/v1"


def _length(head: str) -> int:
    for line in head.split("\r\n"):
        name, _, value = line.partition(":")
        if name.lower() == "content-length":
            return int(value)
    return 0


@route
async def fine(_: Reader, writer: Writer) -> None:
    writer.write(JSON_HEAD + b'Content-Length: 11\r\n\r\n{"ok":true}')


@route
async def models(_: Reader, writer: Writer) -> None:
    writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")


@route
async def fine_stream(_: Reader, writer: Writer) -> None:
    writer.write(STREAM_HEAD)
    for _number in range(3):
        writer.write(chunk(EVENT))
        await writer.drain()
        await asyncio.sleep(0.03)
    writer.write(chunk(b""))


@route
async def never_answers(_: Reader, _writer: Writer) -> None:
    await asyncio.sleep(60)


@route
async def silence_after_headers(_: Reader, writer: Writer) -> None:
    writer.write(JSON_HEAD + b"Content-Length: 10\r\n\r\n")
    await asyncio.sleep(60)


@route
async def silence_in_stream(_: Reader, writer: Writer) -> None:
    writer.write(STREAM_HEAD + chunk(EVENT))
    await asyncio.sleep(60)


@route
async def drip_of_headers(_: Reader, writer: Writer) -> None:
    await _drip(writer, JSON_HEAD + b"X-Slow: " + b"z" * 10_000)


@route
async def drip_of_body(_: Reader, writer: Writer) -> None:
    writer.write(JSON_HEAD + b"Content-Length: 10000\r\n\r\n")
    await _drip(writer, b" " * 10_000)


@route
async def drip_of_chunk_sizes(_: Reader, writer: Writer) -> None:
    writer.write(STREAM_HEAD)
    await _drip(writer, b"0" * 10_000)


async def _drip(writer: Writer, data: bytes) -> None:
    for byte in data:
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.01)


@route
async def endless_stream(_: Reader, writer: Writer) -> None:
    writer.write(STREAM_HEAD)
    while True:
        writer.write(chunk(EVENT * 50))
        await writer.drain()


@route
async def endless_comment(_: Reader, writer: Writer) -> None:
    writer.write(STREAM_HEAD)
    while True:
        writer.write(chunk(b":" + b"x" * 60_000))
        await writer.drain()


@route
async def endless_informational(_: Reader, writer: Writer) -> None:
    while True:
        writer.write(b"HTTP/1.1 102 Processing\r\n\r\n" * 100)
        await writer.drain()
        await asyncio.sleep(0.005)


@route
async def informational_first(reader: Reader, writer: Writer) -> None:
    writer.write(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")
    await fine(reader, writer)


@route
async def switching_protocols(_: Reader, writer: Writer) -> None:
    writer.write(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: mystery\r\nConnection: upgrade\r\n\r\n??")


@route
async def one_gigabyte(_: Reader, writer: Writer) -> None:
    writer.write(JSON_HEAD + b"Content-Length: %d\r\n\r\n" % GIB)
    block = b" " * 2**18
    for _number in range(GIB // len(block)):
        writer.write(block)
        await writer.drain()


@route
async def one_byte_chunks(_: Reader, writer: Writer) -> None:
    writer.write(STREAM_HEAD)
    for _number in range(ONE_BYTE_CHUNKS // 1000):
        writer.write(chunk(b" ") * 1000)
        await writer.drain()
    writer.write(chunk(b""))


@route
async def gzip_bomb(_: Reader, writer: Writer) -> None:
    await _coded(writer, b"gzip", BOMB)


async def _coded(writer: Writer, coding: bytes, body: bytes) -> None:
    writer.write(JSON_HEAD + b"Content-Encoding: %s\r\nContent-Length: %d\r\n\r\n%s" % (coding, len(body), body))


@route
async def gzip_unasked(_: Reader, writer: Writer) -> None:
    await _coded(writer, b"gzip", gzip.compress(b'{"ok":') + gzip.compress(b"true}"))


@route
async def deflate_without_header(_: Reader, writer: Writer) -> None:
    await _coded(writer, b"deflate", zlib.compress(b'{"ok":true}')[2:-4])


@route
async def gzip_that_is_none(_: Reader, writer: Writer) -> None:
    await _coded(writer, b"gzip", b'{"ok":true}')


@route
async def gzip_cut(_: Reader, writer: Writer) -> None:
    await _coded(writer, b"gzip", gzip.compress(b'{"ok":true}')[:-6])


@route
async def unknown_coding(_: Reader, writer: Writer) -> None:
    await _coded(writer, b"br", b"\x0b\x05\x80{}\x03")


@route
async def invalid_utf8(_: Reader, writer: Writer) -> None:
    writer.write(JSON_HEAD + b'Content-Length: 6\r\n\r\n"\xff\xfe\xc3("')


@route
async def chunk_size_not_hex(_: Reader, writer: Writer) -> None:
    writer.write(STREAM_HEAD + chunk(EVENT) + b"zz\r\nhello\r\n")


@route
async def chunk_longer_than_said(_: Reader, writer: Writer) -> None:
    writer.write(STREAM_HEAD + b"3\r\nhello\r\n0\r\n\r\n")


@route
async def body_shorter_than_said(_: Reader, writer: Writer) -> None:
    writer.write(JSON_HEAD + b'Content-Length: 100\r\n\r\n{"ok":')
    await _close(writer)


@route
async def two_lengths(_: Reader, writer: Writer) -> None:
    writer.write(JSON_HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!")


@route
async def stream_cut(_: Reader, writer: Writer) -> None:
    writer.write(STREAM_HEAD + chunk(EVENT))
    await writer.drain()
    await _close(writer)


@route
async def reset_in_body(_: Reader, writer: Writer) -> None:
    writer.write(STREAM_HEAD + chunk(EVENT))
    await writer.drain()
    await asyncio.sleep(0.05)
    writer.transport.abort()
    raise ConnectionAbortedError


@route
async def reset_at_once(_: Reader, writer: Writer) -> None:
    writer.transport.abort()
    raise ConnectionAbortedError


@route
async def closed_at_once(_: Reader, writer: Writer) -> None:
    await _close(writer)


async def _close(writer: Writer) -> None:
    await writer.drain()
    writer.close()
    raise ConnectionAbortedError


@route
async def closed_after_the_reply(reader: Reader, writer: Writer) -> None:
    """The reply promises to keep the connection, which is closed when the next request comes."""
    await fine(reader, writer)
    await writer.drain()
    await reader.readexactly(1)
    await _close(writer)


@route
async def not_http(_: Reader, writer: Writer) -> None:
    writer.write(b"SSH-2.0-OpenSSH_9.6\r\n\r\n")


@route
async def header_without_colon(_: Reader, writer: Writer) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nthis is no header\r\n\r\n")


@route
async def header_bomb(_: Reader, writer: Writer) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X-Filler: " + b"x" * 8000 + b"\r\n")
        await writer.drain()


@route
async def redirect_loop(_: Reader, writer: Writer) -> None:
    writer.write(b"HTTP/1.1 307 Temporary Redirect\r\nLocation: /v1/redirect-loop\r\nContent-Length: 0\r\n\r\n")


@route
async def redirect_to_nonsense(_: Reader, writer: Writer) -> None:
    writer.write(b"HTTP/1.1 302 Found\r\nLocation: http://[:::\xff/\r\nContent-Length: 0\r\n\r\n")


@route
async def cookies(_: Reader, writer: Writer) -> None:
    writer.write(b"HTTP/1.1 204 No Content\r\nSet-Cookie: a=b; Path=/\r\nX-Name: caf\xe9\r\n\r\n")
