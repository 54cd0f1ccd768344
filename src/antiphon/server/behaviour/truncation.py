"""Truncation: a reply whose connection is closed in the middle."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator


class ConnectionCut(Exception):
    """Raised in a body where the connection is to be closed, whatever was still to come."""


async def truncate_after(pieces: AsyncIterator[bytes], most: int) -> AsyncIterator[bytes]:
    """The first `most` pieces of a body, and no end."""
    for _ in range(most):
        piece = await anext(pieces, None)
        if piece is None:
            break
        yield piece
    if isinstance(pieces, AsyncGenerator):
        await pieces.aclose()
    raise ConnectionCut


async def first_half(content: bytes) -> AsyncIterator[bytes]:
    """The first half of a body, and no end."""
    yield content[: len(content) // 2]
    raise ConnectionCut
