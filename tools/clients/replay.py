"""Replay of recorded cases against the reference server in this process, with a fault on or without.

Ids and sealed contents that a server gives are its own: where a later request of the case sends one back, it sends what
this server gave in the same place.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any
from urllib.parse import parse_qsl

from tools.clients.mutating import MutatingApp
from tools.clients.recording import Call

from antiphon.recording.exchange import SOCKET_MESSAGES, Chunk, Exchange, Failure, Request, Response
from antiphon.server.app import create_app
from antiphon.server.settings import ServerSettings

ID = re.compile(r"\b[a-z]{2,12}_[0-9a-f]{20,}\b")
SEALED = re.compile(r"[A-Za-z0-9_\-+/=]{60,}")
TIME = re.compile(r"\b1[78]\d{8}(?:\.\d+)?\b")
PASSING = {b"date", b"x-request-id", b"openai-processing-ms", b"content-length"}
"""Headers whose values differ from one reply to the next."""
ENDS = (b"response.completed", b"response.failed", b"response.incomplete", b"error")
"""Types of the messages that end a turn over a socket."""
PATIENCE = 3.0
"""Seconds in which a reply, or the next message of a socket, comes."""
App = Callable[[Any, Any, Any], Awaitable[None]]


@dataclass
class Replayed:
    """One call that was replayed: what was sent, and what came, bytes and all."""

    call: Call
    sent: bytes
    path: str
    query: str
    status: int | None
    headers: list[tuple[bytes, bytes]]
    chunks: list[bytes]
    is_whole: bool

    def normal(self, names: dict[str, str]) -> tuple[Any, ...]:
        """What came, with places for ids, times and sealed contents; in which pieces is no matter to a client."""
        head = [(name, b"" if name in PASSING else _normal(value, names)) for name, value in self.headers]
        chunks = self.chunks if self.call.is_socket else [b"".join(self.chunks)]
        return self.status, head, [_normal(chunk, names) for chunk in chunks], self.is_whole


def _normal(data: bytes, names: dict[str, str]) -> str:
    text = ID.sub(lambda found: names.setdefault(found[0], f"id{len(names)}"), data.decode("utf-8", "replace"))
    return SEALED.sub("sealed", TIME.sub("0", text))


class Names(dict[str, str]):
    """What this server gave in place of what the recorded one gave."""

    def learn(self, recorded: str, given: str) -> None:
        """Match what two replies gave, in its order."""
        ids, sealed = _given(recorded)
        for old, new in zip(ids, _distinct(ID, given), strict=False):
            self.setdefault(old, new)
        for old, new in zip(sealed, _distinct(SEALED, ID.sub("", given)) if sealed else (), strict=False):
            if old != new:
                self.setdefault(old, new)

    def put(self, text: str) -> str:
        """A recorded text with what this server gave."""
        text = ID.sub(lambda found: self.get(found[0], found[0]), text)
        return SEALED.sub(lambda found: self.get(found[0], found[0]), text)


@cache
def _given(text: str) -> tuple[list[str], list[str]]:
    return _distinct(ID, text), _distinct(SEALED, ID.sub("", text))


def _distinct(pattern: re.Pattern[str], text: str) -> list[str]:
    """What a text has of a form, each where it first stands: an event that is lost or comes twice shifts no other."""
    return list(dict.fromkeys(pattern.findall(text)))


def fresh_app() -> App:
    """A server with nothing stored, on its plain path, which faults take, and which takes mutations."""
    return MutatingApp(create_app(ServerSettings(port=0, api_key="sk-test", pace=0.0)))


async def replay(app: App, calls: Sequence[Call], fault: str) -> list[Replayed]:
    """The calls of a case, one after the other."""
    names, done = Names(), []
    for call in calls:
        replayed = await (_over_socket if call.is_socket else _over_http)(app, call, names, fault)
        names.learn(call.received, b"".join(replayed.chunks).decode("utf-8", "replace"))
        done.append(replayed)
    return done


def _scope(call: Call, fault: str, path: str, query: str, headers: list[tuple[bytes, bytes]]) -> dict[str, Any]:
    extra = [(b"x-antiphon-fault", fault.encode())] if fault else []
    shared = {"asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1", "root_path": "", "state": {}}
    special = {"type": "websocket", "scheme": "ws", "subprotocols": []} if call.is_socket else {"type": "http"}
    return {
        "scheme": "http", "method": call.method, "path": path, "raw_path": path.encode(),
        "query_string": query.encode(), "headers": headers + extra,
        "client": ("127.0.0.1", 50000), "server": ("127.0.0.1", 80),
        "extensions": {"websocket.http.response": {}}, **shared, **special,
    }  # fmt: skip


def _encoded(headers: Sequence[tuple[str, str]], names: Names) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), names.put(value).encode()) for name, value in headers if name != "content-length"]


async def _over_http(app: App, call: Call, names: Names, fault: str) -> Replayed:
    sent = call.sent if call.body is None else names.put(call.sent.decode()).encode()
    path, query = names.put(call.path), names.put(call.query)
    headers = [*_encoded(call.headers, names), (b"content-length", str(len(sent)).encode())]
    replayed = Replayed(call, sent, path, query, None, [], [], is_whole=False)
    ended, inbox = asyncio.Event(), iter([{"type": "http.request", "body": sent, "more_body": False}])

    async def receive() -> dict[str, Any]:
        for message in inbox:
            return message
        await ended.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            replayed.status = message["status"]
            replayed.headers = sorted((name.lower(), value) for name, value in message["headers"])
        elif message["type"] == "http.response.body":
            replayed.chunks += [message["body"]] if message.get("body") else []
            if not message.get("more_body"):
                replayed.is_whole = True
                ended.set()

    try:
        await asyncio.wait_for(app(_scope(call, fault, path, query, headers), receive, send), PATIENCE)
    except Exception:  # a fault may break off in any way, and that is what comes of it
        replayed.is_whole = False
    return replayed


async def _over_socket(app: App, call: Call, names: Names, fault: str) -> Replayed:
    inbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    outbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    replayed = Replayed(call, b"", call.path, call.query, 101, [], [], is_whole=True)
    scope = _scope(call, fault, call.path, call.query, _encoded(call.headers, names))
    await inbox.put({"type": "websocket.connect"})
    task = asyncio.ensure_future(app(scope, inbox.get, outbox.put))
    try:
        opening = await asyncio.wait_for(outbox.get(), PATIENCE)
        if opening["type"] != "websocket.accept":
            replayed.status = opening.get("status", 403)
            return replayed
        for who, run in groupby(call.messages, key=lambda message: message[0]):
            texts = [text for _, text in run]
            if who == "client":
                for text in texts:
                    await inbox.put({"type": "websocket.receive", "text": names.put(text)})
            else:
                await _hear(outbox, texts, replayed.chunks, names)
        await inbox.put({"type": "websocket.disconnect", "code": 1000})
        await asyncio.wait_for(task, PATIENCE)
        while not outbox.empty():
            replayed.chunks.append((outbox.get_nowait().get("text") or "").encode())
    except Exception:  # likewise
        replayed.is_whole = False
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    return replayed


async def _hear(outbox: asyncio.Queue[dict[str, Any]], texts: list[str], chunks: list[bytes], names: Names) -> None:
    """Take what comes in place of recorded messages: until as many have ended a turn, or as many as were recorded."""
    ends, heard = sum(map(_ends_turn, texts)), list[str]()
    while sum(map(_ends_turn, heard)) < ends if ends else len(heard) < len(texts):
        message = await asyncio.wait_for(outbox.get(), PATIENCE)
        heard.append(message.get("text") or "")
        chunks.append(heard[-1].encode())
    pairs = zip(texts, heard, strict=True) if len(texts) == len(heard) else ()
    for recorded, given in ((texts[-1], heard[-1]), *pairs):
        names.learn(recorded, given)


def _ends_turn(text: str) -> bool:
    return any(f'"type":"{end.decode()}"' in text for end in ENDS)


def exchanges(replayed: Replayed, number: int) -> Iterator[Exchange]:
    """The exchanges of a call as the exercise records them: one, or for a connection one for each message too."""
    call = replayed.call
    headers = tuple((name, value) for name, value in call.headers)
    if call.is_socket:
        yield from _messages(replayed, number, headers)
        return
    request = _request(replayed, headers)
    failure = None if replayed.is_whole else Failure("protocol", "the reply ended early")
    chunks = tuple(Chunk(0.01 * place, data) for place, data in enumerate(replayed.chunks))
    head = tuple((name.decode(), value.decode("latin-1")) for name, value in replayed.headers)
    response = Response(replayed.status, head, chunks, replayed.is_whole) if replayed.status else None
    yield Exchange(f"case/{number}", request, response, scenario="case", started_at=1.8e9, elapsed=0.2, failure=failure)


def _request(replayed: Replayed, headers: tuple[tuple[str, str], ...]) -> Request:
    try:
        body = json.loads(replayed.sent) if replayed.sent else None
    except ValueError:
        body = None
    query = tuple(parse_qsl(replayed.query, keep_blank_values=True))
    return Request(replayed.call.method, replayed.path.removeprefix("/v1"), query, headers, body)


def _messages(replayed: Replayed, number: int, headers: tuple[tuple[str, str], ...]) -> Iterator[Exchange]:
    opening = Request("GET", "/responses", (), headers)
    yield Exchange(f"case/{number}", opening, Response(replayed.status), scenario="case")
    left = list(replayed.chunks)
    for who, text in replayed.call.messages:
        if who != "client":
            continue
        if not left and not replayed.is_whole:  # nothing came, and the client would be waiting still
            return
        chunks = []
        while left:
            chunks.append(left.pop(0))
            if any(chunks[-1].find(b'"type":"' + end) >= 0 for end in ENDS):
                break
        reply = Response(101, (("content-type", SOCKET_MESSAGES),), tuple(Chunk(0.01, each) for each in chunks))
        request = Request("WS", "/responses", body=json.loads(text))
        yield Exchange(f"case/{number}", request, reply, scenario="case", started_at=1.8e9, elapsed=0.2)
