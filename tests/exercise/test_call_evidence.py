"""What one refusal says of a part of the API that its server may lack."""

from __future__ import annotations

import json
from typing import Any

import pytest

from antiphon.exercise.call_evidence import UNKNOWN, CallEvidence
from antiphon.recording.exchange import Chunk, Exchange, Request, Response

LLAMA = {"code": 400, "message": "llama.cpp does not support 'previous_response_id'.", "type": "invalid_request_error"}


def continued(error: dict[str, Any]) -> CallEvidence:
    body = {"model": "m", "input": "Again.", "previous_response_id": "resp_1"}
    reply = Response(400, (), (Chunk(0.0, json.dumps({"error": error}).encode()),))
    return CallEvidence(Exchange("made/1", Request("POST", "/responses", body=body), reply), "create")


@pytest.mark.parametrize(
    ("error", "declines"),
    [
        ({"code": "unsupported_parameter", "param": "previous_response_id", "message": "No."}, True),
        ({"code": "previous_response_not_found", "param": "previous_response_id", "message": "Not found."}, False),
        (LLAMA, True),
        ({"code": None, "message": "previous_response_id is unsupported here"}, True),
        ({"code": None, "message": "No response has the previous_response_id resp_1."}, False),
        ({"code": 400, "message": "Streams are not supported."}, False),
    ],
)
def test_chaining_is_declined_by_a_code_or_in_words(error: dict[str, Any], declines: bool) -> None:
    assert bool(continued(error).refuses("previous_response_id", codes=UNKNOWN)) is declines
