"""Detection of the form of a recording by its content, and reading it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from antiphon.errors import RecordingError
from antiphon.recording import records
from antiphon.recording.exchange import EXCERPT, RECODED, Exchange
from antiphon.recording.file import read_lines
from antiphon.recording.importers import bounded_yaml, forms, mitmproxy, parts, raw
from antiphon.recording.importers.bodies import is_body, is_bodylike, is_event
from antiphon.recording.importers.form import LineForm, Origin
from antiphon.recording.importers.paste.gaps import has_elided_member
from antiphon.recording.importers.paste.pasted_text import is_wrapped, may_be_elided, read_pasted
from antiphon.recording.importers.text_encodings import WINDOWS, as_utf8, is_of_windows, is_recoded
from antiphon.recording.importers.value_sizes import has_too_many_values
from antiphon.recording.importers.values import json_bytes
from antiphon.recording.records import Record
from antiphon.recording.source import Remark, Source, shorten

LONGEST_FIRST_LINE: Final = 1 << 24

_SSE = re.compile(rb"(?:event|data|id|retry)?:|data\r?\n")
_COMMENTED = re.compile(rb"(?::[^\n]*\n|\s)*+(?:(?:event|data|id|retry):|:[^\n{\"]*\Z|\Z)")
"""Comments, and then a field: what begins with a colon otherwise is the rest of a value."""
_RECORD = re.compile(rb'\{\s*"(?:exchange|antiphon|scenario)"')
_CASSETTE = re.compile(rb"^(?:(?:http_)?interactions|requests):|^when:\s*$", re.MULTILINE)
_LISTED = re.compile(rb"^[- ]+(?:request|when):\s*$", re.MULTILINE)
_YAML = re.compile(
    rb"^[- ]{0,4}(?:type: ['\"]?response\.|object: ['\"]?(?:response|chat)|sequence_number: \d|responses:|[Ee]ntries:)",
    re.MULTILINE,
)
"""Lines of events, bodies or recordings in YAML."""


def read(path: Path, provider: str | None = None) -> Iterator[Record | Remark]:
    """The records of a recording, in order, one at a time.

    Parts that cannot be read are remarks, if others can; else RecordingError is raised, as for an unknown format.
    With `provider`, exchanges that are known to be of another one are left out; `other` stands for each `other:NAME`.
    """
    with Source(path) as source:
        is_told = False
        for record in _records(source):
            if source.encoding and not is_told:
                yield Remark(source.name, _encoding_remark(source.encoding))
                is_told = True
            if source.encoding and isinstance(record, Exchange):
                record = replace(record, notes=record.notes | {RECODED})
            if provider is None or not isinstance(record, Exchange) or is_of_provider(record, provider):
                yield record


def _encoding_remark(encoding: str) -> str:
    if encoding == WINDOWS:
        return f"is not UTF-8, and was read as {WINDOWS}; nothing is said of letters that are no ASCII"
    return f"is {encoding[:-3].upper()}, and was read as UTF-8"


def _in_utf8(data: bytes, source: Source) -> bytes:
    """Data of a text in UTF-8; the source is marked where they were saved in another encoding."""
    if not is_recoded(data):
        return data
    source.encoding = WINDOWS
    return as_utf8(data)


def is_of_provider(exchange: Exchange, provider: str) -> bool:
    """An exchange is of a provider, or nobody knows of which it is."""
    known = [note.removeprefix("provider:") for note in exchange.notes if note.startswith("provider:")]
    return not known or any(name == provider or name.startswith(provider + ":") for name in known)


def _records(source: Source) -> Iterator[Record | Remark]:
    head = source.head()
    if _RECORD.match(head):
        yield from read_lines(source, records.decode)
    elif mitmproxy.BEGINNING.match(head):
        yield from mitmproxy.read(source.whole(), source.name)
    elif head[:1] in (b"{", b"["):
        yield from _json(source)
    elif _CASSETTE.search(head) or (head[:1] == b"-" and _LISTED.search(head)):
        yield from _yaml(source)
    elif _SSE.match(head) and (head[:1] != b":" or _COMMENTED.match(head)):
        yield from _stream(source)
    else:
        yield from _pasted(source, source.whole(), _guess(head))


DECODERS: Final[Mapping[str, Callable[[Any, str], Record]]] = {
    forms.TRANSCRIPT.name: records.decode,
    **{form.name: form.decode for form in forms.LINES},
}
"""What reads a line, by the name of the form."""


def line_form_of(source: Source) -> str:
    """The name of the form of a file with an exchange on each line; empty for others."""
    head = source.head()
    if _RECORD.match(head):
        return forms.TRANSCRIPT.name
    if head[:1] != b"{" or mitmproxy.BEGINNING.match(head):
        return ""
    ahead = source.next_lines(2)
    if len(ahead[0]) > LONGEST_FIRST_LINE:  # then it is a document, or one line of a few: reading it once is enough
        return ""
    first = _parsed(ahead[0])
    if not isinstance(first, dict):
        return ""
    if "exchange" in first or "outcome" in first or "antiphon" in first:
        return forms.TRANSCRIPT.name
    form = _line_form(first, _parsed(ahead[1]) if len(ahead) > 1 else None)
    return form.name if form else ""


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


def _stream(source: Source) -> Iterator[Record | Remark]:
    """One stream as it came, unless there is about it what only a paste has."""
    data = source.whole()
    is_paste = bool(source.encoding) or is_wrapped(data) or (is_recoded(data) and is_of_windows(data))
    if source.cut or (not is_paste and not may_be_elided(data)):
        yield from raw.stream(data, source)
        return
    found: list[Record | Remark] = []
    with suppress(*(() if is_paste else (RecordingError,))):
        found = list(_pasted(source, data, ""))
    exchanges = [record for record in found if isinstance(record, Exchange)]
    if exchanges and (is_paste or any(EXCERPT in exchange.notes for exchange in exchanges)):
        yield from found
    else:
        yield from raw.stream(data, source)


def _pasted(source: Source, data: bytes, reason: str) -> Iterator[Record | Remark]:
    """The exchanges of pasted text. Raises RecordingError, for a reason, where there are none."""
    data = _in_utf8(data, source)
    if _YAML.match(data.lstrip()[:4096]) and (found := list(_in_yaml(data, source))):
        yield from found
        return
    exchanges, remark, is_shortened, known_reason = read_pasted(data, source.name)
    if known_reason:
        raise RecordingError(f"{source.name}: {known_reason}.")
    if not exchanges and is_shortened:
        raise RecordingError(f"{source.name}: nothing of it can be judged ({remark}).")
    if not exchanges and (found := list(_in_yaml(data, source))):
        yield from found
        return
    if not exchanges and reason:
        raise RecordingError(f"{source.name}: {reason}; {forms.KNOWN}.")
    yield from exchanges
    if remark:
        yield Remark(source.name, remark)
    if source.cut:
        yield Remark(source.name, source.cut)


def _in_yaml(data: bytes, source: Source) -> Iterator[Record | Remark]:
    """The exchanges of events, bodies or exchanges that are written in YAML; none where there is no YAML."""
    if not _YAML.search(data[:4096]):
        return
    try:
        documents = bounded_yaml.load_all(data, source.name)
        value = documents[0] if len(documents) == 1 else documents
        yield from _document(value, json_bytes(value), source)
    except (RecordingError, *parts.DAMAGE):
        return


def _yaml(source: Source) -> Iterator[Record | Remark]:
    data = source.whole()
    documents = bounded_yaml.load_all(data, source.name)
    value = documents[0] if len(documents) == 1 else documents
    origin = Origin(source.name, source.folder, source.cut)
    for form in forms.DOCUMENTS:
        if form.is_document(value):
            yield from form.read(value, origin)
            return
    raise RecordingError(f"{source.name}: a cassette has a list of interactions, this one has none.")


def _json(source: Source) -> Iterator[Record | Remark]:
    ahead = source.next_lines(2)
    first = _parsed(ahead[0]) if ahead else None
    is_alone = len(ahead) == 1 and first is not None
    if isinstance(first, dict):
        if "exchange" in first or "outcome" in first or "antiphon" in first:
            yield from read_lines(source, records.decode)
            return
        second = _parsed(ahead[1]) if len(ahead) > 1 else None
        if form := _line_form(first, second):
            yield from read_lines(source, form.decode)
            return
    yield from _whole_json(first, source.whole(), source, is_alone)


def _line_form(first: Mapping[str, Any], second: Any) -> LineForm | None:
    """The form of a file by its first two lines; bodies are lines where there are at least two."""
    for form in forms.LINES:
        if form.is_line(first) and (form is not forms.BODIES or is_body(second)):
            return form
    return None


def _whole_json(first: Any, data: bytes, source: Source, is_alone: bool) -> Iterator[Record | Remark]:
    data = _in_utf8(data, source)
    rows = _each_line(data) if isinstance(first, dict) else None
    if rows and is_event(first):
        yield from raw.events(rows, source.name, source.cut)
        return
    try:
        document = _document(first if is_alone else rows or _loaded(data, source), data, source)
    except RecordingError:
        if has_too_many_values(data):
            raise
        pasted = list(_pasted(source, data, ""))
        if not any(isinstance(record, Exchange) for record in pasted):
            raise
        yield from pasted
        return
    yield from document


def _parsed(line: bytes) -> Any:
    if has_too_many_values(line):
        return None
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


def _may_be_event(value: Any) -> bool:
    """The value is an event, if only of a type that nobody knows."""
    return is_event(value) or (isinstance(value, dict) and isinstance(value.get("type"), str))


def _loaded(data: bytes, source: Source) -> Any:
    if has_too_many_values(data):
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
    """The exchanges of a document in JSON. Raises RecordingError at once where its form is unknown."""
    origin = Origin(source.name, source.folder, source.cut)
    for form in forms.DOCUMENTS:
        if form.is_document(value):
            return form.read(value, origin)
    if not is_body(value) and forms.OBJECTS.is_document(value):
        return forms.OBJECTS.read(value, origin)
    if isinstance(value, list) and value and is_event(value[0]) and all(map(_may_be_event, value)):
        return raw.events(value, source.name)
    if (is_body(value) or is_bodylike(value)) and has_elided_member(value):
        raise RecordingError(
            f"{source.name}: nested values were left out when it was printed; ConvertTo-Json takes -Depth."
        )
    if is_body(value) or is_bodylike(value):
        return raw.body(data, source.name, value)
    kind = "object" if isinstance(value, dict) else "list"
    raise RecordingError(f"{source.name}: a JSON {kind} of something unknown; {forms.KNOWN}.")
