"""Losses of a pasted stream: which of its frames can be read, and whether what is left is an excerpt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from antiphon.recording.importers.paste import repairs as r
from antiphon.recording.importers.paste.frame_texts import DONE, FrameText, event_type, is_shortened
from antiphon.recording.importers.paste.gaps import ends_early, has_elided_member, has_elided_text
from antiphon.recording.importers.paste.repairs import Repairs
from antiphon.recording.outcome import ENDINGS

_BEGINNINGS = ("response.created", "response.queued", "")


@dataclass
class Losses:
    """What the lines around a stream say of it."""

    has_gap: bool = False
    """Something was left out of its middle."""
    is_stopped: bool = False
    """Its end may be missing, as it was stopped from outside."""
    is_filtered: bool = False
    """A program let only some of its lines through."""
    has_unreadable: bool = False
    """Values were left out that could not be read whole."""
    is_open: bool = False
    """Something was left out, and nothing came after it."""
    has_dots: bool = False
    """Dots stand in the text after it."""


@dataclass(frozen=True)
class Remainder:
    """What can be judged of a stream."""

    frames: list[FrameText]
    is_excerpt: bool
    is_cut: bool


def remainder(
    frames: Sequence[FrameText], losses: Losses, cut: frozenset[str], is_last: bool, repairs: Repairs
) -> Remainder:
    """The frames that can be read; an excerpt where others are missing, and cut where its end may be."""
    is_wrapped = r.WRAPPED in repairs
    lost = [_is_lost(frame, cut) or (is_wrapped and _breaks_off(frame)) for frame in frames]
    kept = [
        frame
        for at, frame in enumerate(frames)
        if not lost[at] and not (_lacks_data(frame) and any(lost[at + 1 : at + 2]))
    ]
    breaks_off = bool(kept) and is_last and kept[-1] is frames[-1] and _breaks_off(kept[-1], at_end=True)
    kept = kept[:-1] if breaks_off else kept
    repairs.add(r.UNREADABLE, len(frames) - len(kept))
    kinds = [event_type(frame) for frame in kept if frame.data and frame.data != [DONE]]
    is_excerpt = (
        len(kept) + breaks_off < len(frames)
        or losses.has_gap
        or losses.is_filtered
        or losses.has_unreadable
        or (bool(kinds) and kinds[0] not in _BEGINNINGS)
        or has_elided_text(kept)
    )
    is_open = (
        is_excerpt
        or breaks_off
        or losses.is_stopped
        or losses.is_open
        or losses.has_dots
        or not (kept[-1:] and (kept[-1].verbatim or _lacks_end_alone(kinds)))
    )
    return Remainder(kept, is_excerpt, ENDINGS.isdisjoint(kinds) and is_open)


def _is_lost(frame: FrameText, cut: frozenset[str]) -> bool:
    return is_shortened(frame) or not cut.isdisjoint(frame.data) or (bool(frame.data) and has_elided_member(frame.json))


def _lacks_data(frame: FrameText) -> bool:
    """The data of its event are not there; where what follows is not readable, they were lost with that."""
    return frame.event is not None and not frame.data


def _lacks_end_alone(kinds: Sequence[str]) -> bool:
    """All that began came to its end, but for the response."""
    added, done = kinds.count("response.output_item.added"), kinds.count("response.output_item.done")
    return kinds[-1:] == ["response.output_item.done"] and added == done


def _breaks_off(frame: FrameText, at_end: bool = False) -> bool:
    if not frame.data:
        return at_end and frame.event is not None
    return not frame.is_whole and ends_early("\n".join(frame.data))
