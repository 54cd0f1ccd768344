"""A secret that a server gives back is found though the recorder covers it, and is not written down."""

from __future__ import annotations

import json
from typing import Any

import pytest

from antiphon.contract.load import contract
from antiphon.judge.engine import Judge
from antiphon.recording.exchange import RETURNED, Chunk, Exchange, Request, Response
from antiphon.recording.redaction.redactor import Redactor

SECRET = "mcp-secret-77"
ECHO = "response.echo.secrets-redacted"


def said(shown: Any, sent: str = SECRET) -> Exchange:
    """A reply that lists one remote tool with this description."""
    tool = {"type": "mcp", "server_label": "docs", "server_url": "https://example.com/mcp"}
    body = {"model": "m", "input": "hi", "tools": [{**tool, "headers": {"X-Key": sent}}]}
    reply = {"object": "response", "id": "resp_1", "output": [], "tools": [{**tool, "server_description": shown}]}
    response = Response(200, (("content-type", "application/json"),), (Chunk(0.1, json.dumps(reply).encode()),))
    return Exchange("s/1", Request("POST", "/responses", body=body), response, "s")


def judged(exchange: Exchange) -> tuple[int, int]:
    """How often the promise was judged, and how often broken."""
    judge = Judge(contract())
    judge.feed(exchange)
    entry = judge.ledger[ECHO]
    return entry.judged, entry.violated


@pytest.mark.parametrize("again", [False, True])
def test_a_secret_that_comes_back_is_found_in_what_was_redacted(again: bool) -> None:
    clean = Redactor().exchange(said(SECRET))
    clean = Redactor().exchange(clean) if again else clean

    assert SECRET not in repr(clean)
    assert RETURNED in clean.notes
    assert judged(clean) == (1, 1)


def test_a_secret_that_stays_away_is_a_pass() -> None:
    clean = Redactor().exchange(said("[redacted]"))

    assert RETURNED not in clean.notes
    assert judged(clean) == (1, 0)


def test_nothing_is_said_of_what_another_recorder_covered() -> None:
    covered = said("X" * len(SECRET), "X" * len(SECRET))

    assert judged(covered) == (0, 0)


def test_an_unredacted_recording_shows_it_by_itself() -> None:
    assert judged(said(SECRET)) == (1, 1)
    assert judged(said("the docs")) == (1, 0)
