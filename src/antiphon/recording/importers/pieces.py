"""Pieces of recordings, each of which can be read by itself: whole files, and blocks of lines of large ones."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from antiphon.errors import RecordingError
from antiphon.recording.file import json_of_line
from antiphon.recording.importers.detect import DECODERS, line_form_of
from antiphon.recording.records import Record
from antiphon.recording.source import LINE_LIMIT, Remark, Source, size

BLOCK: Final = 1 << 20
"""Bytes of a block, to the end of its last line."""


class LineBlock(NamedTuple):
    """Some lines of a file with an exchange on each line, as they stand there."""

    form: str
    name: str
    """The name of the file, by which places in it are called."""
    first: int
    """The number of its first line."""
    data: bytes
    rotation: int = 0
    """How often a log that grows was rotated before."""


class WholeFile(NamedTuple):
    """A file that is read as a whole."""

    path: Path


Piece = LineBlock | WholeFile


def pieces_of(path: Path, block: int = BLOCK) -> Iterator[Piece | Remark]:
    """The pieces of a file, in order. Raises RecordingError where it cannot be read."""
    with Source(path) as source:
        form = line_form_of(source)
    if not form:
        yield WholeFile(path)
        return
    with Source(path) as source:
        number = 1
        for data in _blocks(source, block):
            yield LineBlock(form, source.name, number, data)
            number += data.count(b"\n")
        if source.cut:
            yield Remark(f"{source.name}, after line {number - 1}", source.cut)


def _blocks(source: Source, block: int) -> Iterator[bytes]:
    """The bytes of a file, cut at ends of lines."""
    pending: list[bytes] = []
    length = 0
    for data in source.blocks():
        pending.append(data)
        length += len(data)
        if length < block:
            continue
        whole, end, rest = data.rpartition(b"\n")
        if end:
            yield b"".join([*pending[:-1], whole, end])
            pending, length = [rest], len(rest)
        elif length > LINE_LIMIT:
            raise RecordingError(f"{source.name}: a line is longer than {size(LINE_LIMIT)}.")
    if length:
        yield b"".join(pending)


def read_block(block: LineBlock) -> Iterator[tuple[int, Record | RecordingError]]:
    """The record of each line of a block, with the number of the line, or why it cannot be read."""
    decode = DECODERS[block.form]
    *lines, last = block.data.split(b"\n")
    for number, line in enumerate([*(line + b"\n" for line in lines), last], block.first):
        if not line.strip():
            continue
        where = f"{block.name}, line {number}"
        try:
            yield number, decode(json_of_line(line, where), where)
        except RecordingError as error:
            yield number, error
