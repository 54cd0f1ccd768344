"""Judging of files: in this process where they are small, in several where they are not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Final

from antiphon.errors import Exit, RecordingError
from antiphon.gate.decision import GatePolicy
from antiphon.recording.importers.pieces import LineBlock, Piece, pieces_of
from antiphon.recording.source import Remark
from antiphon.report.output import Output
from antiphon.run.judge_options import JudgeOptions
from antiphon.run.judge_workers import judge_in_processes
from antiphon.run.part import JudgementPart, Scope, WrittenPart, written_part

SMALL: Final = 4 << 20
"""Bytes that are judged before other processes are started."""


def judge_files(
    options: JudgeOptions, folder: Path, policy: GatePolicy | None = None, output: Output | None = None
) -> Exit:
    """Judge every exchange of the files, write the reports, show the findings. Raises AntiphonError."""
    return judged_part(options).finish(folder, policy, output)


def judged_part(options: JudgeOptions, small: int = SMALL) -> JudgementPart:
    """What the files show. Raises AntiphonError."""
    part = JudgementPart(options)
    pieces = _pieces(options, part)
    # Which responses are in a sample depends on chains that may lie in several pieces.
    at_once = options.jobs > 1 and options.sample is None
    taken = 0
    for piece, file in pieces:
        if at_once and taken >= small:
            judge_in_processes(options, chain([(piece, file)], pieces), part)
            break
        part.take(piece, file)
        taken += len(piece.data) if isinstance(piece, LineBlock) else piece.path.stat().st_size
    return part


def _pieces(options: JudgeOptions, part: JudgementPart) -> Iterator[tuple[Piece, str]]:
    """The pieces of all files, each with the name of its file; what cannot be read is told to the part."""
    for path, name in zip(options.files, options.shown_names, strict=True):
        tally = part.tally(str(name))
        try:
            for piece in pieces_of(path):
                if isinstance(piece, Remark):
                    tally.add_remark(piece)
                else:
                    yield piece, str(name)
        except RecordingError as error:
            tally.error = str(error)


def merged_part(files: Sequence[Path]) -> JudgementPart:
    """The sum of parts that were written. Raises RecordingError."""
    part: JudgementPart | None = None
    holders: dict[str, Path] = {}
    for path in files:
        try:
            data = path.read_bytes()
        except OSError as error:
            raise RecordingError(f"{path}: cannot be read ({error.strerror or error}).") from None
        written = written_part(data, str(path))
        _raise_if_twice(written, path, holders)
        part = part or JudgementPart(_options_of(written.part))
        part.add(data, str(path))
    assert part is not None, "click asks for a file"
    return part


def _raise_if_twice(part: WrittenPart, path: Path, holders: dict[str, Path]) -> None:
    """Raises RecordingError where a part before holds one of the recordings: its exchanges would count twice."""
    found = {each.recording["sha256"]: name for name, each in part.files.items() if each.recording and each.found}
    for digest, name in found.items():
        if digest in holders:
            raise RecordingError(f"{path}: holds {name}, as {holders[digest]} does; its exchanges would count twice.")
    holders |= dict.fromkeys(found, path)


def _options_of(scope: Scope) -> JudgeOptions:
    """The options by which a part was judged, as far as they matter to others."""
    return JudgeOptions((), scope.edition, tuple(scope.select), scope.provider or None, scope=scope.filter)
