"""Protocol of an HTTP connection: its bounds in time and in bytes, and several writes at once as one."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, cast

from antiphon.server.settings import ServerSettings

if TYPE_CHECKING:
    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol as Base
else:
    try:
        from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol as Base
    except ImportError:  # there is none for this platform
        from uvicorn.protocols.http.h11_impl import H11Protocol as Base

LARGEST_HEAD = 64 * 1024
MOST_HELD = 64 * 1024
"""Bytes that are held back for one write."""
CLOSING = b"HTTP/1.1 %s\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
TOO_SLOW = CLOSING % b"408 Request Timeout"
TOO_LARGE = CLOSING % b"431 Request Header Fields Too Large"


class BoundedProtocol(Base):
    """Closes a connection whose client takes over `patience` seconds to send a request or to read a reply."""

    patience = 60.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._taken = 0
        self._in_body = False
        self._since = 0.0
        """When the request began that is not whole yet, or the last one, or the connection."""
        self._unasked: asyncio.TimerHandle | None = None
        self._unread: asyncio.TimerHandle | None = None
        self._upgraded = False
        self._wire = cast(asyncio.Transport, transport)
        self._joined = WriteBuffer(self._wire, self.loop)
        super().connection_made(cast(asyncio.Transport, self._joined))
        self._await_request()

    @property
    def _answers(self) -> bool:
        """A request has come and has no whole reply yet."""
        return self.cycle is not None and not self.cycle.response_complete

    def data_received(self, data: bytes) -> None:
        busy = self._in_body or self._answers
        if not (busy or self._taken):
            self._since = self.loop.time()
        self._taken = 0 if busy else self._taken + len(data)
        self._take(data)
        if self._upgraded:
            return
        if self._answers and not self.cycle.more_body:
            self._forget_request()
        elif not self._answers and not self._in_body and self._taken > LARGEST_HEAD:
            self._refuse(TOO_LARGE)
        elif self._unasked is None:
            self._await_request()

    def _take(self, data: bytes) -> None:
        """Take what has come; the accounts of it are kept elsewhere."""
        super().data_received(data)

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        self._in_body = True

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._in_body = False

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._joined.flush()
        if not (self._answers or self._in_body or self._upgraded):
            self._taken = 0
            if self._unasked is None:
                self._await_request()

    def handle_websocket_upgrade(self, *arguments: Any) -> None:
        self._upgraded = True
        self._forget_request()
        super().handle_websocket_upgrade(*arguments)

    def _await_request(self) -> None:
        self._since = self.loop.time()
        self._unasked = self.loop.call_later(self.patience, self._give_up)

    def _forget_request(self) -> None:
        if self._unasked is not None:
            self._unasked.cancel()
            self._unasked = None

    def _give_up(self) -> None:
        left = self._since + self.patience - self.loop.time()
        if left > 0:
            self._unasked = self.loop.call_later(left, self._give_up)
            return
        begun = self.cycle is not None and self.cycle.response_started and not self.cycle.response_complete
        if begun or not (self._taken or self._in_body):
            self._wire.close()
        else:
            self._refuse(TOO_SLOW)

    def _refuse(self, reply: bytes) -> None:
        self.transport.write(reply)
        self.transport.close()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._unread = self.loop.call_later(self.patience, self._wire.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    def connection_lost(self, reason: Exception | None) -> None:
        self._forget_request()
        self._joined.drop()
        super().connection_lost(reason)
        if self._unread is not None:
            self._unread.cancel()


def bounded_protocol(settings: ServerSettings) -> type[BoundedProtocol]:
    """The protocol of a server without the fast path."""
    return type("BoundedProtocol", (BoundedProtocol,), {"patience": settings.patience})


class WriteBuffer:
    """Transport that writes once for all that was written before the loop comes round again."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport, self._loop = transport, loop
        self._held: list[bytes] = []
        self._size = 0
        self._later: asyncio.Handle | None = None
        self._gone = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Hold back some bytes, but not for longer than the work that is being done, and not too many."""
        if self._later is None:
            self._later = self._loop.call_soon(self.flush)
        self._held.append(data)
        self._size += len(data)
        if self._size > MOST_HELD:
            self.flush()

    def drop(self) -> None:
        """Write nothing any more; the connection is gone."""
        self._gone = True
        self.flush()

    def close(self) -> None:
        """Write what is held, then close."""
        self.flush()
        self._transport.close()

    def flush(self) -> None:
        """Write what is held."""
        if self._later is not None:
            self._later.cancel()
            self._later = None
            held, self._held, self._size = b"".join(self._held), [], 0
            if not (self._gone or self._transport.is_closing()):
                self._transport.write(held)
