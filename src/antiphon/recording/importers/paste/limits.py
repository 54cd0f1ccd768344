"""Limits of pasted texts, beyond which reading them would take too long or too much memory."""

from __future__ import annotations

from typing import Final

from antiphon.recording.importers.value_sizes import MOST_EVENTS

LINES: Final = 1_000_000
"""Lines of a paste."""
BUDGET: Final = 20_000_000
"""Characters that are looked through in vain for values and their ends, besides twice the text."""
TRY: Final = 16
"""Characters as which each place counts at which a value may begin."""


EVENTS: Final = MOST_EVENTS
"""Events of a paste."""


class PasteTooLarge(ValueError):
    """A paste is beyond a limit; the message says what it has too much of."""
