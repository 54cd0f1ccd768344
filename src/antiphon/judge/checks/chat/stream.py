"""The stream of Chat Completions: frames and chunks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from antiphon.contract.schemas.schema_error import format_value
from antiphon.judge.registry import Violation, check
from antiphon.judge.subjects.chat import ChatStream
from antiphon.judge.values import MISSING, a_dict, a_list, violation_at
from antiphon.recording.frame import Frame

DONE = "[DONE]"
S = "chat.stream."
Chunk = tuple[int, Mapping[str, Any]]


def _is_notice(event: Mapping[str, Any]) -> bool:
    """Azure sends results of its filter in frames without choices, id and object."""
    return not event.get("choices") and bool({"prompt_filter_results", "content_filter_results"} & event.keys())


def chunks(stream: ChatStream) -> list[Chunk]:
    """Number and value of each event that is a chunk: no error and no notice of a filter."""
    if "chunks" not in stream.memo:
        stream.memo["chunks"] = [
            (number, event)
            for number, event in enumerate(stream.events)
            if "error" not in event and not _is_notice(event)
        ]
    found: list[Chunk] = stream.memo["chunks"]
    return found


def speaks(stream: ChatStream) -> bool:
    """The request asks for audio: its chunks have an order of their own, and choices end without a finish_reason."""
    return "audio" in a_list(stream.sent.get("modalities"))


def has_failed(stream: ChatStream) -> bool:
    """The stream was ended by an error."""
    return any("error" in event for event in stream.events)


def came_to_its_end(stream: ChatStream) -> bool:
    """Nobody cut the stream, and no error ended it."""
    return stream.is_whole and not has_failed(stream) and bool(chunks(stream))


def at(number: int, pointer: str = "") -> str:
    """A place in an event."""
    return f"event {number} {pointer}".strip()


@check(
    S + "type",
    subject=ChatStream,
    applies=lambda stream: bool(stream.exchange.response and stream.exchange.response.headers),
)
def media_type(stream: ChatStream) -> Iterator[Violation]:
    """A chat stream has the media type text/event-stream."""
    label = stream.exchange.response.media_type if stream.exchange.response else ""
    if label != "text/event-stream":
        yield violation_at("header content-type", "text/event-stream", label or MISSING)


def _verbatim(stream: ChatStream) -> bool:
    return "framing-reconstructed" not in stream.exchange.notes and bool(stream.exchange.frames)


def _is_done(frame: Frame) -> bool:
    return (frame.data or "").strip() == DONE


@check(S + "frames", subject=ChatStream, applies=_verbatim)
def frames(stream: ChatStream) -> Iterator[Violation]:
    """A chat stream has data lines only, each one chunk."""
    for frame in stream.exchange.frames:
        if frame.data is None and frame.event is None:
            continue
        if frame.event is not None:
            yield violation_at(f"frame {frame.number}", "no event line", frame.event)
        elif not isinstance(frame.json, dict) and not _is_done(frame):
            yield violation_at(f"frame {frame.number}", "one JSON object", frame.data)


@check(S + "done-marker", subject=ChatStream, applies=lambda stream: _verbatim(stream) and came_to_its_end(stream))
def done_marker(stream: ChatStream) -> Iterator[Violation]:
    """The last frame of a chat stream is the literal done marker."""
    with_data = [frame for frame in stream.exchange.frames if frame.data is not None]
    if with_data and not _is_done(with_data[-1]):
        yield violation_at(f"frame {with_data[-1].number}", "data: [DONE]", with_data[-1].data)


@check(S + "object", subject=ChatStream, applies=lambda stream: bool(chunks(stream)))
def chunk_object(stream: ChatStream) -> Iterator[Violation]:
    """Every chunk has the object chat.completion.chunk."""
    for number, chunk in chunks(stream):
        if chunk.get("object") != "chat.completion.chunk":
            yield violation_at(at(number, "/object"), "'chat.completion.chunk'", chunk.get("object", MISSING))


@check(S + "constant", subject=ChatStream, applies=lambda stream: len(chunks(stream)) > 1)
def constant(stream: ChatStream) -> Iterator[Violation]:
    """id, created and model are the same in all chunks."""
    for name in ("id", "created", "model"):
        _, first = chunks(stream)[0]
        for number, chunk in chunks(stream)[1:]:
            if chunk.get(name) != first.get(name):
                expected = f"{format_value(first.get(name))}, as in the first chunk"
                yield violation_at(at(number, f"/{name}"), expected, chunk.get(name, MISSING))
                break


def _asks_usage(stream: ChatStream) -> bool:
    return a_dict(stream.sent.get("stream_options")).get("include_usage") is True


def _request_known(stream: ChatStream) -> bool:
    """The request is that which was sent: a recorder that lost its address may have paired it with another reply."""
    is_sure = "address-inferred" not in stream.exchange.notes
    return is_sure and stream.operation == "chat.create" and isinstance(stream.exchange.sent, dict)


def _is_bare(chunk: Mapping[str, Any]) -> bool:
    return "choices" in chunk and not a_list(chunk["choices"])


@check(
    S + "usage-chunk",
    subject=ChatStream,
    applies=lambda stream: (
        _request_known(stream) and came_to_its_end(stream) and _asks_usage(stream) and not speaks(stream)
    ),
)
def usage_chunk(stream: ChatStream) -> Iterator[Violation]:
    """With include_usage one last chunk has usage and no choices."""
    counted = [number for number, chunk in chunks(stream) if _is_bare(chunk) and isinstance(chunk.get("usage"), dict)]
    spoken = [number for number, chunk in chunks(stream) if not _is_bare(chunk)]
    if len(counted) != 1:
        got = f"{len(counted)} such chunks"
        yield Violation(at(chunks(stream)[-1][0]), "one chunk with usage and without choices", got)
    elif spoken and spoken[-1] > counted[0]:
        yield Violation(at(spoken[-1]), "no choice after the chunk with usage", "a chunk with choices")


@check(S + "usage-null", subject=ChatStream, applies=lambda stream: _request_known(stream) and _asks_usage(stream))
def usage_null(stream: ChatStream) -> Iterator[Violation]:
    """With include_usage all earlier chunks have usage null."""
    for number, chunk in chunks(stream):
        if not _is_bare(chunk) and chunk.get("usage", MISSING) is not None:
            yield violation_at(at(number, "/usage"), "null", chunk.get("usage", MISSING))


@check(
    S + "no-usage",
    subject=ChatStream,
    applies=lambda stream: (
        _request_known(stream) and any("choices" in chunk for _, chunk in chunks(stream)) and not _asks_usage(stream)
    ),
)
def no_usage(stream: ChatStream) -> Iterator[Violation]:
    """Without include_usage no chunk without choices comes."""
    for number, chunk in chunks(stream):
        if _is_bare(chunk):
            yield violation_at(at(number, "/choices"), "at least one choice", chunk["choices"])


@check(S + "obfuscation", subject=ChatStream, applies=lambda stream: _request_known(stream) and bool(chunks(stream)))
def obfuscation(stream: ChatStream) -> Iterator[Violation]:
    """Chunks carry obfuscation unless it is switched off."""
    off = a_dict(stream.sent.get("stream_options")).get("include_obfuscation") is False
    for number, chunk in chunks(stream):
        if off is ("obfuscation" in chunk):
            expected = "none, as it is switched off" if off else "a string"
            yield violation_at(at(number, "/obfuscation"), expected, chunk.get("obfuscation", MISSING))
            return
