"""Exchanges from the loosely typed parts that recorders write.

Notes that a reader may add: `body-only`, `body-missing`, `undecodable`, `framing-reconstructed`, `reserialised`,
`text-normalised`, `stream-cut`; `untimed` (when the bytes arrived is unknown), `headers-partial` (an absent header says
nothing) and `provider:NAME`.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from antiphon.errors import RecordingError
from antiphon.recording.exchange import Chunk, Exchange, Pairs, Request, Response
from antiphon.recording.file import DAMAGE_LIMIT
from antiphon.recording.importers import values
from antiphon.recording.records import Record
from antiphon.recording.source import Remark, shorten

BODY_LIMIT: Final = 200 * 1024**2
DAMAGE: Final = (KeyError, IndexError, TypeError, ValueError, AttributeError, OverflowError, RecursionError)
"""What goes wrong in an entry that is not as its format has it."""


class Undecodable(ValueError):
    """A recorded body whose content coding is not one that we read, or which is damaged."""


@dataclass(frozen=True)
class RecordedReply:
    """Reply of an entry, as far as it was recorded. `data` is None where the body was not."""

    status: int | None
    headers: Pairs = ()
    data: bytes | None = None
    at: float = 0.0
    notes: frozenset[str] = field(default=frozenset())


def exchanges_of(
    name: str, unit: str, entries: Iterable[Any], build: Callable[[Any, str], Exchange], cut: str = ""
) -> Iterator[Record | Remark]:
    """The exchanges of a file's entries; a damaged entry is a remark. Raises RecordingError where none can be read."""
    found, damaged, first = 0, 0, ""
    for number, entry in enumerate(entries):
        where = f"{name}, {unit} {number}"
        try:
            exchange = build(entry, f"{name}#{number}")
        except DAMAGE as error:
            what = f"lacks the key {error}" if isinstance(error, KeyError) else f"cannot be read ({shorten(error)})"
            first = first or f"{where}: {what}."
            damaged += 1
            if damaged > DAMAGE_LIMIT:
                break
            yield Remark(where, what)
            continue
        found += 1
        yield exchange
        for lost in sorted(exchange.notes & {"body-missing", "undecodable"}):
            yield Remark(where, _LOST[lost])
    if damaged > DAMAGE_LIMIT:
        raise RecordingError(f"{name}: over {DAMAGE_LIMIT} entries are damaged; {first}")
    if not found:
        raise RecordingError(first or f"{name}: holds no {unit}.")
    if cut:
        yield Remark(name, cut)


_LOST = {
    "body-missing": "the recorder did not save the body of the reply, so it is not judged",
    "undecodable": "the body of the reply is compressed in a way that cannot be read here, so it is not judged",
}


def exchange(
    id: str, request: Request | None, reply: RecordedReply, started_at: float = 0.0, notes: Iterable[str] = ()
) -> Exchange:
    """An exchange from a request and a recorded reply. Where the body is lost, the exchange has no response."""
    every = reply.notes | frozenset(notes)
    if reply.data is None or reply.status == 0:
        return Exchange(id, request, None, None, started_at, reply.at, None, every | {"body-missing"})
    try:
        data = decode_body(reply.data, reply.headers)
    except Undecodable:
        return Exchange(id, request, None, None, started_at, reply.at, None, every | {"undecodable"})
    chunks = (Chunk(reply.at, data),) if data else ()
    response = Response(reply.status, reply.headers, chunks, complete="stream-cut" not in every)
    return Exchange(id, request, response, None, started_at or values.date(reply.headers), reply.at, None, every)


def decode_body(data: bytes, headers: Pairs) -> bytes:
    """A body without the gzip or deflate that its headers name; recorders often removed it already."""
    coding = values.header(headers, "content-encoding").lower()
    if data[:2] == b"\x1f\x8b":
        return _inflated(data, 31)
    if coding == "deflate" and not _is_text(data):
        return _inflated(data, 15 if data[:1] == b"\x78" else -15)
    if coding not in ("", "identity") and not _is_text(data):
        raise Undecodable(coding)
    return data


def _inflated(data: bytes, wbits: int) -> bytes:
    inflater = zlib.decompressobj(wbits)
    try:
        plain = inflater.decompress(data, BODY_LIMIT)
    except zlib.error as error:
        raise Undecodable(str(error)) from None
    if not inflater.eof:
        raise Undecodable("cut off, or too large")
    return plain


def _is_text(data: bytes) -> bool:
    head = data[:4096]
    try:
        head.decode()
    except UnicodeDecodeError as error:
        return error.start > len(head) - 4
    return True


def request_to(method: Any, url: Any, headers: Pairs, data: bytes | None) -> Request:
    """A request to an address; its path stands for the part below the base URL, whose end is unknown."""
    split = urlsplit(str(url))
    query = tuple(parse_qsl(split.query, keep_blank_values=True, max_num_fields=1000))
    body, content = None, data or None
    if data:
        with suppress(ValueError, RecursionError):
            body, content = json.loads(data), None
    return Request(str(method).upper(), split.path or "/", query, headers, body, content)
