"""The reference server with a switch for faults, which records what each case of a client sends and gets.

    python -m tools.clients.recording_server PORT FILE

GET /__set/FAULT turns a fault or a mutation on (`none`: off), GET /__case/LABEL says whose the next requests are.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import unquote

import uvicorn
from tools.clients.mutating import MutatingApp
from tools.clients.recording import text_of

from antiphon.server.app import create_app
from antiphon.server.settings import ServerSettings

KEY = "sk-test"
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class RecordingApp:
    """An application around the reference server's."""

    def __init__(self, port: int, file: TextIO) -> None:
        self._inner = MutatingApp(create_app(ServerSettings(port=port, api_key=KEY, pace=0.0)))
        self._file, self._label, self._fault = file, "", b""

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer a request, and write it down where a case was named."""
        path = scope.get("path", "")
        if path.startswith(("/__set/", "/__case/")):
            self._switch(path)
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"ok"})
        elif self._label:
            await self._record(scope, receive, send)
        else:
            await self._inner(self._with_fault(scope), receive, send)

    def _switch(self, path: str) -> None:
        kind, _, value = path.removeprefix("/__").partition("/")
        if kind == "case":
            self._label = unquote(value)
        else:
            self._fault = b"" if value == "none" else value.encode()

    def _with_fault(self, scope: Message) -> Message:
        return {**scope, "headers": [*scope["headers"], (b"x-antiphon-fault", self._fault)]} if self._fault else scope

    async def _record(self, scope: Message, receive: Receive, send: Send) -> None:
        sent: list[bytes] = []
        got: list[Any] = []
        row = _head(scope, self._label) | {"got": got}

        async def receive_noting() -> Message:
            message = await receive()
            if message["type"] == "http.request":
                sent.append(message.get("body", b""))
            elif message["type"] == "websocket.receive":
                got.append({"client": message.get("text") or text_of(message.get("bytes") or b"")})
            return message

        async def send_noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                head = [[name.decode(), value.decode("latin-1")] for name, value in message["headers"]]
                row.update(status=message["status"], reply_headers=head)
            elif message["type"] == "http.response.body":
                got.append(text_of(message.get("body", b"")))
            elif message["type"] == "websocket.send":
                got.append({"server": message.get("text") or text_of(message.get("bytes") or b"")})
            await send(message)

        try:
            await self._inner(self._with_fault(scope), receive_noting, send_noting)
        finally:
            self._file.write(json.dumps(row | {"sent": text_of(b"".join(sent))}) + "\n")
            self._file.flush()


def _head(scope: Message, label: str) -> dict[str, Any]:
    return {
        "case": label, "t": time.time(), "type": scope["type"], "method": scope.get("method", "GET"),
        "path": scope["path"], "query": text_of(scope.get("query_string", b"")),
        "headers": [[name.decode(), value.decode("latin-1")] for name, value in scope["headers"]],
    }  # fmt: skip


def main() -> None:
    """Serve until the process is ended."""
    port, path = int(sys.argv[1]), Path(sys.argv[2])
    with path.open("a", encoding="utf-8") as file:
        uvicorn.run(
            RecordingApp(port, file), host="127.0.0.1", port=port, log_level="error", access_log=False, lifespan="off",
            ws="websockets-sansio", ws_ping_interval=None,
        )  # fmt: skip


if __name__ == "__main__":
    main()
