"""Order of what a log holds: newest first, or each event twice."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from antiphon.recording.importers.paste import repairs as r
from antiphon.recording.importers.paste.frame_texts import FrameText, event_type
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
    created = kinds.index("response.created") if "response.created" in kinds else 0
    if created > (len(kinds) - 2 if ended is None else ended):
        repairs.add(r.REVERSED)
        ordered.reverse()
    once = without_repeats(ordered)
    repairs.add(r.REPEATED, len(ordered) - len(once))
    return once


def without_repeats(frames: Sequence[FrameText]) -> list[FrameText]:
    """The frames of a log that wrote each event twice in a row, once; all where it did not."""
    if len(frames) < 2 * LEAST_REPEATED or len(frames) % 2 or any(frame.verbatim for frame in frames):
        return list(frames)
    if all(one.json == other.json for one, other in zip(frames[::2], frames[1::2], strict=True)):
        return list(frames[::2])
    return list(frames)
