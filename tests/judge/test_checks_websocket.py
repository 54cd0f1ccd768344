"""What small changes to a good turn over a WebSocket break."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from tests.judge.exchanges import broken, judged
from tests.judge.legal_streams import Event, streams

from antiphon.contract.load import edition
from antiphon.judge.extract import subjects_of
from antiphon.judge.subjects.responses import Turn
from antiphon.recording.exchange import INBOUND, SOCKET_MESSAGES, Chunk, Exchange, Request, Response

AREA = "websocket."
DETAIL = {"type": "invalid_request_error", "code": None, "message": "No.", "param": "model"}
REFUSAL = {"type": "error", "status": 400, "error": DETAIL}


def turn(messages: Sequence[Event | str], notes: Sequence[str] = (), complete: bool = True) -> Exchange:
    """A turn for which these messages came."""
    texts = (each if isinstance(each, str) else json.dumps(each) for each in messages)
    chunks = tuple(Chunk(number / 10, text.encode()) for number, text in enumerate(texts))
    request = Request("WS", "/responses", body={"type": "response.create", "model": "m", "input": "hi"})
    response = Response(101, (("content-type", SOCKET_MESSAGES),), chunks, complete)
    return Exchange("made/1", request, response, started_at=1_780_000_000.0, notes=frozenset(notes))


def breaks(messages: Sequence[Event | str], *notes: str) -> set[str]:
    return {each for each in broken(judged(turn(messages, notes))) if each.startswith((AREA, "sse.", "stream."))}


@settings(max_examples=40, deadline=None)
@given(streams())
def test_a_legal_stream_is_a_legal_turn(events: list[Event]) -> None:
    assert breaks(events) == set()


@settings(max_examples=20, deadline=None)
@given(streams())
def test_a_turn_keeps_the_order_of_a_stream(events: list[Event]) -> None:
    assert breaks(events[1:]) == {"websocket.same-grammar"}
    assert breaks([*events, "[DONE]"]) == {"websocket.no-done-marker"}


def test_numbers_may_go_on_from_turn_to_turn() -> None:
    events = [{"type": "response.created", "sequence_number": 7, "response": {}},
              {"type": "response.completed", "sequence_number": 8, "response": {}}]  # fmt: skip
    assert "websocket.same-grammar" not in breaks(events)
    assert "websocket.same-grammar" in breaks([events[0], {**events[1], "sequence_number": 9}])


@pytest.mark.parametrize(
    ("messages", "notes", "requirements"),
    [
        ([REFUSAL], (), set()),
        ([REFUSAL], ("binary-message-0",), {"json-text-messages"}),
        (["{"], (), {"json-text-messages"}),
        (["[]"], (), {"json-text-messages"}),
        ([REFUSAL, "data: [DONE]"], (), {"no-done-marker"}),
        ([{"type": "error", "error": DETAIL}], (), {"error-shape"}),
        ([{"type": "error", "status": "400", "error": DETAIL}], (), {"error-shape"}),
        ([{"type": "error", "status": 400, "message": "No."}], (), {"error-shape"}),
        ([{"type": "error", "status": 400, "error": {"message": "No."}}], (), {"error-shape"}),
    ],
)
def test_a_change_breaks_what_it_names(messages: list[Any], notes: tuple[str, ...], requirements: set[str]) -> None:
    assert breaks(messages, *notes) == {AREA + each for each in requirements}


def test_a_refusal_is_no_event_of_a_response() -> None:
    exchange = turn([REFUSAL, {"type": "response.created"}, {"type": "error", "sequence_number": 1, "error": DETAIL}])
    (found,) = [each for each in subjects_of(exchange, "websocket", edition()) if isinstance(each, Turn)]
    assert [each["type"] for each in found.events] == ["response.created", "error"]
    assert [number for number, _ in found.refusals] == [0, 2]


def test_openings_and_webhooks_are_no_replies_of_an_operation() -> None:
    opening = Exchange("made/1", Request("GET", "/responses"), Response(101))
    hook = Exchange("made/2", Request("POST", "/responses", body={}), Response(204), notes=frozenset({INBOUND}))
    areas = {name.partition(".")[0] for name in judged(opening, hook).entries}
    assert areas <= {"answers", "create"}


@pytest.mark.parametrize("status", [400, 403, 404, 426])
def test_a_handshake_that_is_declined_needs_no_error_of_the_api(status: int) -> None:
    declined = Exchange("made/1", Request("GET", "/responses"), Response(status, (("content-length", "0"),), ()))

    assert broken(judged(declined)) == set()


def test_a_handshake_that_breaks_the_server_is_no_declining() -> None:
    failed = Exchange("made/1", Request("GET", "/responses"), Response(500, (("content-length", "0"),), ()))

    assert "errors.server-error-envelope" in broken(judged(failed))
