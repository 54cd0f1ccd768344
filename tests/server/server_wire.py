"""Reads a stream with the plainest possible reader."""

from __future__ import annotations

import json
from typing import Any

import httpx

MODEL = "antiphon-1"
FUNCTION = {
    "type": "function",
    "name": "weather",
    "description": "Tells the weather.",
    "parameters": {
        "type": "object",
        "properties": {"city": {"type": "string", "enum": ["Paris"]}, "days": {"type": "integer", "minimum": 2}},
        "required": ["city", "days"],
        "additionalProperties": False,
    },
    "strict": True,
}


def events(text: str) -> list[dict[str, Any]]:
    """The events of a whole stream; an AssertionError where the framing is not that of the service."""
    assert text.endswith("\n\n")
    found = []
    for frame in text.removesuffix("\n\n").split("\n\n"):
        name, data = frame.split("\n")
        event = json.loads(data.removeprefix("data: "))
        assert name == f"event: {event['type']}"
        found.append(event)
    return found


def stream(http: httpx.Client, **body: Any) -> list[dict[str, Any]]:
    """The events of a streamed create."""
    reply = http.post("/responses", json={"model": MODEL, "input": "hi", "stream": True, **body})
    assert reply.status_code == 200, reply.text
    assert reply.headers["content-type"] == "text/event-stream; charset=utf-8"
    return events(reply.text)


def create(http: httpx.Client, **body: Any) -> dict[str, Any]:
    """The response of a plain create."""
    reply = http.post("/responses", json={"model": MODEL, "input": "hi", **body})
    assert reply.status_code == 200, reply.text
    made: dict[str, Any] = reply.json()
    return made


def unsealed(value: Any) -> Any:
    """A value without what is encrypted anew each time."""
    if isinstance(value, dict):
        return {key: unsealed(inner) for key, inner in value.items() if key != "encrypted_content"}
    if isinstance(value, list):
        return [unsealed(inner) for inner in value]
    return value
