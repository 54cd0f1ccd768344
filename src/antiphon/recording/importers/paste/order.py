"""Order of what a text holds: several streams, newest first, mixed, or each event twice."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from antiphon.recording.importers.paste import repairs as r
from antiphon.recording.importers.paste.frame_texts import DONE, FrameText, event_type, is_chat_chunk, response_id
from antiphon.recording.importers.paste.repairs import Repairs
from antiphon.recording.outcome import ENDINGS

_BEGINNING = re.compile(r"""["']?type\\*["']?\s*(?::|=>?)\s*\\*["']response\.created\b|event: response\.created\b""")
_END = re.compile(
    r"""["']?type\\*["']?\s*(?::|=>?)\s*\\*["']response\.(?:completed|incomplete|failed)\b|"""
    r"""event: response\.(?:completed|incomplete|failed)\b"""
)
LEAST_REPEATED: Final = 3
"""Events that must all stand twice for the log to have written each of them twice."""


def is_newest_first(texts: Sequence[str]) -> bool:
    """The end of a stream stands before any beginning."""
    begun = next((at for at, text in enumerate(texts) if _BEGINNING.search(text)), None)
    ended = next((at for at, text in enumerate(texts) if _END.search(text)), None)
    return begun is not None and ended is not None and ended < begun


def in_order(frames: Sequence[FrameText], repairs: Repairs) -> list[FrameText]:
    """Frames in the order in which they came, each once, where a log has them otherwise."""
    if any(frame.verbatim and frame.closed for frame in frames):
        return list(frames)
    ordered = list(frames)
    kinds = [event_type(frame) for frame in frames]
    ended = next((at for at, kind in enumerate(kinds) if kind in ENDINGS), None)
    if _is_newest_chunk_first(frames):
        repairs.add(r.REVERSED)
        ordered.reverse()
    created = kinds.index("response.created") if "response.created" in kinds else 0
    if created and created > (len(kinds) - 2 if ended is None else ended):
        repairs.add(r.REVERSED)
        ordered.reverse()
    once = without_repeats(ordered)
    repairs.add(r.REPEATED, len(ordered) - len(once))
    return once


def _is_newest_chunk_first(frames: Sequence[FrameText]) -> bool:
    """The chunk that ends a completion stands before the one that alone names the role."""
    choices = [value.get("choices") if isinstance(value := frame.json, dict) else None for frame in frames]
    first = [each[0] if isinstance(each, list) and each and isinstance(each[0], dict) else {} for each in choices]
    ends = [at for at, choice in enumerate(first) if choice.get("finish_reason")]
    roles = [
        at for at, choice in enumerate(first) if isinstance(choice.get("delta"), dict) and choice["delta"].get("role")
    ]
    return len(roles) == 1 and bool(ends) and ends[0] < roles[0]


def is_mixed(frames: Sequence[FrameText]) -> bool:
    """Another response begins in a log before the one that began came to its end."""
    if all(frame.verbatim for frame in frames):
        return False
    begun: set[str] = set()
    for frame in frames:
        kind = event_type(frame)
        if kind == "response.created":
            begun.add(response_id(frame))
        elif kind in ENDINGS:
            begun.discard(response_id(frame))
        if len(begun) > 1:
            return True
    return False


def without_repeats(frames: Sequence[FrameText]) -> list[FrameText]:
    """The frames of a log that wrote each event twice in a row, once; all where it did not."""
    if len(frames) < 2 * LEAST_REPEATED or len(frames) % 2 or any(frame.verbatim for frame in frames):
        return list(frames)
    if all(one.json == other.json for one, other in zip(frames[::2], frames[1::2], strict=True)):
        return list(frames[::2])
    return list(frames)


def streams_of(frames: Sequence[FrameText], repairs: Repairs) -> Iterator[list[FrameText]]:
    """The frames of each stream: another response, or a completion, that begins after an end begins another stream.

    Where frames stand as they were sent, only the mark of the end lets another response begin: a server may repeat
    itself.
    """
    part: list[FrameText] = []
    ended, done, id = False, False, ""
    for frame in frames:
        kind = event_type(frame)
        other = response_id(frame)
        is_response = kind == "response.created" and (done or (ended and not frame.verbatim)) and other != id
        if part and (is_response or (ended and is_chat_chunk(frame))):
            repairs.add(r.OTHER_STREAM)
            yield part
            part, ended, done = [], False, False
        id = other or id
        ended, done = ended or kind in ENDINGS, done or frame.data == [DONE]
        part.append(frame)
    if any(frame.data or frame.event is not None for frame in part):
        yield part
