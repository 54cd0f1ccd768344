"""An application around the reference server's, which changes its right replies by the mutation that a request names.

Names of mutations stand in the header of faults. They are not passed on: the server inside is right.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from typing import Any

from tools.clients.changes import (
    BODIES,
    BODY,
    EVENTS,
    FRAMES,
    HEAD,
    change_json,
    changed_events,
    changed_frames,
    data_of,
)
from tools.clients.dialogues import ENDS

from antiphon.clients.mutation import MARK, Mutation, parse_mutation
from antiphon.server.http.admission import FAULT_HEADER

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Any, Any, Any], Awaitable[None]]
SUCCESS = range(200, 300)


class MutatingApp:
    """An application whose replies are changed where a request names a mutation."""

    def __init__(self, inner: App) -> None:
        self._inner = inner

    async def __call__(self, scope: Message, receive: Any, send: Send) -> None:
        """Answer a request, or a connection."""
        name = dict(scope.get("headers", ())).get(FAULT_HEADER.encode(), b"").decode()
        if not name.startswith(MARK):
            await self._inner(scope, receive, send)
            return
        headers = [(key, value) for key, value in scope["headers"] if key != FAULT_HEADER.encode()]
        changing = _Changing(parse_mutation(name), send)
        await self._inner({**scope, "headers": headers}, receive, changing.send)


class _Changing:
    """What one request gets: held back until it is whole, a turn at a time over a socket."""

    def __init__(self, mutation: Mutation, send: Send) -> None:
        self._mutation, self._send = mutation, send
        self._head: Message = {}
        self._body = b""
        self._turn: list[bytes] = []

    async def send(self, message: Message) -> None:
        """Take what the server inside sends."""
        kind = message["type"]
        if kind == "http.response.start":
            self._head = message
        elif kind == "http.response.body":
            self._body += message.get("body", b"")
            if not message.get("more_body"):
                await self._send_reply()
        elif kind == "websocket.send":
            self._turn.append((message.get("text") or "").encode() or message.get("bytes") or b"")
            if _type_in(self._turn[-1]) in ENDS:
                await self._send_turn()
        else:
            await self._send_turn()
            await self._send(message)

    async def _send_turn(self) -> None:
        for text in self._changed(self._turn):
            await self._send({"type": "websocket.send", "text": text.decode("utf-8", "replace")})
        self._turn = []

    async def _send_reply(self) -> None:
        head = dict(self._head["headers"])
        media_type = head.get(b"content-type", b"")
        is_meant = self._head["status"] in SUCCESS or (self._mutation.member and self._mutation.subject != HEAD)
        if not is_meant or b"content-encoding" in head:
            await self._pass_on([self._body])
        elif media_type.startswith(b"text/event-stream"):
            frames = [each + b"\n\n" for each in self._body.split(b"\n\n") if each]
            await self._pass_on(self._changed(frames))
        elif media_type.startswith(b"application/json"):
            await self._pass_on([self._changed_body()])
        else:
            await self._pass_on([self._body])

    def _changed(self, frames: list[bytes]) -> list[bytes]:
        """The events of a reply, as frames or as texts of a socket."""
        mutation = self._mutation
        if mutation.subject == FRAMES:
            return changed_frames(frames, mutation.change) if self._head else frames
        if mutation.change in EVENTS and not mutation.member:
            return changed_events(frames, [_type_in(each) for each in frames], mutation)
        return [_with_json(each, mutation) for each in frames] if mutation.member else frames

    def _changed_body(self) -> bytes:
        mutation = self._mutation
        if mutation.subject == BODY and not mutation.member:
            return BODIES[mutation.change](self._body) if mutation.change in BODIES else self._body
        if not mutation.member or mutation.subject == HEAD:
            return self._body
        return _changed_json(self._body, mutation)

    async def _pass_on(self, chunks: list[bytes]) -> None:
        """Send the head, mended, and then the rest; raise where it is to be cut."""
        mutation, is_cut = self._mutation, self._mutation.change == "cut" and self._head["status"] in SUCCESS
        await self._send({**self._head, **self._changed_head(sum(map(len, chunks)))})
        if is_cut and mutation.subject == BODY and len(chunks) == 1:
            chunks = [chunks[0][: len(chunks[0]) // 2]]
        for chunk in chunks:
            await self._send({"type": "http.response.body", "body": chunk, "more_body": True})
        if is_cut and mutation.subject in (BODY, FRAMES):
            raise ConnectionAbortedError
        await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    def _changed_head(self, length: int) -> Message:
        mutation, headers = self._mutation, list(self._head["headers"])
        status = self._head["status"]
        is_meant = mutation.subject == HEAD and status in SUCCESS
        if is_meant and mutation.member == "status":
            status = int(mutation.change)
        elif is_meant:
            headers = list(_changed_headers(headers, mutation))
        return {"status": status, "headers": [_mended(name, value, length) for name, value in headers]}


def _changed_headers(headers: list[tuple[bytes, bytes]], mutation: Mutation) -> Iterator[tuple[bytes, bytes]]:
    for name, value in headers:
        if name.decode().lower().replace("-", "_") != mutation.member:
            yield name, value
        elif mutation.change == "empty":
            yield name, b""
        elif mutation.change == "plain":
            yield name, b"text/plain"
        elif mutation.change != "absent":
            yield name, b"odd"


def _mended(name: bytes, value: bytes, length: int) -> tuple[bytes, bytes]:
    return (name, str(length).encode()) if name.lower() == b"content-length" else (name, value)


def _with_json(frame: bytes, mutation: Mutation) -> bytes:
    """A frame, or a text of a socket, with its JSON changed."""
    before, data, after = data_of(frame)
    return before + _changed_json(data, mutation) + after


def _changed_json(data: bytes, mutation: Mutation) -> bytes:
    try:
        value = json.loads(data)
    except ValueError:
        return data
    return json.dumps(value, separators=(",", ":")).encode() if change_json(value, mutation) else data


def _type_in(frame: bytes) -> str:
    try:
        event = json.loads(data_of(frame)[1])
    except ValueError:
        return ""
    return str(event.get("type", "")) if isinstance(event, dict) else ""
