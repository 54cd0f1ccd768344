"""Replies that end in the middle."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, AsyncIterator

from starlette.responses import StreamingResponse
from starlette.types import Send


class Cut(Exception):
    """The connection is to be closed here, whatever was still to come."""


class Tearable(StreamingResponse):
    """A streamed reply whose connection is closed where its body raises Cut."""

    async def stream_response(self, send: Send) -> None:
        try:
            await super().stream_response(send)
        except Cut:
            return


async def cut_after(pieces: AsyncIterator[bytes], most: int) -> AsyncIterator[bytes]:
    """The first `most` pieces of a body, and no end."""
    for _ in range(most):
        piece = await anext(pieces, None)
        if piece is None:
            break
        yield piece
    if isinstance(pieces, AsyncGenerator):
        await pieces.aclose()
    raise Cut


async def half_of(content: bytes) -> AsyncIterator[bytes]:
    """The first half of a body, and no end."""
    yield content[: len(content) // 2]
    raise Cut


class Quiet(logging.Filter):
    """Keeps uvicorn from complaining of replies that were cut on purpose."""

    def filter(self, record: logging.LogRecord) -> bool:
        return "without completing response" not in record.getMessage()
