"""A log that is still written: its lines as they come."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import BinaryIO, Final

from antiphon.errors import RecordingError
from antiphon.recording.file import json_of_line
from antiphon.recording.importers.detect import line_form_of
from antiphon.recording.importers.pieces import BLOCK, LineBlock
from antiphon.recording.source import LINE_LIMIT, Remark, Source, size
from antiphon.run.judge_options import JudgeOptions
from antiphon.run.part import JudgementPart

WAIT: Final = 0.5
"""Seconds between two looks at a file that did not grow."""


def follow(options: JudgeOptions, path: Path, stop: Event, wait: float = WAIT) -> JudgementPart:
    """What the lines of a growing file show, until it is told to stop. Raises AntiphonError."""
    part = JudgementPart(options)
    tally = part.tally(str(path))
    try:
        for block in _growing_blocks(path, stop, wait):
            part.take(block, str(path))
    except RecordingError as error:
        if not tally.found:
            raise
        tally.add_remark(Remark(path.name, f"{error} What came before is judged."))
    return part


def _growing_blocks(path: Path, stop: Event, wait: float) -> Iterator[LineBlock]:
    """Whole lines of a file, as they come; of another file too, if that takes its place."""
    rotation = 0
    while not stop.is_set():
        form = _form(path, stop, wait)
        try:
            with path.open("rb") as file:
                yield from (block._replace(rotation=rotation) for block in _lines(path, file, form, stop, wait))
        except OSError as error:
            raise RecordingError(f"{path}: cannot be read ({error.strerror or error}).") from None
        rotation += 1


def _form(path: Path, stop: Event, wait: float) -> str:
    """The form of a file, as soon as two lines of it are there. Raises RecordingError where it is none of lines."""
    while not stop.is_set():
        try:
            with path.open("rb") as file:
                head = file.read(1 << 16)
        except OSError as error:
            raise RecordingError(f"{path}: cannot be read ({error.strerror or error}).") from None
        if head.strip():
            with Source(path) as source:
                form = "" if head[:2] == b"\x1f\x8b" else line_form_of(source)
            if form:
                return form
            if head.count(b"\n") > 1 or head[:1] != b"{":
                raise RecordingError(f"{path}: only a plain file with an exchange on each line can be followed.")
        stop.wait(wait)
    return ""


def _lines(path: Path, file: BinaryIO, form: str, stop: Event, wait: float) -> Iterator[LineBlock]:
    pending, number = b"", 1
    while True:
        data = file.read(BLOCK)
        whole, end, pending = (pending + data).rpartition(b"\n")
        if end:
            yield LineBlock(form, path.name, number, whole + end)
            number += whole.count(b"\n") + 1
        if len(pending) > LINE_LIMIT:
            raise RecordingError(f"{path.name}, line {number}: is longer than {size(LINE_LIMIT)}.")
        if len(data) == BLOCK:
            continue
        is_replaced = not data and _is_replaced(path, file)
        if is_replaced or stop.is_set():
            if is_replaced or _is_whole(pending):
                yield LineBlock(form, path.name, number, pending)
            return
        if not data:
            stop.wait(wait)


def _is_whole(line: bytes) -> bool:
    """A line without its end is there but for that, and not about to be written."""
    try:
        json_of_line(line, "")
    except RecordingError:
        return False
    return True


def _is_replaced(path: Path, file: BinaryIO) -> bool:
    """The file was rotated, or cut to begin anew."""
    try:
        now = path.stat()
    except FileNotFoundError:  # between two files of a rotation
        return False
    return now.st_ino != os.fstat(file.fileno()).st_ino or now.st_size < file.tell()
