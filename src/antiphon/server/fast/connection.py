"""The protocol of the fast path: a plain create is answered as soon as it has come, without a task unless it waits."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import copy_context
from http import HTTPStatus
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from antiphon.server.fast.application import Responder
from antiphon.server.fast.eager_task import EagerTask
from antiphon.server.fast.head_cache import RequestHead, head_of
from antiphon.server.http.admission import FAULT_HEADER
from antiphon.server.http.protocol import BoundedProtocol
from antiphon.server.http.replies import WholeReply
from antiphon.server.http.request_body import PLAIN_BODY
from antiphon.server.settings import ServerSettings

JSON = b"application/json"
LENGTH = b"content-length"
FAULT = FAULT_HEADER.encode()
PHRASES = {status.value: status.phrase.encode() for status in HTTPStatus}
IN_ONE = b"%s%s%s\r\ncontent-length: %d\r\n\r\n%s"
IN_CHUNKS = b"%s%s%s\r\n\r\n%x\r\n%s\r\n0\r\n\r\n"
LARGEST = 64 * 1024
"""Bytes of a body from which on it is read in pieces."""


class FastProtocol(BoundedProtocol):
    """Takes the short way for a POST to one of `fast_routes` that is plain, has come whole, and follows no open reply.

    Everything else goes the way of ASGI, and so does what is left of an answer that has to wait or is a stream.
    """

    app: ASGIApp
    fast_routes: Mapping[bytes, Responder] = {}
    _answer: Responder | None = None
    """What answers the request whose body is being read."""
    _answered: Responder | None = None
    """What answered the last plain request."""
    _head: RequestHead | None = None
    """Its head, if nothing came with it and nothing after it."""
    _read: bytes | None = None
    """Its body."""
    _dated: tuple[object, bytes] = (None, b"")

    def _take(self, data: bytes) -> None:
        head, answer, self._head = self._head, self._answered, None
        if head and answer and self._is_free():
            body = head.body_of(data)
            if body is not None and len(body) <= LARGEST:
                self._head = head
                self._unset_keepalive_if_required()
                self._note_length(b"%d" % len(body))
                return self._go(answer, body)
        self._read = None
        super()._take(data)
        if self._read is not None:
            self._head = head_of(data, self._read, self.url, len(self.headers))

    def _note_length(self, length: bytes) -> None:
        """Let the head that has been read be one of a body of that length."""
        if (LENGTH, length) not in self.headers:
            self.headers = [(name, length if name == LENGTH else value) for name, value in self.headers]
            self.scope = {**self.scope, "headers": self.headers}

    def on_headers_complete(self) -> None:
        answer = self.fast_routes.get(self.url)
        if answer is None or not (self._is_plain() and self._is_free()):
            return super().on_headers_complete()
        self._answer = self._answered = answer
        self._pieces: list[bytes] = []
        self._in_body = True

    def _is_plain(self) -> bool:
        """The head that has been read asks for nothing out of the ordinary."""
        parser, headers = self.parser, dict(self.headers)
        size = headers.get(LENGTH, b"")
        return bool(
            parser.get_method() == b"POST"
            and len(headers) == len(self.headers)
            and 0 < len(size) < 8
            and int(size) <= LARGEST
            and headers.get(b"content-type", JSON) == JSON
            and b"expect" not in headers
            and b"upgrade" not in headers
            and b"content-encoding" not in headers
            and b"origin" not in headers
            and FAULT not in headers
            and parser.get_http_version() == "1.1"
            and parser.should_keep_alive()
        )

    def _is_free(self) -> bool:
        """The next reply follows no open one, and can be sent."""
        return not (self._answers or self.flow.write_paused or self._wire.is_closing())

    def on_body(self, body: bytes) -> None:
        if self._answer is None:
            super().on_body(body)
        else:
            self._pieces.append(body)

    def on_message_complete(self) -> None:
        if self._answer is None:
            return super().on_message_complete()
        answer, self._answer, self._in_body = self._answer, None, False
        scope = cast(dict[str, Any], self.scope)
        scope |= {"method": "POST", "path": self.url.decode(), "raw_path": self.url, "query_string": b""}
        self._read = b"".join(self._pieces)
        self._go(answer, self._read)

    def _go(self, answer: Responder, body: bytes) -> None:
        """Answer a plain request."""
        context = copy_context()
        begun = context.run(EagerTask, answer(Request({**self.scope, PLAIN_BODY: body})))
        if begun.ended and isinstance(begun.result, WholeReply):
            self._write(begun.result)
        else:
            context.run(self._go_on, begun)

    def _write(self, response: WholeReply) -> None:
        defaults, date = self._dated
        if defaults is not self.server_state.default_headers:
            defaults = self.server_state.default_headers
            date = b"".join(b"%s: %s\r\n" % line for line in self.server_state.default_headers)
            type(self)._dated = defaults, date
        self._taken = 0
        self._joined.flush()
        self._wire.write(reply_bytes(response, date))

    def _go_on(self, begun: EagerTask[Response]) -> None:
        """Hand the rest to a task, as for any other request."""

        async def rest(scope: Scope, receive: Receive, send: Send) -> None:
            response = begun.result if begun.ended else await begun.rest()
            await response(scope, receive, send)

        app, self.app = self.app, rest
        try:
            super().on_headers_complete()
        finally:
            self.app = app
        super().on_message_complete()


def reply_bytes(reply: WholeReply, date: bytes) -> bytes:
    """The bytes of a reply, with the lines of the `date` before its headers, none of which a fault has altered."""
    headers = "\r\n".join(map(": ".join, reply.plain_headers.items())).encode("latin-1")
    start = b"HTTP/1.1 %d %s\r\n" % (reply.status_code, PHRASES[reply.status_code])
    form = IN_CHUNKS if "transfer-encoding" in reply.plain_headers else IN_ONE
    return form % (start, date, headers, len(reply.body), reply.body)


def fast_protocol(app: ASGIApp, settings: ServerSettings) -> type[FastProtocol]:
    """The protocol of a server; it has no short way past an app that stands before ours, faults, chaos or a script.

    Nor where there may be faults or a script later.
    """
    unusual = settings.faults or settings.chaos or settings.script or settings.control or settings.strict
    routes = {} if unusual else {path.encode(): answer for path, answer in getattr(app, "fast_routes", {}).items()}
    return type("FastProtocol", (FastProtocol,), {"patience": settings.patience, "fast_routes": routes})
