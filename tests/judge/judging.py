"""Judges events in tests: which requirements of streams do they break?"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from antiphon.contract.load import edition
from antiphon.judge.registry import Check, Violation, all_checks
from antiphon.judge.subjects.responses import Stream
from antiphon.recording.exchange import Chunk, Exchange, Request, Response

HEADERS = (("content-type", "text/event-stream; charset=utf-8"),)


def sse(events: Iterable[Mapping[str, Any]]) -> bytes:
    """The bytes of a stream."""
    return "".join(f"event: {event.get('type')}\ndata: {json.dumps(event)}\n\n" for event in events).encode()


def stream_of(content: bytes, complete: bool = True, query: tuple[tuple[str, str], ...] = ()) -> Stream:
    """A stream that was answered to a POST, or to a GET when there is a query."""
    request = Request("GET" if query else "POST", "/responses/resp_1" if query else "/responses", query)
    response = Response(200, HEADERS, (Chunk(0.0, content),), complete)
    exchange = Exchange("made/1", request, response, started_at=1_780_000_000.0)
    return Stream(exchange, "retrieve" if query else "create", edition())


@cache
def stream_checks() -> tuple[Check, ...]:
    """Every check of the areas stream and sse."""
    areas = ("stream.", "sse.")
    return tuple(each for each in all_checks() if each.subject is Stream and each.requirement.startswith(areas))


def judged(stream: Stream) -> dict[str, list[Violation]]:
    """The violations of a stream by requirement; requirements that it could not show are left out."""
    found: dict[str, list[Violation]] = {}
    for each in stream_checks():
        if each.applies is None or each.applies(stream):
            found.setdefault(each.requirement, []).extend(each.find(stream))
    return found


def broken(events: Iterable[Mapping[str, Any]], **how: Any) -> set[str]:
    """The requirements that some events break."""
    return {requirement for requirement, violations in judged(stream_of(sse(events), **how)).items() if violations}
