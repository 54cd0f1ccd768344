"""A recording may hold a reply twice."""

from __future__ import annotations

from dataclasses import replace

import pytest

from antiphon.contract.load import contract
from antiphon.judge.engine import Judge
from antiphon.recording.exchange import Chunk, Exchange, Request, Response

REPLY = b'{"id":"resp_1","object":"response","created_at":1,"status":"completed","output":[]}'


def create(name: str, reply: bytes, scenario: str | None) -> Exchange:
    """A create that was answered so."""
    request = Request("POST", "/v1/responses", body={"model": "m", "input": "hi"})
    headers = (("content-type", "application/json"),)
    return Exchange(name, request, Response(200, headers, (Chunk(0.0, reply),), True), scenario=scenario)


@pytest.mark.parametrize(
    ("second", "scenario", "violated"),
    [
        (REPLY, None, 0),
        (REPLY, "played", 1),
        (REPLY.replace(b"completed", b"incomplete"), None, 1),
    ],
)
def test_a_copy_of_a_reply_is_no_second_create(second: bytes, scenario: str | None, violated: int) -> None:
    judge = Judge(contract("openai-2026-08"))
    replies = (("a", REPLY), ("b", second), ("c", REPLY.replace(b"resp_1", b"resp_2")))
    for moment, (name, reply) in enumerate(replies):
        judge.feed(replace(create(name, reply, scenario), started_at=1_780_000_000.0 + moment))

    assert judge.finish().entries["create.id-unique"].violated == violated
