"""Conformance assertion for a server's own tests: one reply, judged by every check that needs no particular scenario.

def test_my_server(assert_conforms):
    assert_conforms(httpx.post(f"{url}/responses", json={"model": "m", "input": "Say hi."}))
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from antiphon.contract.load import DEFAULT_EDITION, contract
from antiphon.contract.model import Contract, Level
from antiphon.judge.engine import Judge
from antiphon.judge.registry import Violation
from antiphon.recording.exchange import Chunk, Exchange, Request, Response
from antiphon.recording.importers import read

__tracebackhide__ = True
"""pytest shows the line of the test that asserts, and no frame of this module."""
ROUTES = ("/responses", "/conversations", "/chat/completions")


@runtime_checkable
class HttpReply(Protocol):
    """A reply of httpx, of requests or of a test client made of either, with the request that it answers."""

    status_code: int
    headers: Any
    request: Any

    @property
    def content(self) -> bytes:
        """The bytes of the body."""


def assert_conforms(
    *replies: Any, edition: str = DEFAULT_EDITION, ignore: Iterable[str] = (), level: str = "must"
) -> None:
    """Judge replies, together, and raise AssertionError with every broken requirement.

    A reply is an `Exchange`, a response of httpx or requests, the bytes or text of an event stream or of a JSON body,
    or a JSON value. `level` is the lowest that counts: must, should. `ignore` takes requirement ids, or what such ids
    begin with. Raises ValueError where nothing could be judged, since that shows nothing; TypeError for what is none of
    these.
    """
    book = contract(edition)
    exchanges = [as_exchange(reply, f"reply {number}") for number, reply in enumerate(replies, 1)]
    found, judged = _judged(book, exchanges)
    if not judged:
        raise ValueError("Nothing of this could be judged: is it a reply of the Responses API, and not an empty one?")
    counted = (Level.MUST,) if level == "must" else (Level.MUST, Level.SHOULD)
    ignored = tuple(ignore)
    broken = {
        name: places
        for name, places in found.items()
        if book.level(name) in counted and not any(name == each or name.startswith(each + ".") for each in ignored)
    }
    if broken:
        raise AssertionError("\n".join(_lines(book, broken)))


def recorded_exchanges(path: str | Path) -> list[Exchange]:
    """The exchanges of a recording, of any format that `antiphon judge` reads: what a reference server replays.

    `background_server(replay=recorded_exchanges("traffic.har"))`, or `@pytest.mark.antiphon_server(replay=...)`.
    A stream or a response without its request, as people paste them, is what a create is answered with.
    """
    return [_with_request(record) for record in read(Path(path)) if isinstance(record, Exchange)]


def _with_request(exchange: Exchange) -> Exchange:
    """An exchange with the request that a reply without one answers: a create, whatever it sends."""
    response = exchange.response
    if exchange.request is not None or response is None or response.status is not None:
        return exchange
    body = exchange.events[0] if exchange.is_stream and exchange.events else exchange.body
    kind = body.get("object") if isinstance(body, dict) else None
    if not exchange.is_stream and kind not in ("response", "chat.completion"):
        return exchange
    path = "/chat/completions" if str(kind).startswith("chat.") else "/responses"
    media_type = "text/event-stream" if exchange.is_stream else "application/json"
    reply = replace(response, status=200, headers=(("content-type", media_type),))
    return replace(exchange, request=Request("POST", path), response=reply)


def as_exchange(reply: Any, id: str = "reply 1") -> Exchange:
    """A reply of any kind as an exchange. Raises TypeError for what is none."""
    match reply:
        case Exchange():
            return reply
        case bytes() | str():
            data = reply.encode() if isinstance(reply, str) else reply
            kind = "text/event-stream" if data.startswith((b"event:", b"data:", b":")) else "application/json"
            return _bare(id, data, kind)
        case Mapping():
            return _bare(id, json.dumps(reply).encode(), "application/json")
    if isinstance(reply, HttpReply):
        return _of_http(id, reply)
    dump = getattr(reply, "model_dump_json", None)
    if callable(dump):
        raise TypeError(f"A {type(reply).__name__} is what a client made of a reply; give the reply itself.")
    raise TypeError(f"A {type(reply).__name__} is not a reply: give a response of httpx or requests, bytes or JSON.")


def _bare(id: str, data: bytes, kind: str) -> Exchange:
    """The reply without its head, which is not judged then."""
    headers = (("content-type", kind),)
    return Exchange(id, None, Response(200, headers, (Chunk(0.0, data),)), notes=frozenset({"body-only"}))


def _of_http(id: str, reply: HttpReply) -> Exchange:
    asked = reply.request
    path = str(getattr(asked.url, "path", asked.url))
    start = max((path.rfind(route) for route in ROUTES if route in path), default=-1)
    sent = getattr(asked, "content", None) if hasattr(asked, "content") else getattr(asked, "body", None)
    request = Request(
        str(asked.method),
        path[start:] if start >= 0 else path,
        headers=_pairs(asked.headers),
        body=_json(sent),
    )
    response = Response(reply.status_code, _pairs(reply.headers), (Chunk(0.0, reply.content),))
    return Exchange(id, request, response)


def _pairs(headers: Any) -> tuple[tuple[str, str], ...]:
    many = getattr(headers, "multi_items", None)
    pairs: Sequence[tuple[Any, Any]] = list(many() if many else headers.items())
    return tuple((str(name), str(value)) for name, value in pairs)


def _json(data: Any) -> Any:
    try:
        return json.loads(data) if data else None
    except (ValueError, TypeError):
        return None


def _judged(book: Contract, exchanges: Iterable[Exchange]) -> tuple[dict[str, list[Violation]], int]:
    judge = Judge(book)
    for each in exchanges:
        judge.feed(each)
    ledger = judge.finish()
    entries = ledger.entries
    judged = sum(entry.judged for entry in entries.values())
    return {name: entry.places for name, entry in sorted(entries.items()) if entry.violated}, judged


def _lines(book: Contract, broken: Mapping[str, Sequence[Violation]]) -> Iterable[str]:
    yield f"{len(broken)} broken of edition {book.edition.id}:"
    for name, places in broken.items():
        requirement = book.requirements[name]
        yield f"  {name}  {requirement.level.value}  {requirement.says}"
        for place in places:
            yield f"    {place.exchange} {place.at}: expected {place.expected}, got {place.got}"
