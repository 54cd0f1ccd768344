"""An event stream as bytes: its frames, and what stands in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

from antiphon.contract.schemas.schema_error import format_value
from antiphon.judge.checks.stream.event_fields import is_open
from antiphon.judge.frame_scan import frame_scan, has_original_frames, irregular_frames, terminal_frame
from antiphon.judge.registry import Violation, check, check_table
from antiphon.judge.stream_analysis import analysis_of, events_where
from antiphon.judge.strict_json import constant_in
from antiphon.judge.subjects.responses import Stream
from antiphon.judge.values import MISSING, is_text, quote_bytes, violation_at
from antiphon.recording.frame import Frame

DONE = "[DONE]"


def _place(frame: Frame) -> str:
    return f"frame {frame.number}"


def is_done(frame: Frame) -> bool:
    """The frame is the marker at the end of a stream."""
    return frame.data == DONE


def is_cut(stream: Stream, frame: Frame) -> bool:
    """The rest of a frame that the end of the stream cut off."""
    return (
        "no-final-blank-line" in frame.remarks
        and not isinstance(frame.json, dict)
        and not is_done(frame)
        and (not stream.is_whole or terminal_frame(stream) is None)
    )


def _after(stream: Stream) -> list[Frame]:
    """The odd frames after the terminal event."""
    last = terminal_frame(stream)
    return [] if last is None else [frame for frame in irregular_frames(stream) if frame.number > last.number]


IRREGULAR = (
    "sse.event-named",
    "sse.event-equals-type",
    "sse.utf8",
    "sse.no-comments",
    "sse.line-ends",
    "sse.no-id-field",
    "sse.no-retry-field",
)
"""The requirements that only odd frames can break, besides those of the table's own conditions."""


def _shown_requirements(stream: Stream) -> frozenset[str]:
    seen = frame_scan(stream)
    if not seen.has_content:
        return frozenset()
    return _requirements_of(seen.has_frames, is_open(stream), seen.terminal is not None)


@cache
def _requirements_of(framed: bool, is_open: bool, ended: bool) -> frozenset[str]:
    shown = {"sse.data-json-object", *(IRREGULAR if framed else ())}
    shown |= {"sse.no-done-marker"} if framed and not is_open else set()
    return frozenset(shown | ({"sse.nothing-after-terminal"} if framed and ended else set()))


def _broken_requirements(stream: Stream) -> frozenset[str]:
    """Nearly always empty, so that no check is run."""
    return _shown_requirements(stream) if irregular_frames(stream) else frozenset()


_frame_check = check_table(Stream, _shown_requirements, _broken_requirements)


@_frame_check("sse.event-named")
def event_named(stream: Stream) -> Iterator[Violation]:
    """Each frame has its event line before its data."""
    for frame in irregular_frames(stream):
        if frame.data is None or is_done(frame) or is_cut(stream, frame):
            continue
        if frame.event is None:
            yield violation_at(_place(frame), "an event line", frame.data)
        elif frame.raw.find(b"data") < frame.raw.find(b"event"):
            yield violation_at(_place(frame), "the event line before the data line", frame.data)


@_frame_check("sse.event-equals-type")
def event_equals_type(stream: Stream) -> Iterator[Violation]:
    """The event line says the type of the data."""
    for frame in irregular_frames(stream):
        kind = frame.json.get("type") if isinstance(frame.json, dict) else None
        if frame.event is not None and is_text(kind) and frame.event != kind:
            yield violation_at(_place(frame), str(kind), frame.event)


@_frame_check("sse.data-json-object")
def data_json_object(stream: Stream) -> Iterator[Violation]:
    """The data of a frame is a JSON object."""
    last = terminal_frame(stream)
    for frame in irregular_frames(stream):
        if isinstance(frame.json, dict) or is_done(frame) or is_cut(stream, frame):
            continue
        if last is not None and frame.number > last.number:
            return
        if frame.data is not None:
            yield violation_at(_place(frame), "a JSON object", constant_in(frame.data) or frame.data)
        elif frame.event is not None:
            yield violation_at(_place(frame), "a JSON object", "an event without data")


@check("sse.type-present", subject=Stream, applies=lambda stream: bool(stream.events))
def type_present(stream: Stream) -> Iterator[Violation]:
    """Each event has a type."""
    untyped = "" in analysis_of(stream).types
    for number, event in events_where(stream, lambda event: not is_text(event.get("type"))) if untyped else ():
        yield violation_at(f"event {number} /type", "a text", event.get("type", MISSING))


@check(
    "sse.frame-ends-with-blank-line",
    subject=Stream,
    applies=lambda stream: has_original_frames(stream) and stream.is_whole,
)
def ends_with_blank_line(stream: Stream) -> Iterator[Violation]:
    """The last frame ends with an empty line, too."""
    last = stream.exchange.frames[-1]
    if "no-final-blank-line" in last.remarks and not is_cut(stream, last):
        yield Violation(_place(last), "an empty line at the end", quote_bytes(last.raw[-20:]))


def _remark(requirement: str, remarks: tuple[str, ...], expected: str) -> None:
    """Register the check that no frame gives reason to one of some remarks."""

    def find(stream: Stream) -> Iterator[Violation]:
        for frame in irregular_frames(stream):
            for remark in frame.remarks:
                if remark in remarks:
                    yield Violation(_place(frame), expected, f"{remark}: {quote_bytes(frame.raw[:60])}")

    find.__name__ = requirement.replace(".", "_").replace("-", "_")
    find.__doc__ = f"A stream has {expected}."
    _frame_check(requirement)(find)


_remark("sse.utf8", ("invalid-utf8",), "UTF-8")
_remark("sse.no-comments", ("comment",), "no comment lines")
_remark("sse.line-ends", ("cr", "crlf"), "lines that end with a single line feed")


def _field(requirement: str, value: Callable[[Frame], object], expected: str) -> None:
    """Register the check that no frame has a field."""

    def find(stream: Stream) -> Iterator[Violation]:
        for frame in irregular_frames(stream):
            found = value(frame)
            if found is None:
                continue
            if frame.data is None:  # some clients read every frame as an event, and choke on this one alone
                yield Violation(_place(frame), expected, f"a frame without data, {format_value(found)}")
            else:
                yield violation_at(_place(frame), expected, found)

    find.__name__ = requirement.replace(".", "_").replace("-", "_")
    find.__doc__ = f"A frame has {expected}."
    _frame_check(requirement)(find)


_field("sse.no-id-field", lambda frame: frame.id, "no id field")
_field("sse.no-retry-field", lambda frame: frame.retry, "no retry field")


@_frame_check("sse.no-done-marker")
def no_done_marker(stream: Stream) -> Iterator[Violation]:
    """There is no done marker."""
    for frame in irregular_frames(stream):
        if is_done(frame):
            yield violation_at(_place(frame), "the end of the stream", DONE)


@check(
    "sse.done-marker",
    subject=Stream,
    applies=lambda stream: has_original_frames(stream) and is_open(stream) and stream.is_whole,
)
def done_marker(stream: Stream) -> Iterator[Violation]:
    """The last frame is the done marker."""
    last = next((frame for frame in reversed(stream.exchange.frames) if frame.data is not None), None)
    if last is None or not is_done(last):
        yield violation_at(_place(last) if last else "", DONE, last.data if last else MISSING)


@_frame_check("sse.nothing-after-terminal")
def nothing_after_terminal(stream: Stream) -> Iterator[Violation]:
    """Whatever follows the terminal event is an event or the done marker; stream.terminal.last judges the events."""
    for frame in _after(stream):
        is_noise = frame.data is None and frame.event is None
        if not isinstance(frame.json, dict) and not is_done(frame) and not is_noise:
            yield violation_at(
                _place(frame), "the end of the stream", frame.data if frame.data is not None else frame.raw
            )
