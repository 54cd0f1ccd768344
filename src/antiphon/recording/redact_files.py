"""Redaction of recordings in any known format; the output is a transcript that can be judged."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import click

from antiphon.errors import AntiphonError, RecordingError
from antiphon.recording.exchange import Exchange
from antiphon.recording.file import TranscriptWriter
from antiphon.recording.importers import Remark, read
from antiphon.recording.records import Record, dump
from antiphon.recording.redaction.redactor import Redactor


@dataclass
class RedactionSummary:
    """Counts of redacted records."""

    exchanges: int = 0
    changed: int = 0
    """Exchanges in which something was covered."""
    remarks: list[Remark] = field(default_factory=list)


def redact(path: Path, out: Path | None, secrets: Sequence[str]) -> RedactionSummary:
    """Write the records of a recording, redacted, to `out` or to standard output.

    Of HAR files and cassettes only requests and replies are kept: no pages, no cookie jars, no addresses of machines.
    Raises RecordingError for what cannot be read, AntiphonError where `out` cannot be written; then nothing is.
    """
    tally, redactor = RedactionSummary(), Redactor(secrets)
    if out is None:
        for record in _clean(path, redactor, tally):
            sys.stdout.write(dump(record) + "\n")
        return tally
    part = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        with TranscriptWriter(part) as writer:
            for record in _clean(path, redactor, tally):
                writer.write(record)
        part.replace(out)
    except OSError as error:
        raise AntiphonError(f"{out}: cannot be written: {error.strerror or error}; choose another place.") from None
    finally:
        part.unlink(missing_ok=True)
    return tally


def _clean(path: Path, redactor: Redactor, tally: RedactionSummary) -> Iterator[Record]:
    for each in read(path):
        if isinstance(each, Remark):
            tally.remarks.append(each)
            continue
        clean = redactor.record(each)
        if isinstance(each, Exchange):
            tally.exchanges += 1
            tally.changed += clean != each
        yield clean
    if not tally.exchanges:
        raise RecordingError(f"{path}: holds no exchange.")


def print_summary(tally: RedactionSummary) -> None:
    """Print the counts on standard error."""
    for remark in tally.remarks:
        click.echo(str(remark), err=True)
    word = "exchange" if tally.exchanges == 1 else "exchanges"
    click.echo(f"{tally.exchanges} {word}, something covered in {tally.changed}", err=True)
