"""Input that can be read only once: standard input and pipes, kept in files so that it can be looked at twice."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from antiphon.errors import RecordingError
from antiphon.recording.source import TOTAL_LIMIT, size

STDIN: Final = "-"
STEP: Final = 1 << 20


@contextmanager
def seekable_files(files: Sequence[Path]) -> Iterator[tuple[Path, ...]]:
    """The files, with copies in place of standard input (`-`) and of pipes; the copies are deleted at the end."""
    folder: Path | None = None
    paths: list[Path] = []
    try:
        for number, path in enumerate(files):
            if str(path) != STDIN and not _is_read_once(path):
                paths.append(path)
                continue
            folder = folder or Path(tempfile.mkdtemp(prefix="antiphon-"))
            name = "stdin" if str(path) in (STDIN, "/dev/stdin") else path.name
            copy = folder / str(number) / name
            copy.parent.mkdir()
            _copy(path, copy)
            paths.append(copy)
        yield tuple(paths)
    finally:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)


def _is_read_once(path: Path) -> bool:
    try:
        return path.is_fifo() or path.is_char_device() or path.is_socket()
    except (OSError, ValueError):
        return False


def _copy(path: Path, copy: Path) -> None:
    try:
        if str(path) == STDIN:
            _pour(sys.stdin.buffer, copy)
        else:
            with path.open("rb") as file:
                _pour(file, copy)
    except OSError as error:
        raise RecordingError(f"{path}: cannot be read ({error.strerror or error}).") from None


def _pour(file: BinaryIO, copy: Path) -> None:
    taken = 0
    with copy.open("wb") as out:
        while block := file.read(STEP):
            taken += len(block)
            if taken > TOTAL_LIMIT:
                raise RecordingError(f"{copy.name}: holds more than {size(TOTAL_LIMIT)}; split it.")
            out.write(block)
