"""Client's side of a proxied exchange: its request as received, the reply as passed on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qsl

from starlette.types import Receive, Scope, Send

from antiphon.exercise.http.address import BaseUrl
from antiphon.recording.exchange import Failure, Pairs, Request

_HOP_BY_HOP = frozenset(
    {"connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer"}
    | {"transfer-encoding", "upgrade"}
)
"""RFC 9110, section 7.6.1: headers that are for the next hop only."""
_OURS = frozenset({"host", "content-length", "accept-encoding", "expect"})


class TooLarge(Exception):
    """The body of the request is larger than what is passed on."""


class ClientDisconnected(Exception):
    """The client disconnected before its request was complete."""


class Relay:
    """Passes a reply to the client, each chunk at once, and notices when the client hangs up."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self.has_begun = False
        self.has_ended = False
        self._receive = receive
        self._send = send
        self._watch: asyncio.Task[None] | None = None
        self.hang_up: Callable[[], None] = lambda: None

    def begin(self, hang_up: Callable[[], None]) -> None:
        """Watch for the client to leave."""
        self.hang_up = hang_up
        if self._watch is None:
            self._watch = asyncio.create_task(self._wait_for_disconnect())

    async def head(self, status: int, headers: Pairs) -> None:
        """Pass status and headers on."""
        self.has_begun = True
        await self._send(
            {"type": "http.response.start", "status": status, "headers": _encoded(forwarded_headers(headers))}
        )

    async def data(self, raw: bytes) -> None:
        """Pass bytes of the body on."""
        await self._send({"type": "http.response.body", "body": raw, "more_body": True})

    async def end(self) -> None:
        """End the reply to the client."""
        self.has_ended = True
        self.close()
        await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    def close(self) -> None:
        """Stop watching for the end of the connection."""
        if self._watch:
            self._watch.cancel()

    async def refuse(self, status: int, failure: Failure) -> None:
        """A reply of the proxy's own, in the envelope of the API's errors."""
        error = {"message": failure.message, "type": "proxy_error", "param": None, "code": failure.kind}
        body = json.dumps({"error": error}).encode()
        await self.head(status, (("content-type", "application/json"), ("content-length", str(len(body)))))
        await self.data(body)
        await self.end()

    async def _wait_for_disconnect(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self.hang_up()


async def read_request(scope: Scope, receive: Receive, upstream: BaseUrl, limit: int) -> Request:
    """The request of a client, with its bytes as they came and, where they are JSON, what they mean."""
    content = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnected
        content += message.get("body", b"")
        more = message.get("more_body", False)
        if len(content) > limit:
            raise TooLarge
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"])
    return Request(
        method=scope["method"],
        path=_below(upstream, (scope.get("raw_path") or scope["path"].encode()).decode("latin-1")),
        query=tuple(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)),
        headers=forwarded_headers(headers, besides=_OURS),
        body=_json(bytes(content)),
        content=bytes(content) if content else None,
    )


def forwarded_headers(headers: Pairs, besides: Iterable[str] = ()) -> Pairs:
    """Headers without hop-by-hop ones."""
    named = {
        word.strip().lower() for name, value in headers if name.lower() == "connection" for word in value.split(",")
    }
    dropped = _HOP_BY_HOP | named | set(besides)
    return tuple(pair for pair in headers if pair[0].lower() not in dropped)


def _below(upstream: BaseUrl, path: str) -> str:
    if upstream.path and (path + "/").startswith(upstream.path + "/"):
        path = path[len(upstream.path) :]
    return path if path.startswith("/") else "/" + path


def _json(content: bytes) -> Any:
    try:
        return json.loads(content) if content else None
    except (ValueError, RecursionError):
        return None


def _encoded(headers: Pairs) -> list[tuple[bytes, bytes]]:
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
