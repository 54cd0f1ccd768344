"""A relay of bytes in front of a server that has no switch for faults, which notes what each case sends and gets.

It answers the harness's own requests (GET /__set/FAULT, GET /__case/LABEL) itself, and passes everything else on as it
comes: a client cannot tell it from the server.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TextIO
from urllib.parse import unquote

from tools.clients.recording import text_of

OWN = (b"GET /__set/", b"GET /__case/")
ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok"
PIECE = 65536


class Relay:
    """Passes connections on to a port of loopback, and writes a line for all that is sent, and for all that comes."""

    def __init__(self, port: int, file: TextIO) -> None:
        self._port, self._file, self._label = port, file, ""

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection until either side closes it."""
        with suppress(OSError):
            first = await reader.read(PIECE)
            if first.startswith(OWN):
                self._switch(first)
                writer.write(ANSWER)
                await writer.drain()
            elif first:
                await self._pass_on(first, reader, writer)
        writer.close()

    def _switch(self, first: bytes) -> None:
        kind, _, value = first.split(b" ")[1].decode().removeprefix("/__").partition("/")
        if kind == "case":
            self._label = unquote(value)

    async def _pass_on(self, first: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self._port)
        self._note("sent", first)
        server_writer.write(first)
        both = (
            asyncio.create_task(self._copy(reader, server_writer, "sent")),
            asyncio.create_task(self._copy(server_reader, writer, "got")),
        )
        try:
            await both[1]
        except asyncio.CancelledError:  # the relay ends, and what is still open with it
            both[1].cancel()
        finally:
            both[0].cancel()
            server_writer.close()

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, who: str) -> None:
        with suppress(OSError):
            while data := await reader.read(PIECE):
                self._note(who, data)
                writer.write(data)
                await writer.drain()
            writer.write_eof()

    def _note(self, who: str, data: bytes) -> None:
        self._file.write(json.dumps({"case": self._label, who: text_of(data)}) + "\n")
        self._file.flush()


@asynccontextmanager
async def relay(port: int, path: Path) -> AsyncIterator[int]:
    """The port of a relay to a port, which ends with the block."""
    with path.open("w", encoding="utf-8") as file:
        server = await asyncio.start_server(Relay(port, file), "127.0.0.1", 0)
        async with server:
            yield server.sockets[0].getsockname()[1]
