"""Turns over a WebSocket, from the messages that a recorder has of one connection."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from antiphon.recording.exchange import SOCKET_MESSAGES, SOCKET_METHOD, Chunk, Exchange, Request, Response
from antiphon.recording.outcome import ENDINGS

MOST: Final = 10_000
"""Turns of one connection that are read."""


@dataclass(frozen=True)
class SocketMessage:
    """One message over a socket; `at` is when it came, in seconds since the epoch, 0 where nobody knows."""

    is_sent: bool
    data: bytes
    at: float = 0.0


def turns(id: str, path: str, messages: Iterable[SocketMessage], notes: Iterable[str] = ()) -> Iterator[Exchange]:
    """The exchange of each `response.create`, and of what came for it. What comes before any is a turn of its own."""
    sent: SocketMessage | None = None
    received: list[SocketMessage] = []
    number = 0
    for message in messages:
        if not message.is_sent:
            received.append(message)
        elif number < MOST and _type_of(message.data) == "response.create":
            if sent or received:
                yield _turn(f"{id}/{number}", path, sent, received, notes)
                number += 1
            sent, received = message, []
    if sent or received:
        yield _turn(f"{id}/{number}", path, sent, received, notes)


def _turn(
    id: str, path: str, sent: SocketMessage | None, received: Sequence[SocketMessage], notes: Iterable[str]
) -> Exchange:
    is_timed = sent is not None and sent.at > 0
    began = sent.at if sent and is_timed else 0.0
    chunks = tuple(Chunk(max(0.0, each.at - began) if is_timed else 0.0, each.data) for each in received)
    is_whole = bool(received) and _type_of(received[-1].data) in ENDINGS
    head = (("content-type", SOCKET_MESSAGES),)
    return Exchange(
        id=id,
        request=Request(SOCKET_METHOD, path, body=_value(sent.data) if sent else None),
        response=Response(101, head, chunks, complete=is_whole) if received else None,
        started_at=began,
        elapsed=max((chunk.at for chunk in chunks), default=0.0),
        notes=frozenset(notes) | {"headers-partial"} | (frozenset() if is_timed else {"untimed"}),
    )


def _type_of(data: bytes) -> str:
    value = _value(data)
    kind = value.get("type") if isinstance(value, dict) else None
    return kind if isinstance(kind, str) else ""


def _value(data: bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None
