"""Exchanges of journeys, made by hand or by the reference server."""

from __future__ import annotations

import json
from typing import Any

import httpx

from antiphon.exercise.http.call import header_pairs
from antiphon.recording.exchange import Chunk, Exchange, Request, Response
from antiphon.recording.intent import optional
from antiphon.soak.journeys import Author, Journey, JourneyCall

WORD, OTHER = "soak0123456789ab", "soakba9876543210"


def as_json(name: str, body: dict[str, Any], reply: dict[str, Any], path: str = "/responses") -> Exchange:
    """A create with the word that is answered as JSON; a read where there is no body."""
    request = Request("POST" if body else "GET", path, body={"metadata": {"soak": WORD}, **body} if body else None)
    chunk = Chunk(0.1, json.dumps(reply).encode())
    return Exchange(name, request, Response(200, (("content-type", "application/json"),), (chunk,)), elapsed=0.1)


def as_stream(name: str, *events: dict[str, Any], body: dict[str, Any] | None = None) -> Exchange:
    """A create with the word that is answered as a stream."""
    data = "".join(f"event: {each['type']}\ndata: {json.dumps(each)}\n\n" for each in events).encode()
    request = Request("POST", "/responses", body={"metadata": {"soak": WORD}, "stream": True, **(body or {})})
    return Exchange(name, request, Response(200, (("content-type", "text/event-stream"),), (Chunk(0.1, data),)))


def response(id: str = "resp_1", word: str = WORD, **more: Any) -> dict[str, Any]:
    """A response whose answer and metadata hold a word."""
    part = {"type": "output_text", "text": word}
    item = {"id": f"msg_{id}", "type": "message", "content": [part]}
    return {"id": id, "status": "completed", "metadata": {"soak": word}, "output": [item], **more}


def whole_stream(name: str, made: dict[str, Any], **body: Any) -> Exchange:
    """A stream with its first and its last event."""
    first = {"type": "response.created", "sequence_number": 0, "response": {**made, "output": []}}
    return as_stream(name, first, {"type": "response.completed", "response": made}, body=body)


def play(journey: Journey, author: Author, client: httpx.Client) -> list[Exchange]:
    """The exchanges of a journey with a server."""
    steps, exchanges = journey(author), list[Exchange]()
    call: JourneyCall | None = next(steps)
    while call is not None:
        exchanges.append(_sent(call, client, f"it/{len(exchanges) + 1}"))
        try:
            call = steps.send(exchanges[-1])
        except StopIteration:
            call = None
    return exchanges


def _sent(call: JourneyCall, client: httpx.Client, id: str) -> Exchange:
    with client.stream(call.request.method, call.request.path, json=call.request.body) as reply:
        content = reply.read()
    got = Response(reply.status_code, header_pairs(reply.headers), (Chunk(0.01, content),))
    return Exchange(id, call.request, got, "it", elapsed=0.02, intent=optional(*call.needs))
