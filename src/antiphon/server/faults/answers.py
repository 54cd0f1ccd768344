"""Faults of the answer as such: late, cut, coded otherwise than it says, redirected, refused as too many."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from antiphon.server.behaviour.fault import Frames, OutgoingReply
from antiphon.server.behaviour.truncation import ConnectionCut
from antiphon.server.faults.base import fault

FOREVER = 3600.0
LONG = b"response.failed"
"""The end of the streams that are changed: of one that fails, on which nothing else rests."""


async def stall(frames: Frames) -> AsyncIterator[bytes]:
    """Nothing more comes before the end of a stream that fails."""
    async for frame in frames:
        if LONG in frame:
            await asyncio.sleep(FOREVER)
        yield frame


async def lose_last_chunk(frames: Frames) -> AsyncIterator[bytes]:
    """A stream that fails is whole but for the chunk that says so."""
    frame = b""
    async for frame in frames:
        yield frame
    if LONG in frame:
        raise ConnectionCut


def _takes_gzip(reply: OutgoingReply) -> bool:
    """The client takes compressed bodies, as all libraries do; most scenarios do not."""
    return reply.request is not None and "gzip" in reply.request.headers.get("accept-encoding", "")


def cut_body(reply: OutgoingReply) -> OutgoingReply:
    """The half of a body, and no end."""
    from antiphon.server.http.results import TruncatedJson

    if _takes_gzip(reply) and reply.body is not None:
        reply.body = TruncatedJson(reply.body)
    return reply


def label_gzip(reply: OutgoingReply) -> OutgoingReply:
    if _takes_gzip(reply) and reply.body is not None:
        reply.headers["content-encoding"] = "gzip"
    return reply


def label_brotli(reply: OutgoingReply) -> OutgoingReply:
    if _takes_gzip(reply) and reply.body is None:
        reply.headers["content-encoding"] = "br"
    return reply


def redirect(reply: OutgoingReply) -> OutgoingReply:
    if _takes_gzip(reply) and reply.body is not None:
        reply.status, reply.body = 307, {}
        reply.headers["location"] = "/v1/responses/"
    return reply


def refuse(reply: OutgoingReply) -> OutgoingReply:
    if _takes_gzip(reply) and reply.body is not None:
        error = {"message": "Too many.", "type": "rate_limit_error", "param": None, "code": "rate_limit_exceeded"}
        reply.status, reply.body = 429, {"error": error}
        reply.headers["retry-after"] = "1"
    return reply


FAULTS = (
    fault("stream-stalls", "A stream that fails stops before its last event.", "answers.in-time", frames=stall),
    fault(
        "last-chunk-missing",
        "A stream that fails ends without its last chunk.",
        "answers.whole",
        frames=lose_last_chunk,
    ),
    fault("body-cut", "A body ends in the middle where the client takes gzip.", "answers.whole", reply=cut_body),
    fault("gzip-by-name-only", "A body is labelled as gzip, and is not.", "answers.decodable", reply=label_gzip),
    fault(
        "coding-not-requested",
        "A stream is labelled with a coding that was not requested.",
        "answers.decodable",
        reply=label_brotli,
    ),
    fault(
        "create-redirected",
        "A create of a client that takes gzip is redirected.",
        "answers.not-redirected",
        reply=redirect,
    ),
    fault(
        "create-refused-as-one-too-many",
        "A create of a client that takes gzip is refused as one too many.",
        "answers.not-overloaded",
        reply=refuse,
        implies="errors.rate-limit-envelope headers.retry-after-form headers.retry-after-on-429",
    ),
)
