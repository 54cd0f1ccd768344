"""What of a reply is news, and what the contract knows by another form of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from antiphon.contract.load import edition
from antiphon.judge.drift import DriftTable
from antiphon.recording.exchange import Chunk, Exchange, Request, Response


def news(path: str, body: dict[str, Any]) -> list[str]:
    drift = DriftTable(edition())
    said = Response(200, (("content-type", "application/json"),), (Chunk(0.0, json.dumps(body).encode()),))
    drift.see(Exchange("a/1", Request("DELETE", path), said))
    return [row["name"] for row in drift.rows()]


@pytest.mark.parametrize(
    ("path", "object"),
    [
        ("/responses/resp_1", "response"),
        ("/responses/resp_1", "response.deleted"),
        ("/conversations/conv_1", "conversation.deleted"),
        ("/chat/completions/chatcmpl-1", "chat.completion.deleted"),
    ],
)
def test_that_something_is_deleted_is_no_news(path: str, object: str) -> None:
    body = {"id": path.rpartition("/")[2], "object": object, "deleted": True}

    assert news(path, body) == []
    assert news(path, {**body, "deleted_by": "x"}) == ["deleted_by"]
