"""Streams that are wrong as bytes, and streams that are wrong in time."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable

from antiphon.server.faults.base import Fault, Frames, Reply, one
from antiphon.server.faults.shaping import each_frame, without

OPENAI = frozenset({"openai-2026-08", "oaiapi-in11-2026-01-30", "azure-2026"})
MANY, SLOW = 100, 2.5
"""A stream of so many frames is held back for so many seconds at least."""
LINGER = 5.5
"""Seconds for which the body stays open after the last event."""


def media_type(value: str) -> Callable[[Reply], Reply]:
    def change(reply: Reply) -> Reply:
        if reply.body is None and reply.operation != "create-chat-completion":
            reply.headers["content-type"] = value
        return reply

    return change


def rewrite_data(frame: bytes) -> bytes:
    """The data as a list of one object."""
    name, data, *rest = frame.split(b"\n")
    return b"\n".join([name, b"data: [" + data.removeprefix(b"data: ") + b"]", *rest])


def lose_type(frame: bytes) -> bytes:
    name, data, *rest = frame.split(b"\n")
    event = without(json.loads(data.removeprefix(b"data: ")), "type")
    return b"\n".join([name, b"data: " + json.dumps(event).encode(), *rest])


def lose_name(frame: bytes) -> bytes:
    return frame.partition(b"\n")[2]


def wrong_name(frame: bytes) -> bytes:
    return b"event: message\n" + lose_name(frame)


def latin(frame: bytes) -> bytes:
    """The text in Latin-1 where that has the characters."""
    return frame.replace("Ç".encode(), b"\xc7")


async def add_done(frames: Frames) -> AsyncIterator[bytes]:
    async for frame in frames:
        yield frame
    yield b"data: [DONE]\n\n"


async def cut_last_line(frames: Frames) -> AsyncIterator[bytes]:
    held = b""
    async for frame in frames:
        if held:
            yield held
        held = frame
    yield held.removesuffix(b"\n")


async def ping(frames: Frames) -> AsyncIterator[bytes]:
    async for frame in frames:
        yield b": ping\n\n" + frame


async def retry_first(frames: Frames) -> AsyncIterator[bytes]:
    yield b"retry: 1000\n\n"
    async for frame in frames:
        yield frame


async def number_frames(frames: Frames) -> AsyncIterator[bytes]:
    number = 0
    async for frame in frames:
        yield b"id: %d\n" % number + frame
        number += 1


async def buffer(frames: Frames) -> AsyncIterator[bytes]:
    began = time.monotonic()
    held = [frame async for frame in frames]
    if len(held) >= MANY:
        await asyncio.sleep(max(0.0, SLOW - (time.monotonic() - began)))
    yield b"".join(held)


async def linger(frames: Frames) -> AsyncIterator[bytes]:
    frame = b""
    async for frame in frames:
        yield frame
    if b"event: response.failed" in frame:
        await asyncio.sleep(LINGER)


async def say_bye(frames: Frames) -> AsyncIterator[bytes]:
    async for frame in frames:
        yield frame
    yield b"data: bye\n\n"


FAULTS = (
    Fault(
        name="crlf",
        says="Lines of a stream end with CRLF.",
        breaks=one("sse.line-ends"),
        frames=each_frame(lambda frame: frame.replace(b"\n", b"\r\n")),
    ),
    Fault(name="comments", says="A stream holds comment lines.", breaks=one("sse.no-comments"), frames=ping),
    Fault(
        name="event-line-missing",
        says="Frames have no event line.",
        breaks=one("sse.event-named"),
        frames=each_frame(lose_name),
    ),
    Fault(
        name="event-line-wrong",
        says="Every frame is named message.",
        breaks=one("sse.event-equals-type"),
        frames=each_frame(wrong_name),
    ),
    Fault(name="id-lines", says="Frames have an id field.", breaks=one("sse.no-id-field"), frames=number_frames),
    Fault(name="retry-line", says="A stream sets a retry time.", breaks=one("sse.no-retry-field"), frames=retry_first),
    Fault(
        name="done-marker",
        says="A stream ends with a done marker.",
        breaks=one("sse.no-done-marker"),
        needs=OPENAI,
        frames=add_done,
    ),
    Fault(
        name="last-frame-open",
        says="The last frame of a stream has no empty line after it.",
        breaks=one("sse.frame-ends-with-blank-line"),
        frames=cut_last_line,
    ),
    Fault(
        name="not-utf-8",
        says="The text of a stream is in Latin-1.",
        breaks=one("sse.utf8"),
        implies=one("sse.data-json-object", "stream.sum.text", "stream.final.equals-retrieved"),
        frames=each_frame(latin),
    ),
    Fault(
        name="stream-as-plain-text",
        says="A stream is labelled text/plain.",
        breaks=one("sse.status-and-type"),
        reply=media_type("text/plain; charset=utf-8"),
    ),
    Fault(
        name="stream-without-charset",
        says="The media type of a stream names no charset.",
        breaks=one("sse.charset"),
        reply=media_type("text/event-stream"),
    ),
    Fault(
        name="data-in-a-list",
        says="The data of a frame is a list of one event.",
        breaks=one("sse.data-json-object"),
        implies=one("stream.terminal.exactly-one"),
        frames=each_frame(rewrite_data),
    ),
    Fault(
        name="type-missing",
        says="Event objects have no type.",
        breaks=one("sse.type-present"),
        implies=one("sse.event-equals-type", "stream.terminal.exactly-one", "stream.obfuscation.only-on-deltas"),
        frames=each_frame(lose_type),
    ),
    Fault(
        name="all-at-the-end",
        says="All events of a stream come at once when the answer is finished.",
        breaks=one("sse.arrives-as-made"),
        frames=buffer,
    ),
    Fault(
        name="body-stays-open",
        says="The body of a stream stays open after the last event.",
        breaks=one("sse.body-ends"),
        frames=linger,
    ),
    Fault(
        name="frame-after-the-end",
        says="A frame that is no event follows the terminal event.",
        breaks=one("sse.nothing-after-terminal"),
        implies=one("sse.data-json-object", "sse.event-named", "sse.type-present"),
        frames=say_bye,
    ),
)
