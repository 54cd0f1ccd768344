"""What is no event of a Responses stream, and takes its place."""

from __future__ import annotations

from collections.abc import Iterator

from antiphon.judge.registry import Violation, check
from antiphon.judge.stream_break import Break
from antiphon.judge.subjects.responses import Stream
from antiphon.judge.values import violation_at


def _has_content(stream: Stream) -> bool:
    return bool(stream.exchange.events) or stream.broken_at is not None


def _found(stream: Stream, kind: Break, expected: str) -> Iterator[Violation]:
    broken = stream.broken_at
    if broken is not None and broken.kind is kind:
        yield violation_at(f"event {broken.event}", expected, broken.value, str(kind))


@check("stream.no-chat-chunks", subject=Stream, applies=_has_content)
def no_chat_chunks(stream: Stream) -> Iterator[Violation]:
    """A stream of responses has no chunks of Chat Completions."""
    yield from _found(stream, Break.CHUNK, "an event of the Responses API")


@check("stream.error.is-event", subject=Stream, applies=_has_content)
def error_is_event(stream: Stream) -> Iterator[Violation]:
    """An error inside a stream is an event, not the envelope of an HTTP reply."""
    yield from _found(stream, Break.ENVELOPE, "an event of type error or response.failed")
