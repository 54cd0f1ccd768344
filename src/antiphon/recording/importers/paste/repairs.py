"""Account of what was dropped or repaired in a pasted text, for one remark."""

from __future__ import annotations

from collections import Counter
from typing import Final

from antiphon.recording.importers.library_dumps import NOTE

PROSE: Final = "{} of other text left out"
NOISE: Final = "{} of curl or the shell left out"
PREFIX: Final = "a prefix taken off {}"
INDENT: Final = "indentation taken off {}"
QUOTE: Final = "a column or quote mark taken off {}"
BLOCK: Final = "{} read"
FENCE: Final = "{} outside the code blocks left out"
BLANK: Final = "lost blank lines put back after {}"
DOUBLED: Final = "{} joined that blank lines had split"
WRAPPED: Final = "{} joined that had been wrapped"
PRETTY: Final = "{} of several lines put on one"
PYTHON: Final = "{} read from Python's notation"
UNREADABLE: Final = "{} left out, as they are shortened or not readable"
ESCAPES: Final = "{} of terminal colours taken out"
UNKNOWN: Final = "{} of no known kind left out"
OTHER_STREAM: Final = "{} found, as another response begins after an end"
EVENTS: Final = "{} taken out of other lines or values, so that no frame is judged"
PIECE: Final = "{} of text taken out of other lines and put together"
EXCERPT: Final = "{} found of which only an excerpt is there, so that neither order nor sums are judged"
HTML: Final = "tags and entities of a page taken out"
ENCODED: Final = "Base64 decoded"
DUMP: Final = "the bytes of {} of a dump put together"
LOSSY: Final = "{} of a dump read, in which dots stand for line ends and for what is no ASCII"
CHUNKS: Final = "{} of HTTP joined"
CELLS: Final = "{} of a table read"
QUOTES: Final = "typographic quotation marks made straight"
PATCH: Final = "the new side of a patch read"
OLD_SIDE: Final = "{} of its old side left out"
PRINTED: Final = "{} read as a program printed it"
EXPECTED: Final = "{} left out that a test expected"
LEFT_OUT: Final = "{} found where something was left out"
REVERSED: Final = "what was newest first put in order"
REPEATED: Final = "{} left out that the log holds twice"
CUT: Final = "{} found whose end is not there, so that it is not judged"
LINE_ENDS: Final = "line ends put back where other marks stood for them"
NUMBERS: Final = "{} of bytes read that stood there as numbers"
TRAILING: Final = "white space taken off the ends of {}"
DUMPED: Final = NOTE
MIXED: Final = "{} found whose events are mixed with those of others, so that neither order nor sums are judged"
BROKEN_OFF: Final = "{} left out that breaks off"
SHALLOW: Final = "{} left out whose nested values were left out when it was printed (ConvertTo-Json takes -Depth)"
EXPECTED_BLOCK: Final = "{} left out that shows what was expected"
PARTIAL: Final = "{} left out, as only some of its fields are there"
SHORTENED: Final = (UNREADABLE, SHALLOW, BROKEN_OFF)
"""What tells that something of this API is there, and only in part."""

_UNITS: Final = {
    BLOCK: "code block", PIECE: "piece", BLANK: "frame", DOUBLED: "frame", PRETTY: "value", PYTHON: "value",
    UNREADABLE: "event", ESCAPES: "code", UNKNOWN: "value", OTHER_STREAM: "more stream", EVENTS: "event",
    EXCERPT: "stream", DUMP: "row", LOSSY: "row", CHUNKS: "chunk", CELLS: "cell", PRINTED: "value",
    EXPECTED: "value", NUMBERS: "list",
    LEFT_OUT: "place", MIXED: "stream", BROKEN_OFF: "body", SHALLOW: "body", EXPECTED_BLOCK: "code block",
    REPEATED: "event", CUT: "stream", PARTIAL: "response",
}  # fmt: skip


class Repairs:
    """Counts of what was dropped or repaired, by sentence."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def add(self, sentence: str, count: int = 1) -> None:
        """Count a repair."""
        if count:
            self._counts[sentence] += count

    def __contains__(self, sentence: str) -> bool:
        return self._counts[sentence] > 0

    def text(self) -> str:
        """All repairs on one line; empty where there are none."""
        return "; ".join(self._sentence(sentence, count) for sentence, count in self._counts.items())

    @staticmethod
    def _sentence(sentence: str, count: int) -> str:
        unit = _UNITS.get(sentence, "line")
        units = f"{unit[:-1]}ies" if unit.endswith("y") else f"{unit}s"
        return sentence.format(f"{count} {unit}" if count == 1 else f"{count} {units}")
