"""The outcome of an exchange, for each way in which it may end."""

from __future__ import annotations

import json
from typing import Any

import pytest

from antiphon.recording.exchange import SOCKET_MESSAGES, Chunk, Exchange, Failure, Request, Response
from antiphon.recording.outcome import Outcome, outcome

ID = "resp_0123456789"
ROUTE = Request("GET", f"/responses/{ID}")


def ended(status: int | None = None, body: Any = None, failure: str = "", request: Request = ROUTE) -> Exchange:
    """An exchange with that status, body and kind of failure."""
    chunks = () if body is None else (Chunk(0.0, json.dumps(body).encode()),)
    response = None if status is None else Response(status, (("content-type", "application/json"),), chunks)
    return Exchange("x/1", request, response, failure=Failure(failure, "Why.") if failure else None)


@pytest.mark.parametrize(
    ("exchange", "routed", "expected"),
    [
        (ended(200, {}), False, Outcome.ANSWERED),
        (ended(400, {}), False, Outcome.REFUSED),
        (ended(404, {}), False, Outcome.UNROUTED),
        (ended(404, {"error": {"message": "Not Found"}}), False, Outcome.UNROUTED),
        (ended(404, {"error": {"message": f"Invalid URL (GET /v1/responses/{ID})"}}), False, Outcome.UNROUTED),
        (ended(404, {"error": {"message": f"Response '{ID}' not found."}}), False, Outcome.REFUSED),
        (ended(404, {"error": {"message": "No.", "param": "response_id"}}), False, Outcome.REFUSED),
        (ended(404, {}), True, Outcome.REFUSED),
        (ended(405, {}), False, Outcome.UNROUTED),
        (ended(501, {}), True, Outcome.BROKE),
        (ended(429, {}), False, Outcome.OVERLOADED),
        (ended(503, {}), False, Outcome.OVERLOADED),
        (ended(500, {}), False, Outcome.BROKE),
        (ended(307), False, Outcome.REDIRECTED),
        (ended(failure="connect"), False, Outcome.UNANSWERED),
        (ended(failure="timeout-total"), False, Outcome.UNANSWERED),
        (ended(200, {}, "timeout-idle"), False, Outcome.UNANSWERED),
        (ended(failure="protocol"), False, Outcome.UNANSWERED),
        (ended(200, {}, "protocol"), False, Outcome.DAMAGED),
        (ended(200, None, "decoding"), False, Outcome.DAMAGED),
        (ended(200, {}, "too-large"), False, Outcome.ANSWERED),
        (ended(failure="budget"), False, Outcome.UNSENT),
    ],
)
def test_an_exchange_has_its_outcome(exchange: Exchange, routed: bool, expected: Outcome) -> None:
    assert outcome(exchange, routed) is expected


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([{"type": "response.created"}, {"type": "error"}], Outcome.ANSWERED),
        ([{"type": "error", "status": 400}], Outcome.REFUSED),
        ([{"type": "error"}], Outcome.REFUSED),
        ([{"type": "error", "status": 429}], Outcome.OVERLOADED),
        ([{"type": "error", "status": 500}], Outcome.BROKE),
    ],
)
def test_a_turn_of_a_socket_is_refused_by_its_error(events: list[Any], expected: Outcome) -> None:
    chunks = tuple(Chunk(0.0, json.dumps(event).encode()) for event in events)
    response = Response(101, (("content-type", SOCKET_MESSAGES),), chunks)

    assert outcome(Exchange("x/1", Request("WS", "/responses"), response)) is expected


def test_a_stream_that_came_to_its_end_is_answered_though_its_body_stays_open() -> None:
    data = b'event: response.completed\ndata: {"type": "response.completed"}\n\n'
    response = Response(200, (("content-type", "text/event-stream"),), (Chunk(0.0, data),), complete=False)

    assert outcome(Exchange("x/1", ROUTE, response, failure=Failure("timeout-idle", "Why."))) is Outcome.ANSWERED
