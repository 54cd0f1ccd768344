"""Replies: one that is there whole, and one that is a stream."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import cached_property
from http import HTTPStatus

from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

PHRASES = {status.value: status.phrase.encode() for status in HTTPStatus}

IN_ONE = b"%s%s%s\r\ncontent-length: %d\r\n\r\n%s"
IN_CHUNKS = b"%s%s%s\r\n\r\n%x\r\n%s\r\n0\r\n\r\n"


class Whole(Response):
    """Starlette's, for headers whose names are in lower case."""

    def __init__(self, body: bytes, status: int, headers: Mapping[str, str]) -> None:
        self.body, self.status_code, self.background = body, status, None
        self._given = headers

    @cached_property
    def raw_headers(self) -> list[tuple[bytes, bytes]]:  # type: ignore[override]
        """The headers as ASGI has them."""
        raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in self._given.items()]
        if "transfer-encoding" not in self._given:
            raw.append((b"content-length", b"%d" % len(self.body)))
        return raw

    def said(self, before: bytes) -> bytes:
        """The bytes of the reply, with some lines `before` its headers. For headers that no fault has altered."""
        lines = "\r\n".join(map(": ".join, self._given.items())).encode("latin-1")
        start = b"HTTP/1.1 %d %s\r\n" % (self.status_code, PHRASES[self.status_code])
        form = IN_CHUNKS if "transfer-encoding" in self._given else IN_ONE
        return form % (start, before, lines, len(self.body), self.body)


class Streamed(StreamingResponse):
    """Starlette's without its group of tasks. Ends with its last piece, or when its client leaves."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        sender = asyncio.current_task()
        assert sender is not None
        gone = False

        def leave(watch: asyncio.Task[None]) -> None:
            nonlocal gone
            gone = True
            sender.cancel()

        watch = asyncio.ensure_future(self.listen_for_disconnect(receive))
        watch.add_done_callback(leave)
        try:
            await self.stream_response(send)
        except asyncio.CancelledError:
            if not gone or sender.uncancel():
                raise
        finally:
            watch.remove_done_callback(leave)
            watch.cancel()
