"""Detection of the format of a recording by its content, and reading it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from antiphon.errors import RecordingError
from antiphon.recording import records
from antiphon.recording.exchange import Exchange
from antiphon.recording.file import read_lines
from antiphon.recording.importers import bounded_yaml, har, jsonl, raw, vcr
from antiphon.recording.records import Record
from antiphon.recording.source import Remark, Source, shorten

MARKS_LIMIT: Final = 30_000_000
"""Commas and brackets in a document that is read whole: what its values would take in memory."""

_KNOWN = "transcripts, JSON Lines of exchanges, HAR, VCR cassettes, event streams and JSON bodies"
_SSE = re.compile(rb"(?:event|data|id|retry)?:|data\r?\n")
_RECORD = re.compile(rb'\{\s*"(?:exchange|antiphon|scenario)"')
_CASSETTE = re.compile(rb"^(?:(?:http_)?interactions|requests):", re.MULTILINE)
_MARKS = (b",", b"[", b"{")


def read(path: Path, provider: str | None = None) -> Iterator[Record | Remark]:
    """The records of a recording, in order, one at a time.

    Parts that cannot be read are remarks, if others can; else RecordingError is raised, as for an unknown format.
    With `provider`, exchanges that are known to be of another one are left out; `other` stands for each `other:NAME`.
    """
    with Source(path) as source:
        for record in _records(source):
            if provider is None or not isinstance(record, Exchange) or _is_of(record, provider):
                yield record


def _is_of(exchange: Exchange, provider: str) -> bool:
    known = [note.removeprefix("provider:") for note in exchange.notes if note.startswith("provider:")]
    return not known or any(name == provider or name.startswith(provider + ":") for name in known)


def _records(source: Source) -> Iterator[Record | Remark]:
    head = source.head()
    if _RECORD.match(head):
        yield from read_lines(source, records.decode)
    elif head[:1] in (b"{", b"["):
        yield from _json(source)
    elif _CASSETTE.search(head):
        yield from _yaml(source)
    elif _SSE.match(head):
        yield from raw.stream(source)
    else:
        raise RecordingError(f"{source.name}: {_guess(head)}; known are {_KNOWN}.")


def _guess(head: bytes) -> str:
    if not head:
        return "holds nothing but white space"
    if head[:1] == b"<":
        return "is HTML or XML, not a recording"
    try:
        text = head[:60].decode()
    except UnicodeDecodeError as error:
        if error.start < len(head[:60]) - 3:
            return "is not text in UTF-8"
        text = head[: error.start].decode()
    return f"its format is unknown (it begins with {shorten(repr(text), 50)})"


def _yaml(source: Source) -> Iterator[Record | Remark]:
    found = vcr.interactions(bounded_yaml.load(source.whole(), source.name))
    if found is None:
        raise RecordingError(f"{source.name}: a cassette has a list of interactions, this one has none.")
    yield from vcr.read_cassette(found, source.name, source.cut)


def _json(source: Source) -> Iterator[Record | Remark]:
    line = source.line()
    source.unread(line)
    first = _parsed(line)
    if isinstance(first, dict):
        if "exchange" in first or "outcome" in first or "antiphon" in first:
            yield from read_lines(source, records.decode)
            return
        if jsonl.is_line(first):
            yield from read_lines(source, jsonl.decode)
            return
    data = source.whole()
    if raw.is_event(first) and (values := _each_line(data)):
        yield from raw.events(values, source.name, source.cut)
        return
    yield from _document(_loaded(data, source), data, source)


def _parsed(line: bytes) -> Any:
    try:
        return json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError):
        return None


def _each_line(data: bytes) -> list[Any] | None:
    """The values of the lines, if there are several and each has one; a cut last line is left out."""
    rows = [row for row in data.split(b"\n") if row.strip()]
    if len(rows) < 2:
        return None
    values = [_parsed(row) for row in rows]
    if values[-1] is None:
        values.pop()
    return None if None in values else values


def _loaded(data: bytes, source: Source) -> Any:
    if sum(map(data.count, _MARKS)) > MARKS_LIMIT:
        raise RecordingError(f"{source.name}: holds more values than can be read at once; split it.")
    cut = f" ({source.cut})" if source.cut else "; was the file cut off?"
    try:
        return json.loads(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise RecordingError(f"{source.name}, byte {error.start}: not UTF-8.") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise RecordingError(f"{source.name}, {where}: not JSON ({error.msg}){cut}") from None
    except ValueError as error:
        raise RecordingError(f"{source.name}: not JSON ({shorten(error)}).") from None
    except RecursionError:
        raise RecordingError(f"{source.name}: JSON that is nested too deeply.") from None


def _document(value: Any, data: bytes, source: Source) -> Iterator[Record | Remark]:
    name = source.name
    if har.is_document(value):
        yield from har.read_har(value, name)
    elif (found := vcr.interactions(value)) is not None:
        yield from vcr.read_cassette(found, name)
    elif isinstance(value, list) and value and all(map(raw.is_event, value)):
        yield from raw.events(value, name)
    elif isinstance(value, dict) and not raw.BODY_KEYS.isdisjoint(value):
        yield from raw.body(data, name)
    else:
        kind = "object" if isinstance(value, dict) else "list"
        raise RecordingError(f"{name}: a JSON {kind} of something unknown; known are {_KNOWN}.")
