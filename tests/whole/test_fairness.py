"""What real servers do is judged for what it is: one misbehaviour is not held against them under other names."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from antiphon.contract.load import contract
from antiphon.errors import ConfigError
from antiphon.exercise.auth_failure import LOCKED_OUT
from antiphon.exercise.lanes import START
from antiphon.exercise.refusals import find_refusal
from antiphon.exercise.target import Target
from antiphon.judge.engine import Judge
from antiphon.pytest_plugin.suite_runner import run_suite
from antiphon.recording.exchange import Chunk, Exchange, Request, Response
from antiphon.recording.records import Record, ScenarioEnd
from antiphon.recording.stored_response import stored_response
from antiphon.recording.transcript import Transcript
from antiphon.run.options import RunOptions
from antiphon.run.session import Session
from antiphon.suite import assume
from antiphon.suite.observation import observe

JSON = "application/json"
REPLY = {"id": "resp_1", "object": "response", "status": "completed", "output": []}


def said(
    body: Any, sent: Any = None, status: int = 200, kind: str = JSON, method: str = "POST", path: str = "/responses"
) -> Exchange:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    response = Response(status, (("content-type", kind),), (Chunk(0.1, content),))
    return Exchange("made/1", Request(method, path, body=sent), response, "made", started_at=1_780_000_000.0)


def left(*exchanges: Exchange) -> Transcript:
    return Transcript("made", exchanges, ScenarioEnd("made", "finished"))


def reads_its_id(made: Transcript) -> None:
    """The reply has an id."""
    assert made[0].body["id"] == "resp_1"


def is_an_object(made: Transcript) -> None:
    """The reply is an object."""
    assert isinstance(made[0].body, dict)


def begins_a_stream(made: Transcript) -> None:
    """A stream begins."""
    assert made[0].events[0]["type"] == "response.created"


@pytest.mark.parametrize(
    ("exchange", "reason"),
    [
        (said(None, {"input": "hi"}), "null"),
        (said(b"", {"input": "hi"}), "empty"),
        (said([1], {"input": "hi"}), "[1]"),
        (said(b"data: {}\n\n", {"input": "hi"}, kind="text/event-stream"), "an unrequested event stream"),
    ],
)
def test_what_was_not_shown_is_not_held_against_a_server(exchange: Exchange, reason: str) -> None:
    seen = observe(reads_its_id, {"made": left(exchange)})

    assert seen.violation is None
    assert seen.untestable == f"the reply of made/1 has no response object: it is {reason}"


def test_an_object_in_place_of_a_stream_shows_no_stream() -> None:
    seen = observe(begins_a_stream, {"made": left(said(REPLY, {"input": "hi", "stream": True}))})

    assert seen.untestable.endswith("it is no event stream, though one was requested")


@pytest.mark.parametrize(
    ("test", "exchange"),
    [
        (is_an_object, said(None, {"input": "hi"})),
        (reads_its_id, said({}, {"input": "hi"})),
        (reads_its_id, said(None, {"input": "hi"}, status=400)),
        (reads_its_id, said(None, method="GET", path="/responses/resp_1")),
        (begins_a_stream, said(b"\n", {"input": "hi", "stream": True}, kind="text/event-stream")),
    ],
)
def test_what_was_shown_is_a_failure(test: Any, exchange: Exchange) -> None:
    assert observe(test, {"made": left(exchange)}).violation


def test_an_assumption_comes_before_the_form_of_the_reply() -> None:
    def refused(made: Transcript) -> None:
        assume(False, "the model did not oblige")

    assert observe(refused, {"made": left(said(None, {"input": "hi"}))}).untestable == "the model did not oblige"


NOWHERE = said({"detail": "Not Found"}, status=404, method="GET", path="/responses/resp_1")


def test_a_missing_route_declines_what_no_reply_promised() -> None:
    refused = find_refusal(contract(), {"store"}, NOWHERE, {"resp_1"})

    assert refused is not None
    assert refused.capability == "store"
    assert refused.reason == "retrieve is answered with 404, and no reply said that the response was stored"


@pytest.mark.parametrize(
    ("needs", "exchange", "unkept"),
    [
        ({"store"}, NOWHERE, set()),
        ({"store"}, NOWHERE, {"resp_2"}),
        ({"background"}, NOWHERE, {"resp_1"}),
        ({"store"}, said({}, status=500, method="GET", path="/responses/resp_1"), {"resp_1"}),
    ],
)
def test_a_response_that_is_lost_is_a_failure(needs: set[str], exchange: Exchange, unkept: set[str]) -> None:
    assert find_refusal(contract(), needs, exchange, unkept) is None


@pytest.mark.parametrize(
    ("path", "needs", "capability"), [("/responses", set(), "core"), ("/chat/completions", {"chat"}, "chat")]
)
def test_a_refusal_that_repeats_what_was_sent_does_not_decline_its_route(
    path: str, needs: set[str], capability: str
) -> None:
    sent = {"model": "no-such-model", "input": "hi"}
    about = said({"detail": "Model 'no-such-model' not found."}, sent, status=404, path=path)
    missing = said({"detail": "Not Found"}, sent, status=404, path=path)

    assert find_refusal(contract(), needs, about) is None
    refused = find_refusal(contract(), needs, missing)
    assert refused is not None
    assert refused.capability == capability


@pytest.mark.parametrize(
    ("sent", "reply", "found"),
    [
        ({"input": "hi"}, REPLY, ("resp_1", False)),
        ({"input": "hi", "store": True}, {**REPLY, "store": True}, ("resp_1", True)),
        ({"input": "hi", "store": False}, REPLY, ("", False)),
        ({"input": "hi"}, {**REPLY, "id": 7}, ("", False)),
        ({"input": "hi"}, None, ("", False)),
    ],
)
def test_what_was_to_be_stored_and_what_the_reply_says(sent: Any, reply: Any, found: tuple[str, bool]) -> None:
    assert stored_response(said(reply, sent)) == found


def broken(sent: Any, **fields: Any) -> dict[str, list[tuple[str, str, str]]]:
    """The violations of a reply by requirement, as place, expected and got."""
    judge = Judge(contract())
    judge.feed(said({**REPLY, **fields}, {"model": "m", "input": "hi", **sent}))
    judge.finish()
    return {
        id: [(place.at, place.expected, place.got) for place in entry.places]
        for id, entry in judge.ledger.entries.items()
        if entry.places
    }


@pytest.mark.parametrize(
    ("sent", "fields", "requirement"),
    [
        ({"temperature": "x"}, {"temperature": 1.0}, "response.echo.temperature"),
        ({"instructions": 5}, {"instructions": None}, "response.echo.instructions"),
        ({"max_output_tokens": "many"}, {"max_output_tokens": None}, "response.echo.max-output-tokens"),
        ({"metadata": {f"k{n}": "v" for n in range(17)}}, {"metadata": {}}, "response.echo.metadata"),
        ({"metadata": {"k": 1}}, {"metadata": {"k": "1"}}, "response.echo.metadata"),
        (
            {"max_output_tokens": 0},
            {"usage": {"input_tokens": 1, "output_tokens": 1, "total_tokens": 2}},
            "limits.output-within-limit",
        ),
    ],
)
def test_nothing_says_what_comes_back_of_a_value_to_be_refused(sent: Any, fields: Any, requirement: str) -> None:
    assert requirement not in broken(sent, **fields)


def test_a_message_says_which_member_is_wrong() -> None:
    found = broken({}, text={"format": None, "verbosity": "medium"}, incomplete_details={"reason": 7})

    assert found["response.field.text"] == [("/text/format", "an object", "null")]
    assert found["response.field.incomplete-details"] == [("/incomplete_details/reason", "a string", "7")]


def test_a_message_says_which_metadata_differ() -> None:
    found = broken({"metadata": {"a": "1", "b/c": "2"}}, metadata={"a": "1", "b/c": "3", "d": "4"})

    assert found["response.echo.metadata"] == [
        ("/metadata/b~1c", "'2', as was sent", "'3'"),
        ("/metadata/d", "no such key, as none was sent", "'4'"),
    ]


def holds(made: Transcript) -> None:
    """Everything is listed."""
    listed = {item["id"] for item in made[0].body["output"]}

    assert {"b", "a"} - listed == set()


def test_a_message_lists_what_is_missing_in_order() -> None:
    seen = observe(holds, {"made": left(said(REPLY, {"input": "hi"}))})

    assert seen.violation is not None
    assert (seen.violation.expected, seen.violation.got) == ("nothing", "'a', 'b'")


class Locked(BaseHTTPRequestHandler):
    """Refuses every call for its key."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = b'{"error":{"message":"no key","type":"invalid_request_error","param":null,"code":null}}'
        self.send_response(401)
        self.send_header("Content-Type", JSON)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_DELETE = do_GET

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def locked() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Locked)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/v1"
    server.shutdown()
    server.server_close()


def test_a_run_without_a_key_stops_after_a_few_refusals(locked: str, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[Exchange] = []
    monkeypatch.setattr(Session, "exercise", _recording(heard))

    with pytest.raises(ConfigError, match=r"refuses calls without a key in OPENAI_API_KEY \(401\)"):
        run_suite(RunOptions(target=Target(base_url=locked, model="m")))
    assert LOCKED_OUT <= len(heard) <= LOCKED_OUT + START


def _recording(heard: list[Exchange]) -> Any:
    original = Session.exercise

    def exercise(self: Session, scenarios: Any) -> list[Record]:
        records = original(self, scenarios)
        heard.extend(each for each in records if isinstance(each, Exchange))
        return records

    return exercise
