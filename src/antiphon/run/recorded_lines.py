"""Lines of a transcript at which exchanges stand, for reports that point into the file."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from pathlib import Path

from antiphon.judge.ledger import Ledger

_EXCHANGE = re.compile(rb'\{"exchange":("(?:[^"\\]|\\.)*")')
"""The beginning of an exchange's line, as `recording/records.py` writes it."""


def broken_exchanges(ledger: Ledger) -> set[str]:
    """The ids of the exchanges that show the first places of what is broken."""
    return {place.exchange for entry in ledger.entries.values() for place in entry.places}


def recorded_lines(path: Path | None, wanted: Collection[str]) -> dict[str, int]:
    """The line of each wanted exchange, from 1; nothing of a file that is no transcript of ours, or cannot be read."""
    found: dict[str, int] = {}
    if path is None or not wanted or not path.is_file():  # a pipe was read to its end, and would be waited for
        return found
    try:
        with path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                if (start := _EXCHANGE.match(line)) and (name := json.loads(start[1])) in wanted:
                    found.setdefault(name, number)
    except (OSError, ValueError):
        return {}
    return found
