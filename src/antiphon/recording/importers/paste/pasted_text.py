"""Reading of pasted text: steps that take off what surrounds it, then tokens, then exchanges."""

from __future__ import annotations

import re
from typing import Final

from antiphon.recording.exchange import Exchange
from antiphon.recording.importers.paste.assemble import Assembler
from antiphon.recording.importers.paste.repairs import Repairs
from antiphon.recording.importers.paste.tokens import Tokenizer, without_noise
from antiphon.recording.importers.paste.unwrap import (
    blocks,
    plain,
    without_indentation,
    without_prefixes,
    without_quotes,
)

_WRAPPED: Final = re.compile(
    rb"^(?:[ \t>|]*(?:```|~~~)|[ \t]*[$#%] ?curl |HTTP/\d|[*<>] |\{ \[\d+ bytes|(?:[ \t]|\xc2\xa0)+(?:event|data): ?|"
    rb".{0,80}[|] +data: ?\{)",
    re.MULTILINE,
)
"""A line that no server sends in a stream: a fence, a command, what curl says, a head of HTTP, indented fields."""

_LOST_BLANK: Final = re.compile(
    rb"^data: ?[{\[][^\n]*[}\]]\r?\n(?:event: ?[\w.]+\r?\n|data: ?(?:\{\"|\[DONE))", re.MULTILINE
)
"""An event that follows at once on the data of the one before."""
_SPLIT: Final = re.compile(rb"^event: ?[\w.]+\r?\n\r?\ndata:", re.MULTILINE)
_FAR: Final = re.compile(rb"^data: ?[^\n]*\n\r?\n\r?\n", re.MULTILINE)
"""Together: each line is followed by another blank line, as some programs paste."""


def is_wrapped(data: bytes) -> bool:
    """Around the fields of a stream there is what no server sends, or the blank lines between its frames are lost."""
    if _WRAPPED.search(data) or _LOST_BLANK.search(data):
        return True
    return _SPLIT.search(data) is not None and _FAR.search(data) is not None


def read_pasted(data: bytes, name: str) -> tuple[list[Exchange], str]:
    """The exchanges of a pasted text, and one line on what was dropped or repaired."""
    repairs = Repairs()
    text = plain(data.decode("utf-8", "surrogateescape"), repairs)
    reader = Assembler(name, repairs)
    for block in blocks(text, repairs):
        lines = without_indentation(without_noise(block, repairs).split("\n"), repairs)
        lines = without_prefixes(without_indentation(without_quotes(lines, repairs), repairs), repairs)
        reader.take(Tokenizer(lines, repairs))
    return reader.exchanges, repairs.text()
