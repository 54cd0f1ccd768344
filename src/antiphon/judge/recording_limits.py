"""Limits of recordings: the requirements of which a recording shows nothing, by the notes on an exchange."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final

from antiphon.recording.exchange import EXCERPT, PASTED, RECODED, REFUSAL

_SHOWN_BY_ONE_EVENT: Final = (
    "stream.schema.", "stream.added.", "stream.failed.", "stream.incomplete.", "stream.unknown-event-types",
    "stream.sequence.present", "stream.output-index.present", "stream.content-index.present",
    "stream.item-id.present", "stream.lifecycle.whole-response", "stream.lifecycle.early-", "stream.usage.",
    "stream.terminal.type-fits-status", "stream.terminal.no-cancelled-event", "stream.logprobs.",
    "stream.partial-image.", "stream.item.added-status", "stream.item.done-status", "stream.error.shape",
    "stream.error.nested",
)  # fmt: skip
"""What an event shows by itself, whatever came before and after it."""
_OF_THE_END: Final = ("sse.line-ends", "sse.frame-ends-with-blank-line", "sse.done-marker")
"""What stands at the ends of lines and of the whole, which a paste changes."""

_OF_THE_BYTES: Final = frozenset({"sse.utf8", "item.no-replacement-characters"})
"""What only the bytes show that were sent."""
_OF_A_WHOLE_TURN: Final = frozenset({"websocket.same-grammar"})
_OF_THE_STATUS: Final = ("errors.status-", "errors.code-fits", "errors.type-fits")
"""What a refusal shows by its status."""


class RecordingLimits:
    """The requirements that are not judged in an exchange, by its notes."""

    def __init__(self, requirements: Iterable[str]) -> None:
        known = list(requirements)
        streams = {name for name in known if name.startswith("stream.")}
        self._by_note: Mapping[str, frozenset[str]] = {
            PASTED: frozenset(name for name in known if name.startswith(_OF_THE_END)),
            RECODED: _OF_THE_BYTES & frozenset(known),
            REFUSAL: frozenset(name for name in known if name.startswith(_OF_THE_STATUS)),
            EXCERPT: frozenset(name for name in streams if not name.startswith(_SHOWN_BY_ONE_EVENT))
            | frozenset(name for name in known if name in _OF_A_WHOLE_TURN),
        }

    def of(self, notes: frozenset[str]) -> frozenset[str]:
        """The requirements of which exchanges with these notes show nothing."""
        concerned = notes & self._by_note.keys() if notes else notes
        return frozenset().union(*(self._by_note[note] for note in concerned)) if concerned else frozenset()


@lru_cache(maxsize=16)
def recording_limits(requirements: frozenset[str]) -> RecordingLimits:
    """The limits of recordings among some requirements; one object for all judges of the same ones."""
    return RecordingLimits(requirements)
