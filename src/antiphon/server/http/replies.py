"""Replies: whole, streamed, and truncated."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import cached_property

from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from antiphon.server.behaviour.truncation import ConnectionCut


class WholeReply(Response):
    """Reply that is there whole; the names of its headers are in lower case."""

    def __init__(self, body: bytes, status: int, headers: Mapping[str, str]) -> None:
        self.body, self.status_code, self.background = body, status, None
        self.plain_headers = headers

    @cached_property
    def raw_headers(self) -> list[tuple[bytes, bytes]]:  # type: ignore[override]
        """The headers as ASGI has them."""
        raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in self.plain_headers.items()]
        if "transfer-encoding" not in self.plain_headers:
            raw.append((b"content-length", b"%d" % len(self.body)))
        return raw


class StreamedReply(StreamingResponse):
    """Streamed reply without Starlette's group of tasks. Ends with its last piece, or when its client leaves.

    Where its body raises ConnectionCut, the connection is closed without the last chunk.
    """

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
        except ConnectionCut:
            return
        except asyncio.CancelledError:
            if not gone or sender.uncancel():
                raise
        finally:
            watch.remove_done_callback(leave)
            watch.cancel()


class TruncatedReply(StreamingResponse):
    """Streamed reply whose connection is closed where its body raises ConnectionCut."""

    async def stream_response(self, send: Send) -> None:
        try:
            await super().stream_response(send)
        except ConnectionCut:
            return
