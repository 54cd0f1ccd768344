"""The requests that are asked for most, answered as soon as they have come: without a task, unless they must wait."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import copy_context
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from antiphon.server.admission import FAULT_HEADER
from antiphon.server.app import Answer, Application
from antiphon.server.eager import Begun
from antiphon.server.protocol import Patient
from antiphon.server.reading import PLAIN
from antiphon.server.settings import Settings
from antiphon.server.streamed import Whole

JSON = b"application/json"
FAULT = FAULT_HEADER.encode()
LARGEST = 64 * 1024
"""Bytes of a body from which on it is read in pieces."""


class Swift(Patient):
    """Takes the short way for a POST to one of `quick` that is plain, has come whole, and follows no open reply.

    Everything else goes the way of ASGI, and so does what is left of an answer that has to wait or is a stream.
    """

    app: ASGIApp
    quick: Mapping[bytes, Answer] = {}
    _answer: Answer | None = None
    _dated: tuple[object, bytes] = (None, b"")

    def on_headers_complete(self) -> None:
        answer = self.quick.get(self.url)
        if answer is None or not self._is_plain():
            return super().on_headers_complete()
        self._answer = answer
        self._pieces: list[bytes] = []
        self._in_body = True

    def _is_plain(self) -> bool:
        parser, headers = self.parser, dict(self.headers)
        size = headers.get(b"content-length", b"")
        return bool(
            parser.get_method() == b"POST"
            and len(headers) == len(self.headers)
            and 0 < len(size) < 8
            and int(size) <= LARGEST
            and headers.get(b"content-type", JSON) == JSON
            and b"expect" not in headers
            and b"upgrade" not in headers
            and FAULT not in headers
            and parser.get_http_version() == "1.1"
            and parser.should_keep_alive()
            and not self._answers
            and not self.flow.write_paused
            and not self._wire.is_closing()
        )

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
        scope[PLAIN] = b"".join(self._pieces)
        context = copy_context()
        begun = context.run(Begun, answer(Request(scope)))
        if begun.ended and isinstance(begun.result, Whole):
            self._write(begun.result)
        else:
            context.run(self._go_on, begun)

    def _write(self, response: Whole) -> None:
        lines, said = self._dated
        if lines is not self.server_state.default_headers:
            lines = self.server_state.default_headers
            said = b"".join(b"%s: %s\r\n" % line for line in self.server_state.default_headers)
            type(self)._dated = lines, said
        self._taken = 0
        self._joined.write_at_once(response.said(said))

    def _go_on(self, begun: Begun[Response]) -> None:
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


def swift(app: Application, settings: Settings) -> type[Swift]:
    """The protocol of a server; it has no short way past an app that stands before ours, faults, chaos or a script."""
    unusual = settings.faults or settings.chaos or settings.script
    quick = {} if unusual else {path.encode(): answer for path, answer in getattr(app, "quick", {}).items()}
    return type("Swift", (Swift,), {"patience": settings.patience, "quick": quick})
