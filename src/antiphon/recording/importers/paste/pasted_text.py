"""Paste of pasted text: steps that take off what surrounds it, then tokens, then exchanges."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from antiphon.errors import RecordingError
from antiphon.recording.exchange import Exchange
from antiphon.recording.importers.paste import limits
from antiphon.recording.importers.paste import repairs as r
from antiphon.recording.importers.paste.assemble import Assembler
from antiphon.recording.importers.paste.bare_prints import SENTENCE, is_bare_print
from antiphon.recording.importers.paste.disguises import without_disguise
from antiphon.recording.importers.paste.dumps import without_chunks
from antiphon.recording.importers.paste.gaps import cut_values, ends_early, ends_in_begun_field, without_begun_field
from antiphon.recording.importers.paste.line_ends import has_end_marks, has_no_lines, is_written_out
from antiphon.recording.importers.paste.repairs import Repairs
from antiphon.recording.importers.paste.tokenizer import Tokenizer, without_noise
from antiphon.recording.importers.paste.tokens import Token
from antiphon.recording.importers.paste.unwrap import (
    blocks,
    plain,
    without_indentation,
    without_prefixes,
    without_quotes,
    without_stream_marks,
)

_WRAPPED: Final = re.compile(
    rb"^(?:[ \t>|]*(?:```|~~~)|[ \t]*[$#%] ?curl |HTTP/\d|[*<>] |\{ \[\d+ bytes|(?:[ \t]|\xc2\xa0)+(?:event|data): ?|"
    rb".{0,80}[|] +data: ?\{|[ \t]+\r?$|data: ?[{\[](?:&quot;|\xe2\x80[\x9c-\x9f])|real\t\d+m|"
    rb"(?:http_code|time_total|time_starttransfer)\b|(?:[\[(<]?(?:\.{3}|\xe2\x80\xa6)[\])>]?|\[\.\.\. ?[^\n\]]*\])\r?$|"
    rb"[0-9a-fA-F]{1,7}\r?\n(?:event|data): ?|\^C)",
    re.MULTILINE,
)
"""A line that no server sends in a stream, such as a fence, a command, a head of HTTP, dots, the size of a chunk."""

_LOST_BLANK: Final = re.compile(
    rb"^data: ?[{\[][^\n]*[}\]]\r?\n(?:event: ?[\w.]+\r?\n|data: ?(?:\{\"|\[DONE))", re.MULTILINE
)
"""An event that follows at once on the data of the one before."""
_SPLIT: Final = re.compile(rb"^event: ?[\w.]+\r?\n\r?\ndata:", re.MULTILINE)
_FAR: Final = re.compile(rb"^data: ?[^\n]*\n\r?\n\r?\n", re.MULTILINE)
"""Together: each line is followed by another blank line, as some programs paste."""


def is_wrapped(data: bytes) -> bool:
    """Around the fields of a stream there is what no server sends, or the blank lines between its frames are lost."""
    if _WRAPPED.search(data) or _LOST_BLANK.search(data) or _has_losses(data):
        return True
    if is_written_out(data) or has_no_lines(data) or has_end_marks(data):
        return True
    if b"chat.completion.chunk" in data and b'"response.completed"' in data:  # two streams, one behind the other
        return True
    return _SPLIT.search(data) is not None and _FAR.search(data) is not None


def _has_losses(data: bytes) -> bool:
    """The last event breaks off, several end at one width, or values are shortened."""
    lines = re.split(r"\r\n|\r|\n", data.decode("utf-8", "surrogateescape"))
    if (
        lines[-1].startswith("event:")
        or ends_in_begun_field(f"\n{lines[-1]}")
        or (lines[-1].startswith("data:") and ends_early(lines[-1][5:].strip()))
    ):
        return True
    return bool(cut_values(lines))


def may_be_elided(data: bytes) -> bool:
    """Dots stand in the stream where something may have been left out: reading it shows whether it was."""
    return any(mark in data for mark in (b'..."', b"{...}", b"[...]", "…".encode()))


class Paste(NamedTuple):
    """What was read of a pasted text."""

    exchanges: list[Exchange]
    remark: str
    """What was dropped or repaired, on one line."""
    is_shortened: bool
    """There are events of which only a part is there."""
    reason: str = ""
    """Why nothing can be read of it, where that is known."""


def read_pasted(data: bytes, name: str) -> Paste:
    """The exchanges of a pasted text, and one line on what was dropped or repaired.

    Raises RecordingError where it is beyond a limit.
    """
    try:
        return _read(data, name)
    except limits.PasteTooLarge as error:
        raise RecordingError(f"{name}: {error}; split it.") from None


def _read(data: bytes, name: str) -> Paste:
    if data.count(b"\n") > limits.LINES:
        raise limits.PasteTooLarge(f"it has more than {limits.LINES:,} lines")
    repairs = Repairs()
    text = plain(without_chunks(data, repairs).decode("utf-8", "surrogateescape"), repairs)
    text = without_begun_field(without_disguise(text, repairs))
    reader = Assembler(name, repairs, read_text=_tokens_of)
    for block in blocks(text, repairs):
        lines = _lines_of(block, repairs)
        reader.cut |= cut_values(lines)
        reader.take(Tokenizer(lines, repairs))
    reason = SENTENCE if not reader.exchanges and is_bare_print(text) else ""
    return Paste(reader.exchanges, repairs.text(), any(each in repairs for each in r.SHORTENED), reason)


def _lines_of(block: str, repairs: Repairs) -> list[str]:
    """The lines of a block without what stands before each of them."""
    lines = without_stream_marks(without_noise(block, repairs).split("\n"), repairs)
    lines = without_indentation(lines, repairs)
    return without_prefixes(without_indentation(without_quotes(lines, repairs), repairs), repairs)


def _tokens_of(text: str, repairs: Repairs) -> Iterator[Token]:
    """The tokens of a text that stood in a value: it may be any paste."""
    for block in blocks(plain(text.replace("\r\n", "\n"), repairs), repairs):
        yield from Tokenizer(_lines_of(block, repairs), repairs)
