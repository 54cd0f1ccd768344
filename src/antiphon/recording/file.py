"""Transcripts as files: written line by line, read back line by line."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from antiphon.errors import ConfigError, RecordingError
from antiphon.recording import records
from antiphon.recording.fast_json import read_json
from antiphon.recording.records import Record
from antiphon.recording.redaction.redactor import Redactor
from antiphon.recording.source import Remark, Source, shorten

DAMAGE_LIMIT: Final = 1000
"""Damaged lines after which a file is given up."""


class TranscriptWriter:
    """Writes records as whole lines.

    They go to `NAME.PID.partial` and are flushed one by one; the end of the `with` block renames it, after an exception
    too, since what was said until then can be judged. Any thread or task may write.
    """

    def __init__(self, path: Path, redactor: Redactor | None = None) -> None:
        self.path = path
        self.partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
        self.written = 0
        """The number of lines so far."""
        self._redactor = redactor or Redactor()
        self._lock = threading.Lock()
        self._whole = 0
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self.partial.open("wb")
        except OSError as error:
            raise ConfigError(f"{path}: cannot be written ({error.strerror or error}).") from None

    def __enter__(self) -> TranscriptWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def write(self, record: Record) -> None:
        """Add a record, redacted, as one line."""
        data = records.dump(self._redactor.record(record)).encode() + b"\n"
        with self._lock:
            try:
                self._file.write(data)
                self._file.flush()
            except OSError as error:
                raise ConfigError(f"{self.path}: cannot be written ({error.strerror or error}).") from None
            self._whole += len(data)
            self.written += 1

    def close(self) -> None:
        """Give the file its name, cut to its last whole line. Nothing is left of a file without lines."""
        with self._lock:
            if self._file.closed:
                return
            try:
                self._file.close()
            finally:
                os.truncate(self.partial, self._whole)
                if self.written:
                    self.partial.replace(self.path)
                else:
                    self.partial.unlink()


def read_transcript(paths: Iterable[Path]) -> Iterator[Record | Remark]:
    """The records of transcripts, one file after the other; lines that cannot be read are remarks."""
    for path in paths:
        with Source(path) as source:
            source.head()
            yield from read_lines(source, records.decode)


def read_lines(source: Source, decode: Callable[[Any, str], Record]) -> Iterator[Record | Remark]:
    """The records of a JSON Lines file. Raises RecordingError where no line is one, or too many are not."""
    found, damaged = 0, 0
    first: RecordingError | None = None
    while line := source.line():
        where = f"{source.name}, line {source.number}"
        try:
            record = decode(json_of_line(line, where), where)
        except RecordingError as error:
            first, damaged = first or error, damaged + 1
            if damaged > DAMAGE_LIMIT:
                raise RecordingError(f"{source.name}: over {DAMAGE_LIMIT} lines are damaged; {first}") from None
            if found:
                yield _remark(error, where)
            continue
        if first and not found:
            yield _remark(first, source.name)
        found += 1
        yield record
    if not found:
        raise first or RecordingError(f"{source.name}: {source.cut or 'holds no records'}.")
    if source.cut:
        yield Remark(f"{source.name}, after line {source.number - 1}", source.cut)


def _remark(error: RecordingError, where: str) -> Remark:
    text = str(error)
    return Remark(where, text.removeprefix(where + ": "))


def _strictly(line: bytes) -> Any:
    return json.loads(line.decode("utf-8"))


def json_of_line(line: bytes, where: str) -> Any:
    """The value of a line. Raises RecordingError naming `where` where it has none."""
    cut = "" if line.endswith(b"\n") else "; the last line is cut off"
    try:
        return read_json(line, _strictly)
    except UnicodeDecodeError:
        raise RecordingError(f"{where}: not UTF-8{cut}.") from None
    except RecursionError:
        raise RecordingError(f"{where}: JSON that is nested too deeply.") from None
    except ValueError as error:
        raise RecordingError(f"{where}: not a line of JSON ({shorten(error)}){cut}.") from None
