"""Arrival times of the frames of a stream, and keep-alives in its pauses.

What our own loop was late by is taken off every time that is held against a server.
"""

from __future__ import annotations

from collections.abc import Iterator

from antiphon.judge.frame_scan import terminal_frame
from antiphon.judge.registry import Violation, check
from antiphon.judge.stream_analysis import analysis_of, events_where
from antiphon.judge.subjects.responses import Stream
from antiphon.judge.values import violation_at

LINGER = 5.0
"""Seconds after the terminal event within which the body ends."""
LONG = 2.0
"""Shortest duration in seconds of a stream whose timing is judged."""
MANY = 50
"""Number of events that it must have for that: a short answer arrives at once, however long the model took."""
BUSY = 1 / 5
"""Part of a stream's duration. Where our loop was late by more at once, the server had as little of the machine too."""
KEEPALIVE = frozenset({"type", "sequence_number", "stream_id"})


def _timed(stream: Stream) -> bool:
    """Arrival times were taken: frames came in more than one piece, or after some time."""
    response = stream.exchange.response
    return response is not None and any(chunk.at > 0 for chunk in response.chunks)


@check("sse.body-ends", subject=Stream, applies=lambda stream: _timed(stream) and terminal_frame(stream) is not None)
def body_ends(stream: Stream) -> Iterator[Violation]:
    """The body ends within seconds after the terminal event."""
    last, exchange = terminal_frame(stream), stream.exchange
    if last is None:
        return
    lingered = exchange.elapsed - last.at - exchange.lag
    timed_out = exchange.failure is not None and exchange.failure.kind.startswith("timeout")
    waited = timed_out and not exchange.is_our_delay
    if lingered > LINGER or waited:
        got = f"{lingered:.1f} s later" + (", cut by the client" if waited else "")
        yield violation_at(f"frame {last.number}", f"the end of the body within {LINGER:.0f} s", got)


def _is_long(stream: Stream) -> bool:
    exchange = stream.exchange
    if not stream.is_whole or len(stream.events) < MANY:
        return False
    last = exchange.frames[-1].at
    return last - exchange.lag >= LONG and exchange.lag <= last * BUSY


@check("sse.arrives-as-made", subject=Stream, applies=_is_long)
def arrives_as_made(stream: Stream) -> Iterator[Violation]:
    """Events do not wait for the end of the answer."""
    frames = stream.exchange.frames
    first, last = frames[0].at, frames[-1].at
    if last - first < last / 50:
        got = f"all {len(frames)} frames between {first:.2f} s and {last:.2f} s"
        yield violation_at("frame 0", "the first event while the answer is being made", got)


def _keepalives(stream: Stream) -> list[tuple[int, dict[str, object]]]:
    found = "keepalive" in analysis_of(stream).types
    return events_where(stream, lambda event: event.get("type") == "keepalive") if found else []


@check("sse.keepalive-tolerated-form", subject=Stream, applies=lambda stream: bool(_keepalives(stream)))
def keepalive_form(stream: Stream) -> Iterator[Violation]:
    """A keepalive carries nothing of the answer."""
    for number, event in _keepalives(stream):
        strange = sorted(event.keys() - KEEPALIVE)
        if strange:
            yield violation_at(f"event {number}", "type and sequence_number alone", ", ".join(strange[:8]))
