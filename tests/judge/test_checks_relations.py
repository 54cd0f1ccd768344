"""What several exchanges say together, in whatever order they are fed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest
from tests.judge.exchanges import STARTED, broken, exchange_of, judged, read, spelled

from antiphon.recording.exchange import Chunk, Exchange

Step = tuple[dict[str, Any], int]


def _long(**changes: Any) -> dict[str, Any]:
    counts = {"/usage/input_tokens": 2000, "/usage/total_tokens": 2002}
    return {"like": "bare", "reply": counts | {f"/{name}": value for name, value in changes.items()}}


def _numbered(like: str) -> dict[str, Any]:
    return {"like": like, "headers": {"x-request-id": "req_a"}}


CACHED = {"cached_tokens": 1024, "cache_write_tokens": 0}
RUNNING = {"/background": True, "/output": [], "/usage": None, "/completed_at": None, "/service_tier": "auto"}


def _made(number: int, case: Mapping[str, Any], after: float = 0.0) -> Exchange:
    headers = {"x-request-id": f"req_{number}", **case.get("headers", {})}
    return exchange_of({**case, "headers": headers, "started_at": STARTED + after}, f"made/{number}")


def _read(after: int, **reply: Any) -> Step:
    return {"like": "retrieved", "reply": {f"/{name}": value for name, value in reply.items()}}, after


def _polled(after: int, status: str) -> Step:
    done = status == "completed"
    changes = {"/background": True, "/status": status} if done else {**RUNNING, "/status": status}
    return {"like": "retrieved", "reply": changes}, after


def _read_marked(after: int, **reply: Any) -> Step:
    case, _ = _read(after, **reply)
    return {**case, "like": "plain", "method": "GET", "path": "/responses/resp_1", "sent": None}, after


CREATED: Step = ({"like": "bare"}, 0)
MARKED: Step = ({"like": "plain"}, 0)
GONE: Step = ({"like": "refused", "method": "GET", "path": "/responses/resp_2", "sent": None, "status": 404}, 20)
DELETED: Step = ({"like": "deleted"}, 10)
RELATED: dict[str, tuple[list[Step], list[Step]]] = {
    "store.get-equals-create": ([CREATED, _read(5)], [CREATED, _read(5, output=[])]),
    "metadata.kept-on-get": ([MARKED, _read_marked(5)], [MARKED, _read_marked(5, metadata={"a": "b"})]),
    "background.poll-equals": ([_read(5), _read(9)], [_read(5), _read(9, output=[])]),
    "background.status-forward": (
        [_polled(0, "queued"), _polled(5, "in_progress"), _polled(9, "completed")],
        [_polled(0, "in_progress"), _polled(5, "queued")],
    ),
    "background.end-is-final": (
        [_polled(0, "completed"), _polled(5, "completed")],
        [_polled(0, "completed"), _polled(5, "in_progress")],
    ),
    "cancel.stays-cancelled": (
        [({"like": "cancelled"}, 0), _polled(5, "cancelled")],
        [({"like": "cancelled"}, 0), _polled(5, "completed")],
    ),
    "create.id-unique": (
        [CREATED, ({"like": "plain"}, 5)],
        [CREATED, ({"like": "bare", "reply": {"/model": "gpt-5.2"}}, 5)],
    ),
    "store.delete-then-get": ([CREATED, DELETED, GONE], [DELETED, _read(20)]),
    "headers.request-id-unique": (
        [CREATED, ({"like": "plain"}, 5)],
        [(_numbered("plain"), 0), (_numbered("bare"), 5)],
    ),
    "usage.cached-prefix": (
        [(_long(), 0), (_long(**{"id": "resp_9", "usage/input_tokens_details": CACHED}), 5)],
        [(_long(), 0), (_long(id="resp_9"), 5)],
    ),
}


@pytest.mark.parametrize("requirement", list(RELATED))
def test_views_that_agree_break_nothing(requirement: str) -> None:
    good, _ = RELATED[requirement]

    ledger = judged(*(_made(number, case, after) for number, (case, after) in enumerate(good)))

    assert broken(ledger) == set()
    assert ledger[requirement].judged


@pytest.mark.parametrize("requirement", list(RELATED))
def test_views_that_differ_break_one_requirement_in_every_order(requirement: str) -> None:
    _, bad = RELATED[requirement]
    exchanges = [_made(number, case, after) for number, (case, after) in enumerate(bad)]

    ledgers = [judged(*order) for order in permutations(exchanges)]

    assert [broken(ledger) for ledger in ledgers] == [{requirement}] * len(ledgers)
    assert len({str(ledger[requirement].places) for ledger in ledgers}) == 1


def test_encrypted_content_may_differ_between_two_views() -> None:
    reply = {"/output/0/encrypted_content": "another"}
    one = _made(0, {"like": "plain"})
    other = _made(1, {"like": "plain", "method": "GET", "path": "/responses/resp_1", "sent": None, "reply": reply}, 5)

    ledger = judged(one, other)

    assert broken(ledger) == set()
    assert ledger["store.get-equals-create"].judged == 1


def test_views_that_overlap_have_no_order() -> None:
    done = _made(0, _polled(0, "completed")[0], 0.5)
    slow = _made(1, _polled(0, "in_progress")[0], 1.0)

    assert broken(judged(slow, done)) == set()


def _stream(metadata: Mapping[str, str]) -> Exchange:
    case = spelled(read("good")["bare"])
    early = {**case["body"], "status": "in_progress", "output": [], "usage": None, "completed_at": None}
    events = [
        {"type": "response.created", "sequence_number": 0, "response": early},
        {"type": "response.in_progress", "sequence_number": 1, "response": {**early, "metadata": dict(metadata)}},
    ]
    content = "".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events)
    sent = {"/stream": True, "/metadata": {"run": "7"}}
    return exchange_of(
        {"like": "bare", "sent": sent, "headers": {"content-type": "text/event-stream"}, "content": content}
    )


def test_metadata_is_shown_in_every_lifecycle_event() -> None:
    assert judged(_stream({"run": "7"}))["metadata.in-stream"].violated == 1
    ledger = judged(_stream({"run": "7"}))

    assert [violation.at for violation in ledger["metadata.in-stream"].places] == ["event 0 /response/metadata/run"]


def _background_stream(**sent: Any) -> Exchange:
    """A stream that ends after it began, without a terminal event."""
    plain = _stream({})
    assert plain.request is not None
    body = {**dict(plain.request.body), "background": True, **sent}
    return replace(plain, id="made/9", request=replace(plain.request, body=body))


END = "stream.terminal.exactly-one"


def test_the_stream_of_a_cancelled_response_may_end_plainly() -> None:
    stream, cancel = _background_stream(), _made(1, {"like": "cancelled"}, 1.0)

    for order in permutations([stream, cancel]):
        assert not judged(*order)[END].judged
    assert judged(stream)[END].violated == 1
    assert [(each.exchange, each.at) for each in judged(stream)[END].places] == [("made/9", "event 1")]


@pytest.mark.parametrize(
    "other",
    [
        {"like": "retrieved", "reply": {"/status": "completed"}},
        {"like": "cancelled", "reply": {"/id": "resp_another"}},
        {"like": "refused", "method": "POST", "path": "/responses/resp_2/cancel", "sent": None, "status": 400},
    ],
)
def test_a_stream_of_what_was_not_cancelled_ends_with_a_terminal_event(other: dict[str, Any]) -> None:
    assert judged(_background_stream(), _made(1, other, 1.0))[END].violated == 1


def test_a_stream_in_the_foreground_ends_with_a_terminal_event() -> None:
    assert judged(_background_stream(background=False), _made(1, {"like": "cancelled"}, 1.0))[END].violated == 1


def test_metadata_that_no_read_shows_are_no_pass() -> None:
    created, read = _made(0, *MARKED), _made(1, *_read_marked(5, metadata="$absent"))

    assert not judged(created, read)["metadata.kept-on-get"].judged


def _streamed(created_at: int, lasts: float = 0.0) -> Exchange:
    """A stream whose last event shows a time of creation, after so many seconds."""
    case = spelled(read("good")["bare"])
    early = {**case["body"], "status": "in_progress", "output": [], "usage": None, "completed_at": None}
    events = [
        {"type": "response.created", "sequence_number": 0, "response": early},
        {"type": "response.completed", "sequence_number": 1, "response": {**case["body"], "created_at": created_at}},
    ]
    made = exchange_of(
        {"like": "bare", "sent": {"/stream": True}, "headers": {"content-type": "text/event-stream"}, "content": ""}
    )
    frames = [f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode() for event in events]
    chunks = tuple(Chunk(at, frame) for at, frame in zip((0.0, lasts), frames, strict=True))
    assert made.response is not None
    return replace(made, response=replace(made.response, chunks=chunks))


SHOWN_AT = 1780000000


@pytest.mark.parametrize(
    ("exchanges", "judged_and_violated"),
    [
        ([_streamed(SHOWN_AT)], (0, 0)),
        ([_streamed(SHOWN_AT, 1.2)], (1, 0)),
        ([_streamed(SHOWN_AT + 1)], (1, 1)),
        ([_streamed(SHOWN_AT), _made(1, *_read(1))], (0, 0)),
        ([_streamed(SHOWN_AT), _made(1, *_read(3))], (1, 0)),
        ([_streamed(SHOWN_AT), _made(1, *_read(3, created_at=SHOWN_AT + 3))], (0, 0)),
    ],
    ids=["short", "long", "differs", "read-at-once", "read-later", "read-differs"],
)
def test_a_time_is_constant_only_where_a_clock_would_show(
    exchanges: list[Exchange], judged_and_violated: tuple[int, int]
) -> None:
    entry = judged(*exchanges)["stream.lifecycle.constant-created-at"]

    assert (entry.judged, entry.violated) == judged_and_violated
