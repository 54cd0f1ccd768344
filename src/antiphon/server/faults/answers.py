"""Faults of the answer as such: late, cut, coded otherwise than it says, redirected, refused as too many."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

from antiphon.server.behaviour.fault import Frames, OutgoingReply
from antiphon.server.behaviour.truncation import ConnectionCut
from antiphon.server.faults.base import fault
from antiphon.server.faults.replies import LIST, after
from antiphon.server.json_values import dumps

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


def append_member(member: bytes, to: str) -> Callable[[OutgoingReply], OutgoingReply]:
    """Write one member more at the end of the object that is answered to one operation."""

    def change(reply: OutgoingReply) -> None:
        reply.body = dumps(reply.body)[:-1] + b"," + member + b"}"

    return after(to, change)


def in_milliseconds(reply: OutgoingReply) -> OutgoingReply:
    """Conversations are made at a time in milliseconds."""
    if isinstance(reply.body, dict) and reply.body.get("object") == "conversation":
        reply.body = {**reply.body, "created_at": reply.body["created_at"] * 1000}
    return reply


FAULTS = (
    fault(
        "list-with-nan",
        "A list of input items has a score, which is not a number.",
        "answers.finite-numbers",
        reply=append_member(b'"score":NaN', to=LIST),
    ),
    fault(
        "list-named-twice",
        "A list of input items says twice that it is one.",
        "answers.unique-names",
        reply=append_member(b'"object":"list"', to=LIST),
    ),
    fault(
        "half-a-character",
        "A list of input items has a title that ends in half of a character.",
        "answers.whole-characters",
        reply=append_member(b'"title":"Smile \\ud83d"', to=LIST),
    ),
    fault(
        "conversation-in-milliseconds",
        "The time at which a conversation was made is in milliseconds.",
        "answers.times-in-seconds",
        reply=in_milliseconds,
    ),
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
