"""Exchanges from the loosely typed parts that recorders write.

Notes that a reader may add: `body-only`, `body-missing`, `undecodable`, `framing-reconstructed`, `reserialised`,
`text-normalised`, `stream-cut`; `untimed` (when the bytes arrived is unknown), `headers-partial` (an absent header says
nothing) and `provider:NAME`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, Final
from urllib.parse import parse_qsl

from antiphon.errors import RecordingError
from antiphon.recording.exchange import Chunk, Exchange, Pairs, Request, Response
from antiphon.recording.file import DAMAGE_LIMIT
from antiphon.recording.importers import values
from antiphon.recording.importers.codings import Undecodable, decode_body
from antiphon.recording.importers.value_sizes import has_too_many_events
from antiphon.recording.placeholders import is_placeholder
from antiphon.recording.records import Record
from antiphon.recording.source import Remark, shorten

DAMAGE: Final = (KeyError, IndexError, TypeError, ValueError, AttributeError, OverflowError, RecursionError)
"""What goes wrong in an entry that is not as its format has it."""


@dataclass(frozen=True)
class RecordedReply:
    """Reply of an entry, as far as it was recorded. `data` is None where the body was not."""

    status: int | None
    headers: Pairs = ()
    data: bytes | None = None
    at: float = 0.0
    notes: frozenset[str] = field(default=frozenset())


Built = Exchange | Iterable[Exchange]
"""What one entry of a recording gives: an exchange, or the several turns of a socket."""


def exchanges_of(
    name: str, unit: str, entries: Iterable[Any], build: Callable[[Any, str], Built], cut: str = ""
) -> Iterator[Record | Remark]:
    """The exchanges of a file's entries; a damaged entry is a remark. Raises RecordingError where none can be read."""
    found, damaged, first = 0, 0, ""
    for number, entry in enumerate(entries):
        where = f"{name}, {unit} {number}"
        try:
            built = build(entry, f"{name}#{number}")
            exchanges = [built] if isinstance(built, Exchange) else list(built)
        except DAMAGE as error:
            what = f"lacks the key {error}" if isinstance(error, KeyError) else f"cannot be read ({shorten(error)})"
            first = first or f"{where}: {what}."
            damaged += 1
            if damaged > DAMAGE_LIMIT:
                break
            yield Remark(where, what)
            continue
        found += 1
        for exchange in exchanges:
            yield exchange
            for lost in sorted(exchange.notes & _LOST.keys()):
                yield Remark(where, _LOST[lost])
    if damaged > DAMAGE_LIMIT:
        raise RecordingError(f"{name}: over {DAMAGE_LIMIT} entries are damaged; {first}")
    if not found:
        raise RecordingError(first or f"{name}: holds no {unit}.")
    if cut:
        yield Remark(name, cut)


_LOST = {
    "body-missing": "the recorder did not save the body of the reply, so it is not judged",
    "undecodable": "the body of the reply is compressed in a way that cannot be read here, so it is not judged "
    "(brotli and zstd take the extra antiphon[codings])",
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
    if has_too_many_events(data):
        return Exchange(id, request, None, None, started_at, reply.at, None, every | {"oversized"})
    chunks = (Chunk(reply.at, data),) if data else ()
    headers = tuple(pair for pair in reply.headers if not is_placeholder(pair[1]))
    if len(headers) < len(reply.headers):
        every |= {"headers-partial"}
    response = Response(reply.status, headers, chunks, complete="stream-cut" not in every)
    return Exchange(id, request, response, None, started_at or values.date(reply.headers), reply.at, None, every)


def request_to(method: Any, url: Any, headers: Pairs, data: bytes | None) -> Request:
    """A request to an address; its path stands for the part below the base URL, whose end is unknown."""
    path, text = values.path_and_query(str(url))
    query = tuple(parse_qsl(text, keep_blank_values=True, max_num_fields=1000))
    body, content = None, data or None
    if data:
        with suppress(ValueError, RecursionError):
            body, content = json.loads(data), None
    return Request(str(method).upper(), path or "/", query, headers, body, content)


def with_query(request: Request, query: Iterable[tuple[str, str]]) -> Request:
    """A request with the parameters that its recorder has apart."""
    return replace(request, query=tuple(query))
