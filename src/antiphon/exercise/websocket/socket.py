"""WebSocket connection; each turn is an exchange. The only module that imports the WebSocket library."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, PayloadTooBig, WebSocketException
from websockets.http11 import Response as Head

from antiphon.contract.missing_routes import is_missing
from antiphon.exercise.budget.bounds import Ticket
from antiphon.exercise.http import failures
from antiphon.exercise.http.reply_room import CHUNK, EVENT, ReplyRoom
from antiphon.exercise.http.transport import Transport
from antiphon.exercise.websocket.pending_turn import PendingTurn
from antiphon.exercise.websocket.turn_answer import TurnAnswer
from antiphon.recording.exchange import SOCKET_METHOD, UNOPENED, Chunk, Exchange, Failure, Pairs, Request, Response
from antiphon.recording.intent import Intent

CLOSE_TIMEOUT = 3.0
"""Seconds that the server has to agree to the end of a connection."""


class _Connect(connect):
    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc


class Socket:
    """One connection. Its exchanges, the opening first and then one for each message sent, are taken at its end."""

    def __init__(
        self, transport: Transport, scenario: str, next_id: Callable[[], str], intent: Callable[[], Intent]
    ) -> None:
        self._transport, self._scenario, self._next_id, self._intent = transport, scenario, next_id, intent
        self._connection: ClientConnection | None = None
        self._reader: asyncio.Task[None] | None = None
        self._turns: list[PendingTurn] = []
        self._leaves: dict[str, Ticket] = {}
        self._strays: list[Chunk] = []
        self._bound: Failure | None = None
        self._began = _now()
        self.opening: Exchange | None = None

    @property
    def is_open(self) -> bool:
        """The server agreed to open the connection."""
        return self._connection is not None

    async def open(self, request: Request) -> Exchange:
        """Open the connection; returns the exchange of the handshake."""
        transport, limits = self._transport, self._transport.limits
        out = transport.compose(request)
        sent = Request(request.method, request.path, request.query, _texts(out.headers))
        pending = PendingTurn(self._next_id(), self._scenario, sent, self._intent())
        self._began = _now()
        transport.lag.start()
        try:
            if isinstance(leave := await transport.admit(request, patient=False), Failure):
                pending.failure = leave
            else:
                self._leaves[pending.id] = leave
                await transport.pace.turn()
                if head := await self._connect(out.url, sent.headers):
                    pending.response = Response(head.status_code, tuple(head.headers.raw_items()))
        except InvalidStatus as refusal:
            reply = refusal.response
            room = transport.room or ReplyRoom(limits.run_bytes)
            data = bytes(reply.body or b"")[: room.left]
            room.take(len(data) + CHUNK)
            body = (Chunk(_now() - self._began, data),) if data else ()
            pending.response = Response(reply.status_code, tuple(reply.headers.raw_items()), body)
        except TimeoutError:
            pending.failure = failures.too_slow_to_connect(transport.base, limits.connect)
        except OSError as error:
            pending.failure = failures.no_connection(error, transport.base)
        except (WebSocketException, EOFError, ValueError) as error:
            if status := _status_without_route(error):
                pending.response = Response(status, ())
            else:
                pending.failure = Failure("protocol", f"The reply breaks the rules of WebSocket ({str(error)[:200]}).")
        pending.finish()
        self.opening = pending.exchange()
        return self.opening

    async def _connect(self, url: str, headers: Pairs) -> Head | None:
        limits, base = self._transport.limits, self._transport.base
        secure: dict[str, Any] = {"ssl": self._transport.tls} if base.scheme == "https" else {}
        self._connection = await _Connect(
            "ws" + url.removeprefix("http"),
            additional_headers=[pair for pair in headers if pair[0].lower() not in ("accept-encoding", "user-agent")],
            user_agent_header=dict(headers).get("User-Agent"),
            compression=None,
            open_timeout=limits.connect,
            ping_interval=None,
            close_timeout=CLOSE_TIMEOUT,
            max_size=limits.body,
            proxy=None if base.is_loopback else True,
            **secure,
        )
        self._reader = asyncio.get_running_loop().create_task(self._read(self._connection))
        return self._connection.response

    async def create(self, *, within: float | None = None, **body: Any) -> TurnAnswer:
        """Send a `response.create` and read to the end of its response."""
        return await (await self.send({"type": "response.create", **body}, within=within)).answer()

    async def send(self, message: Any, *, within: float | None = None) -> PendingTurn:
        """Send a message (a str or bytes as it is, else as JSON); `answer` waits for its reply."""
        raw = message.encode() if isinstance(message, str) else message if isinstance(message, bytes) else None
        request = Request(SOCKET_METHOD, "/responses", body=message if raw is None else None, content=raw)
        request = self._transport.with_fields(request)
        text = message if raw is not None else json.dumps(request.body, ensure_ascii=False)
        lane = message.get("stream_id") if isinstance(message, dict) else None
        turn = PendingTurn(self._next_id(), self._scenario, request, self._intent())
        turn.lane = lane if isinstance(lane, str) else None
        turn.limits, turn.within = self._transport.limits, within
        turn.measure_lag(self._transport.lag)
        self._turns.append(turn)
        if self._connection is None:
            turn.fail(self._bound or Failure(UNOPENED, "The connection was never opened, so the message was not sent."))
        elif self._reader and self._reader.done():
            turn.fail(self._bound or Failure("protocol", "The connection was closed before the message was sent."))
        elif isinstance(leave := await self._transport.admit(request, patient=False), Failure):
            turn.fail(leave)
        else:
            self._leaves[turn.id] = leave
            await self._transport.pace.turn()
            try:
                async with asyncio.timeout(self._transport.limits.idle):
                    await self._connection.send(text)
            except (ConnectionClosed, OSError, TimeoutError):
                turn.fail(Failure("protocol", "The connection broke while the message was sent."))
        return turn

    async def close(self) -> list[Exchange]:
        """End the connection; its exchanges in the order in which they began."""
        if self._connection is not None:
            await self._connection.close()
        if self._reader is not None:
            await asyncio.wait([self._reader], timeout=CLOSE_TIMEOUT)
            self._reader.cancel()
        for turn in self._turns:
            turn.finish()
        opening = [self.opening] if self.opening else []
        if opening and self._strays and self.opening and self.opening.response:
            head = self.opening.response
            stray = Response(head.status, head.headers, tuple(self._strays))
            opening = [replace(self.opening, response=stray, notes=frozenset({"stray-messages"}))]
        exchanges = [*opening, *(turn.exchange() for turn in self._turns)]
        for each in exchanges:
            if each.id in self._leaves:
                self._transport.budget.settle(self._leaves.pop(each.id), each)
        return exchanges

    async def _read(self, connection: ClientConnection) -> None:
        limits, count, size = self._transport.limits, 0, 0
        room = self._transport.room or ReplyRoom(limits.run_bytes)
        why = "The server closed the connection"
        try:
            async for message in connection:
                data = message.encode() if isinstance(message, str) else bytes(message)
                count, size = count + 1, size + len(data)
                self._take(data, binary=not isinstance(message, str))
                room.take(len(data) + CHUNK + EVENT)
                if count > limits.events:
                    limit = f"{limits.events:,}"
                    self._bound = Failure("too-many-events", f"More messages came than the limit of {limit}.")
                elif size > limits.body or room.is_full:
                    self._bound = Failure("too-large", f"More came than the limit of {limits.body:,} bytes.")
                if self._bound:
                    connection.transport.abort()
                    break
        except (WebSocketException, OSError, UnicodeError) as error:
            why = f"The connection broke ({str(error)[:200]})"
            if isinstance(error.__cause__, PayloadTooBig):
                self._bound = Failure("too-large", f"A message is larger than the limit of {limits.body:,} bytes.")
        for turn in self._turns:
            turn.fail(self._bound or Failure("protocol", f"{why} before the turn came to its end."))

    def _take(self, data: bytes, binary: bool) -> None:
        """Give a message to its turn."""
        try:
            value = json.loads(data)
        except (ValueError, RecursionError):
            value = None
        event = value if isinstance(value, dict) else {}
        turn = self._owner(event)
        if turn is None:
            self._strays.append(Chunk(_now() - self._began, data))
        else:
            turn.take(data, event, binary)

    def _owner(self, event: dict[str, Any]) -> PendingTurn | None:
        """The turn of a message: of its lane, or of any; the one that runs, then the one that ended last."""
        lane = event.get("stream_id")
        lanes = [turn for turn in self._turns if turn.lane == lane] if isinstance(lane, str) else []
        for turns in (lanes, [turn for turn in self._turns if lane is None and turn.lane is None], self._turns):
            waiting = [turn for turn in turns if not turn.ended]
            if event.get("type") == "error" and "status" in event:
                # A refusal comes before any event, so it is not that of a turn that has begun.
                waiting = [turn for turn in waiting if not turn.begun] or waiting
            if waiting:
                return waiting[0]
        turns = lanes or self._turns
        return turns[-1] if turns else None


def _status_without_route(error: BaseException) -> int:
    """The status with which a server of HTTP/1.0 says that it has no such route; 0 for any other error."""
    found = re.search(r"expected HTTP/1\.1: HTTP/1\.0 (\d{3})", str(error.__cause__))
    status = int(found[1]) if found else 0
    return status if is_missing("websocket", status) else 0


def _texts(headers: list[tuple[bytes, bytes]]) -> Pairs:
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in headers)


def _now() -> float:
    return asyncio.get_running_loop().time()
