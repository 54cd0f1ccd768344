"""Streams as bytes: what the checks of the area sse find, one by one."""

from __future__ import annotations

import json
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from tests.judge.judging import HEADERS, judged, sse, stream_of
from tests.judge.legal_streams import COMPLETED, build

from antiphon.contract.load import edition
from antiphon.judge.registry import all_checks
from antiphon.judge.subjects.responses import Stream, Success
from antiphon.recording.exchange import Chunk, Exchange, Failure, Request, Response

EVENTS = build(Random(1), ["program"], [COMPLETED])
CONTENT = sse(EVENTS)


def broken_by(stream: Stream) -> set[str]:
    return {requirement for requirement, violations in judged(stream).items() if violations}


def data_only(content: bytes) -> bytes:
    return b"".join(line for line in content.splitlines(keepends=True) if not line.startswith(b"event"))


@pytest.mark.parametrize(
    ("content", "requirements"),
    [
        (CONTENT, set()),
        (data_only(CONTENT), {"sse.event-named"}),
        (CONTENT.replace(b"event: response.in_progress", b"event: x"), {"sse.event-equals-type"}),
        (CONTENT.replace(b"\n", b"\r\n"), {"sse.line-ends"}),
        (CONTENT.replace(b"\n", b"\r"), {"sse.line-ends"}),
        (b": hello\n\n" + CONTENT, {"sse.no-comments"}),
        (b"id: 1\n" + CONTENT, {"sse.no-id-field"}),
        (b"retry: 1\n" + CONTENT, {"sse.no-retry-field"}),
        (CONTENT[:-1], {"sse.frame-ends-with-blank-line"}),
        (CONTENT + b"data: [DONE]\n\n", {"sse.no-done-marker"}),
        (CONTENT + b"data: over\n\n", {"sse.nothing-after-terminal", "sse.event-named"}),
        (CONTENT + b"over\n\n", set()),
        (b"data: hello\n\n" + CONTENT, {"sse.data-json-object", "sse.event-named"}),
        (b"event: a\ndata: []\n\n" + CONTENT, {"sse.data-json-object"}),
        (b"event: a\n\n" + CONTENT, {"sse.data-json-object"}),
        (CONTENT.replace(b"model-1", b"m\xff"), {"sse.utf8"}),
        (CONTENT[: CONTENT.rindex(b"event:")], {"stream.terminal.exactly-one"}),
        (CONTENT[:-30], {"stream.terminal.exactly-one"}),
    ],
)
def test_bytes_of_a_stream(content: bytes, requirements: set[str]) -> None:
    assert broken_by(stream_of(content)) == requirements


def test_an_event_has_a_type() -> None:
    events = [
        *EVENTS[:2],
        {"sequence_number": 2},
        *({**each, "sequence_number": n} for n, each in enumerate(EVENTS[2:], 3)),
    ]
    frames = sse(events).replace(b"event: None", b"event: strange")

    assert broken_by(stream_of(frames)) == {"sse.type-present"}


def test_a_done_marker_ends_a_stream_of_the_open_standard() -> None:
    open_standard = edition("open-responses-2026-04-24")

    without = replace(stream_of(CONTENT), edition=open_standard)
    with_it = replace(stream_of(CONTENT + b"data: [DONE]\n\n"), edition=open_standard)

    assert "sse.done-marker" in broken_by(without)
    assert not any(each.startswith("sse.") for each in broken_by(with_it))


def test_names_of_the_open_standard() -> None:
    event = {"type": "acme:progress", "sequence_number": len(EVENTS)}
    extended = [*EVENTS[:-1], event | {"sequence_number": EVENTS[-1]["sequence_number"]}]
    extended.append(EVENTS[-1] | {"sequence_number": len(EVENTS)})
    open_standard = edition("open-responses-2026-04-24")
    bare = [each | {"type": "progress"} if each["type"] == "acme:progress" else each for each in extended]

    assert broken_by(stream_of(sse(extended))) == {"stream.unknown-event-types"}
    assert "stream.extension.named" not in broken_by(replace(stream_of(sse(extended)), edition=open_standard))
    assert "stream.extension.named" in broken_by(replace(stream_of(sse(bare)), edition=open_standard))


def answered(headers: tuple[tuple[str, str], ...] = HEADERS, status: int = 200, **changes: Any) -> Stream:
    chunks = changes.pop("chunks", (Chunk(0.0, CONTENT),))
    response = Response(status, headers, chunks)
    exchange = Exchange("made/1", Request("POST", "/responses"), response, started_at=1_780_000_000.0, **changes)
    return Stream(exchange, "create", edition())


def test_head_of_a_stream() -> None:
    assert broken_by(answered((("Content-Type", "text/plain; charset=utf-8"),))) == {"sse.status-and-type"}
    assert broken_by(answered(status=201)) == {"sse.status-and-type"}
    assert broken_by(answered((("Content-Type", "text/event-stream"),))) == {"sse.charset"}
    assert broken_by(answered((*HEADERS, ("Content-Encoding", "gzip")))) == {"sse.not-compressed-away"}
    assert broken_by(answered((("Content-Type", 'text/event-stream;charset="UTF-8"'),))) == set()


def test_a_stream_that_was_asked_for_is_not_a_body() -> None:
    request = Request("POST", "/responses", body={"stream": True})
    reply = Response(200, (("content-type", "application/json"),), (Chunk(0.0, json.dumps({}).encode()),))
    success = Success(Exchange("made/1", request, reply), "create", edition())
    (check,) = [each for each in all_checks() if each.requirement == "sse.status-and-type" and each.subject is Success]

    assert check.applies is not None
    assert check.applies(success)
    assert len(list(check.find(success))) == 1


def test_arrival() -> None:
    content = sse(build(Random(1), ["program"] * 30, [COMPLETED]))
    half = len(content) // 2
    parts = content[:half], content[half:]
    steady = tuple(Chunk(at, part) for at, part in zip((0.5, 4.0), parts, strict=True))
    held = tuple(Chunk(at, part) for at, part in zip((3.99, 4.0), parts, strict=True))

    assert broken_by(answered(chunks=steady, elapsed=4.1)) == set()
    assert broken_by(answered(chunks=held, elapsed=4.1)) == {"sse.arrives-as-made"}
    assert broken_by(answered(chunks=(Chunk(3.99, CONTENT),), elapsed=4.1)) == set(), "a short answer is said at once"
    assert broken_by(answered(chunks=steady, elapsed=30.0)) == {"sse.body-ends"}
    assert broken_by(answered(chunks=steady, elapsed=5.0, failure=Failure("timeout-idle", "silence"))) == {
        "sse.body-ends"
    }


def test_what_our_own_loop_was_late_by_is_no_delay_of_the_server() -> None:
    content = sse(build(Random(1), ["program"] * 30, [COMPLETED]))
    held = (Chunk(4.0, content),)
    silence = Failure("timeout-idle", "silence")

    assert broken_by(answered(chunks=held, elapsed=9.5)) == {"sse.arrives-as-made", "sse.body-ends"}
    assert broken_by(answered(chunks=held, elapsed=9.5, lag=0.4)) == {"sse.arrives-as-made", "sse.body-ends"}
    assert broken_by(answered(chunks=held, elapsed=9.5, lag=0.6)) == {"sse.arrives-as-made"}
    assert broken_by(answered(chunks=held, elapsed=9.5, lag=1.0)) == set()
    assert broken_by(answered(chunks=held, elapsed=9.5, lag=2.1)) == set()
    assert broken_by(answered(chunks=held, elapsed=34.0, failure=silence, lag=29.0)) == set()


def test_keepalive_carries_nothing() -> None:
    noisy = [EVENTS[0], {"type": "keepalive", "text": "a"}, *EVENTS[1:]]
    events = [{**each, "sequence_number": number} for number, each in enumerate(noisy)]

    assert broken_by(stream_of(sse(events))) == {"sse.keepalive-tolerated-form"}


def test_framing_that_a_recorder_made_up_is_not_judged() -> None:
    rebuilt = answered(notes=frozenset({"framing-reconstructed"}), chunks=(Chunk(0.0, data_only(CONTENT)),))

    assert "sse.event-named" not in judged(rebuilt)
