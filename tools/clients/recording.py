"""Recorded calls of the cases of clients, as `python -m tools.clients.recording_server` writes them."""

from __future__ import annotations

import base64
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Call:
    """One request, or one WebSocket connection, of a case, with what came back."""

    case: str
    """`client: case`, as the harness names it."""
    at: float
    type: str
    """http or websocket."""
    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    sent: bytes
    status: int
    media_type: str
    received: str
    messages: tuple[tuple[str, str], ...]
    """Of a connection: client or server, and what was said."""
    reply_headers: tuple[str, ...] = ()
    """Names of the headers of the reply."""

    @property
    def is_socket(self) -> bool:
        """It is a WebSocket connection."""
        return self.type == "websocket"

    @property
    def body(self) -> Any:
        """The JSON that was sent; None where there is none."""
        try:
            return json.loads(self.sent) if self.sent else None
        except ValueError:
            return None

    @property
    def reply(self) -> Any:
        """The object that was answered: the JSON body, or the response of the last event that has one."""
        if self.media_type.startswith("text/event-stream"):
            found = [event["response"] for event in events_in(self.received) if isinstance(event.get("response"), dict)]
            return found[-1] if found else None
        try:
            return json.loads(self.received)
        except ValueError:
            return None


def events_in(text: str) -> Iterator[dict[str, Any]]:
    """The JSON objects of an event stream."""
    for block in text.split("\n\n"):
        data = "\n".join(line[6:] for line in block.split("\n") if line.startswith("data: "))
        try:
            value = json.loads(data) if data else None
        except ValueError:
            continue
        if isinstance(value, dict):
            yield value


def bytes_of(text: str) -> bytes:
    """Bytes as a recording writes them: text, or `base64:` and what follows."""
    return base64.b64decode(text[7:]) if text.startswith("base64:") else text.encode()


def text_of(data: bytes) -> str:
    """The text that a recording writes for bytes."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return "base64:" + base64.b64encode(data).decode()


def read_cases(path: Path) -> dict[str, list[Call]]:
    """The calls of each case, in their order."""
    cases: dict[str, list[Call]] = defaultdict(list)
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            call = _call(json.loads(line))
            if call.case:
                cases[call.case].append(call)
    return {name: sorted(calls, key=lambda call: call.at) for name, calls in cases.items()}


def _call(row: dict[str, Any]) -> Call:
    got = row["got"]
    messages = tuple(next(iter(each.items())) for each in got if isinstance(each, dict) and len(each) == 1)
    head = {name.lower(): value for name, value in row.get("reply_headers", ())}
    return Call(
        row["case"], row["t"], row["type"], row.get("method", "GET"), row["path"], row["query"],
        tuple((name, value) for name, value in row["headers"]), bytes_of(row["sent"]), row.get("status") or 101,
        head.get("content-type", ""), "".join(each for each in got if isinstance(each, str)),
        tuple((who, said) for who, said in messages if who in ("client", "server")), tuple(head),
    )  # fmt: skip
