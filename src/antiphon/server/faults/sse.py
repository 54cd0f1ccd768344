"""Faults of the byte format of a stream: lines, fields, encoding, pace."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable

from antiphon.server.behaviour.fault import Frames, OutgoingReply
from antiphon.server.faults.base import OPEN_STANDARD, fault
from antiphon.server.faults.edits import without
from antiphon.server.faults.rewrites import edit_frames, lose_done
from antiphon.server.responses.wire import DONE

MANY, SLOW = 100, 2.5
"""A stream of so many frames is held back for so many seconds at least."""
LINGER = 12.0
"""Seconds for which the body stays open after the last event."""


def label_stream(value: str) -> Callable[[OutgoingReply], OutgoingReply]:
    def change(reply: OutgoingReply) -> OutgoingReply:
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


def name_message(frame: bytes) -> bytes:
    return b"event: message\n" + lose_name(frame)


def in_latin(frame: bytes) -> bytes:
    """The text in Latin-1 where that has the characters."""
    return frame.replace("Ç".encode(), b"\xc7")


def append_frame(last: bytes) -> Callable[[Frames], Frames]:
    """Send one frame more at the end."""

    async def rewrite(frames: Frames) -> AsyncIterator[bytes]:
        async for frame in frames:
            yield frame
        yield last

    return rewrite


async def cut_last_line(frames: Frames) -> AsyncIterator[bytes]:
    held = b""
    async for frame in frames:
        if held:
            yield held
        held = frame
    yield held.removesuffix(b"\n")


async def retry_first(frames: Frames) -> AsyncIterator[bytes]:
    yield b"retry: 1000\n\n"
    async for frame in frames:
        yield frame


async def retry_beside_data(frames: Frames) -> AsyncIterator[bytes]:
    async for frame in frames:
        yield b"retry: 1000\n" + frame


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


FAULTS = (
    fault(
        "stream-as-plain-text",
        "A stream is labelled text/plain.",
        "sse.status-and-type",
        reply=label_stream("text/plain; charset=utf-8"),
        implies="store.get-object",
    ),
    fault(
        "stream-without-charset",
        "The media type of a stream names no charset.",
        "sse.charset",
        reply=label_stream("text/event-stream"),
    ),
    fault("event-line-missing", "Frames have no event line.", "sse.event-named", frames=edit_frames(lose_name)),
    fault(
        "event-line-wrong", "Every frame is named message.", "sse.event-equals-type", frames=edit_frames(name_message)
    ),
    fault(
        "data-in-a-list",
        "The data of a frame is a list of one event.",
        "sse.data-json-object",
        frames=edit_frames(rewrite_data),
        implies="stream.terminal.exactly-one compact.in-create create.same-with-stream tools.hosted-refused-or-run",
    ),
    fault(
        "type-missing",
        "Event objects have no type.",
        "sse.type-present",
        frames=edit_frames(lose_type),
        implies="sse.event-equals-type stream.terminal.exactly-one stream.obfuscation.only-on-deltas "
        "background.get-while-streaming concurrency.streams-complete resume.while-running"
        " stream.error.is-event",
    ),
    fault(
        "last-frame-open",
        "The last frame of a stream has no empty line after it.",
        "sse.frame-ends-with-blank-line",
        frames=cut_last_line,
    ),
    fault(
        "not-utf-8",
        "The text of a stream is in Latin-1.",
        "sse.utf8",
        frames=edit_frames(in_latin),
        implies="sse.data-json-object stream.sum.text stream.final.equals-retrieved store.get-equals-create"
        " item.no-replacement-characters",
    ),
    fault("id-lines", "Frames have an id field.", "sse.no-id-field", frames=number_frames),
    fault(
        "retry-line", "A stream sets a retry time in a frame without data.", "sse.no-retry-field", frames=retry_first
    ),
    fault(
        "retry-lines", "Every frame sets a retry time beside its data.", "sse.no-retry-field", frames=retry_beside_data
    ),
    fault(
        "comments",
        "A stream holds comment lines.",
        "sse.no-comments",
        frames=edit_frames(lambda frame: b": ping\n\n" + frame),
    ),
    fault(
        "crlf",
        "Lines of a stream end with CRLF.",
        "sse.line-ends",
        frames=edit_frames(lambda frame: frame.replace(b"\n", b"\r\n")),
    ),
    fault(
        "done-marker",
        "A stream ends with a done marker.",
        "sse.no-done-marker",
        frames=append_frame(DONE),
        needs="azure-2026 oaiapi-in11-2026-01-30 openai-2026-08",
    ),
    fault(
        "done-marker-missing",
        "A stream of the open standard ends without a done marker.",
        "sse.done-marker",
        frames=lose_done,
        needs=OPEN_STANDARD,
    ),
    fault(
        "frame-after-the-end",
        "A frame that is no event follows the terminal event.",
        "sse.nothing-after-terminal",
        frames=append_frame(b"data: bye\n\n"),
        implies="sse.data-json-object sse.event-named sse.type-present",
    ),
    fault(
        "body-stays-open",
        "The body of a stream stays open after the last event.",
        "sse.body-ends",
        frames=linger,
        implies="cancel.stream-ends",
    ),
    fault(
        "all-at-the-end",
        "All events of a stream come at once when the answer is finished.",
        "sse.arrives-as-made",
        frames=buffer,
    ),
)
