"""Status and headers of an event stream."""

from __future__ import annotations

from collections.abc import Iterator

from antiphon.judge.registry import Violation, check
from antiphon.judge.subjects.responses import Stream, Success
from antiphon.judge.values import MISSING, is_text, violation_at
from antiphon.recording.exchange import Exchange

UNRECORDED = frozenset({"body-only", "framing-reconstructed", "status-assumed"})
"""Notes of recordings that kept no headers."""


def _has_headers(stream: Stream) -> bool:
    return UNRECORDED.isdisjoint(stream.exchange.notes) and bool(stream.exchange.response)


@check("sse.status-and-type", subject=Stream, applies=_has_headers)
def status_and_type(stream: Stream) -> Iterator[Violation]:
    """A stream has status 200 and the media type text/event-stream."""
    response = stream.exchange.response
    if response is None:
        return
    if response.status not in (None, 200):
        yield violation_at("status", "200", response.status)
    if response.media_type != "text/event-stream" and not _lost_type(stream.exchange):
        yield violation_at("header content-type", "text/event-stream", response.header("content-type") or MISSING)


@check(
    "sse.status-and-type",
    subject=Success,
    applies=lambda reply: (
        reply.operation == "create" and reply.sent.get("stream") is True and not _lost_type(reply.exchange)
    ),
)
def stream_when_asked(reply: Success) -> Iterator[Violation]:
    """A request with stream: true is answered with a stream."""
    response = reply.exchange.response
    got = response.header("content-type") if response else None
    yield violation_at("header content-type", "text/event-stream, as stream: true was sent", got or MISSING)


@check("sse.charset", subject=Stream, applies=lambda stream: _has_headers(stream) and _is_event_stream(stream))
def charset(stream: Stream) -> Iterator[Violation]:
    """The media type names the charset."""
    header = (stream.exchange.response.header("content-type") if stream.exchange.response else None) or ""
    parameters = [part.strip().lower().replace('"', "") for part in header.split(";")[1:]]
    if "charset=utf-8" not in parameters:
        yield violation_at("header content-type", "charset=utf-8", header)


def _lost_type(exchange: Exchange) -> bool:
    """The recorder has few headers and not this one, which proves nothing about the server."""
    unsaid = exchange.response is None or exchange.response.header("content-type") is None
    return unsaid and "headers-partial" in exchange.notes


def _is_event_stream(stream: Stream) -> bool:
    return stream.exchange.response is not None and stream.exchange.response.media_type == "text/event-stream"


@check("sse.not-compressed-away", subject=Stream, applies=lambda stream: bool(stream.exchange.response))
def not_compressed_away(stream: Stream) -> Iterator[Violation]:
    """A stream is not compressed."""
    encoding = stream.exchange.response.header("content-encoding") if stream.exchange.response else None
    if is_text(encoding) and str(encoding).strip().lower() != "identity":
        yield violation_at("header content-encoding", "no content encoding", encoding)
