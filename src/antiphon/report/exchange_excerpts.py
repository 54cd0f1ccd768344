"""Excerpts of the exchanges that broke a requirement: bounded, without secrets, as plain values.

Whoever reads a result can so see what was said without the transcript; the transcript alone has every byte.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import urlencode

from antiphon.recording.exchange import Exchange, Request, Response
from antiphon.recording.outcome import outcome
from antiphon.report.result_model import ResultEvent, ResultExchange, ResultRequirement
from antiphon.report.text import clip

MOST_EXCHANGES = 80
ROOM = 600_000
"""Characters that all exchanges of a result may take."""
MOST_BODY, MOST_EVENT, MOST_MARKED, MOST_HEADER = 4000, 240, 1500, 300
"""Characters of a body, of an event, of an event that breaks something, of a header's value."""
NEAR, ENDS = 3, 4
"""Events that are kept on either side of one that breaks something, and at either end of a stream."""

FindExchange = Callable[[str], Exchange | None]


def exchange_excerpts(requirements: Iterable[ResultRequirement], find: FindExchange) -> dict[str, ResultExchange]:
    """The exchanges of the first place of each broken requirement, then of the further ones, while there is room."""
    places = _places(requirements)
    found: dict[str, ResultExchange] = {}
    room = ROOM
    for name, marks in places.items():
        exchange = find(name) if len(found) < MOST_EXCHANGES else None
        if exchange is None:
            continue
        shown = _excerpt(exchange, marks)
        room -= len(json.dumps(shown))
        if room < 0:
            break
        found[name] = shown
    return dict(sorted(found.items()))


def _places(requirements: Iterable[ResultRequirement]) -> dict[str, list[str]]:
    """The places in each exchange that breaks something, the exchanges of musts and of first places before others."""
    broken = [each for each in requirements if each["verdict"] in ("fail", "warn")]
    broken.sort(key=lambda each: each["verdict"])
    ranked = [(rank, each) for requirement in broken for rank, each in enumerate(requirement["violations"])]
    places: dict[str, list[str]] = {}
    for _, violation in sorted(ranked, key=lambda pair: pair[0]):
        places.setdefault(violation["exchange"], []).append(violation["at"])
    return places


def marked_row(at: str) -> tuple[str, int] | None:
    """The row of a timeline that a place points to: ("event", 7) or ("frame", 7); None for any other place."""
    kind, _, rest = at.partition(" ")
    number = rest.partition(" ")[0]
    known = kind in ("event", "frame") and number.isdecimal() and number.isascii() and len(number) < 10
    return (kind, int(number)) if known else None


def _excerpt(exchange: Exchange, marks: Sequence[str]) -> ResultExchange:
    request, response = exchange.request, exchange.response
    rows = _rows(exchange)
    kept = _shortened_rows(rows, {mark for at in marks if (mark := marked_row(at))})
    return {
        "method": request.method if request else "",
        "path": _path(request) if request else "",
        "sent_headers": _headers(request.headers) if request else [],
        "sent": _request_part(request) if request else "",
        "status": exchange.status,
        "headers": _headers(response.headers) if response else [],
        "body": _text(response.content, MOST_BODY) if response else "",
        "size": len(exchange.content),
        "complete": response.complete if response else False,
        "elapsed": round(exchange.elapsed, 3),
        "failure": f"{exchange.failure.kind}: {clip(exchange.failure.message, 300)}" if exchange.failure else "",
        "intent": str(exchange.intent or ""),
        "outcome": str(outcome(exchange, routed=True)),  # a place in it says that its route is there
        "events": kept,
        "events_total": len(rows),
    }


def _path(request: Request) -> str:
    query = urlencode(request.query, errors="backslashreplace")
    return clip(request.path + (f"?{query}" if query else ""), 500)


def _headers(headers: Iterable[tuple[str, str]]) -> list[list[str]]:
    return [[clip(name, 100), clip(value, MOST_HEADER)] for name, value in list(headers)[:60]]


def _request_part(request: Request) -> str:
    if request.content is not None:
        return _text(request.content, MOST_BODY)
    return "" if request.body is None else clip(json.dumps(request.body, ensure_ascii=False), MOST_BODY)


def _text(data: bytes, most: int) -> str:
    """The beginning of some bytes as text, with their number where some are left out."""
    head = data[: 4 * most].decode("utf-8", "backslashreplace")
    return head if len(data) <= 4 * most and len(head) <= most else f"{head[:most]}… ({len(data)} bytes)"


def _rows(exchange: Exchange) -> list[ResultEvent]:
    """A row for each frame of a stream, or message of a socket, with the number that a place names it by."""
    rows: list[ResultEvent] = []
    number = 0
    for frame, (at, value, data) in enumerate(_reply_part(exchange)):
        row: ResultEvent = {"frame": frame, "at": round(at, 3), "name": "", "text": _text(data, MOST_MARKED)}
        if isinstance(value, dict):
            row["name"] = clip(str(value.get("type", value.get("object", ""))), 100)
            row["event"] = number
            number += 1
        rows.append(row)
    return rows


def _reply_part(exchange: Exchange) -> Iterator[tuple[float, Any, bytes]]:
    if exchange.is_socket and exchange.response:
        yield from _messages(exchange.response)
    for frame in exchange.frames:
        yield frame.at, frame.json, frame.raw if frame.data is None else frame.data.encode("utf-8", "backslashreplace")


def _messages(response: Response) -> Iterator[tuple[float, Any, bytes]]:
    for chunk in response.chunks:
        try:
            value = json.loads(chunk.data)
        except (ValueError, RecursionError):
            value = None
        yield chunk.at, value, chunk.data


def _shortened_rows(rows: Sequence[ResultEvent], marks: set[tuple[str, int]]) -> list[ResultEvent]:
    """The rows at both ends and about each mark; those that break nothing are cut short."""
    hits = [index for index, row in enumerate(rows) if any(row.get(kind) == number for kind, number in marks)][:12]
    wanted = {index for hit in hits for index in range(hit - NEAR, hit + NEAR + 1)}
    wanted |= {*range(ENDS), *range(len(rows) - ENDS, len(rows))}
    return [
        row if index in hits else {**row, "text": clip(row["text"], MOST_EVENT)}
        for index, row in enumerate(rows)
        if index in wanted
    ]
