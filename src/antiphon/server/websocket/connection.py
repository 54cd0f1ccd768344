"""WebSocket connection: its messages, its lanes, and the turns in them."""

from __future__ import annotations

import asyncio
import logging
import re
from collections import Counter
from collections.abc import MutableMapping
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from antiphon.server.behaviour.truncation import ConnectionCut
from antiphon.server.errors import ApiError, missing_parameter, response_not_found, shorten, wrong_value
from antiphon.server.http.journal_notes import entry_of
from antiphon.server.http.request_body import parse
from antiphon.server.json_values import Json, dumps
from antiphon.server.state.journal import JournalEntry
from antiphon.server.state.service import Service
from antiphon.server.websocket.memory import ConnectionStore, over_sockets
from antiphon.server.websocket.turns import turn

logger = logging.getLogger(__name__)
LANE = re.compile(r"[A-Za-z0-9_.-]{1,256}")
MOST_LANES = 32
MOST_IN_FLIGHT = 16
MOST_WAITING = 256
"""Creates that may wait in one lane."""


class SocketConnection:
    """Open socket with its lanes. What faults do to replies of HTTP and to their bytes does not reach it."""

    def __init__(self, socket: WebSocket, service: Service) -> None:
        self.rules = service.policy.sockets
        self.service = over_sockets(service)
        self.memory = self.service.store = ConnectionStore(service.store, self.rules)
        self._socket = socket
        self._lanes: dict[str | None, asyncio.Queue[tuple[Json, JournalEntry | None]]] = {}
        self._workers: set[asyncio.Task[None]] = set()
        self._in_flight = asyncio.Semaphore(MOST_IN_FLIGHT)
        self._pending: Counter[str | None] = Counter()
        self._last_refusal: Json | None = None

    async def run(self) -> None:
        """Take messages until the client leaves."""
        try:
            while True:
                message = await self._socket.receive()
                if message["type"] == "websocket.disconnect":
                    return
                await self._take(message)
        except (WebSocketDisconnect, RuntimeError):
            return
        finally:
            for worker in self._workers:
                worker.cancel()

    async def _take(self, message: MutableMapping[str, Any]) -> None:
        lane: str | None = None
        entry = self._note(message)
        try:
            if message.get("text") is None:
                raise ApiError("Binary messages are not taken; send JSON as text.")
            body = self._parse_create(message["text"])
            lane = self._lane(body)
            if self._pending[lane] and not self.rules.queues:
                raise ApiError("Another response is being made on this connection.", code="response_in_progress")
            self._queue(lane).put_nowait((body, entry))
            self._pending[lane] += 1
        except asyncio.QueueFull:
            await self._refuse(ApiError(f"More than {MOST_WAITING} creates wait in this lane."), lane, entry)
        except ApiError as refusal:
            await self._refuse(refusal, lane, entry)

    def _note(self, message: MutableMapping[str, Any]) -> JournalEntry | None:
        """The entry of a message in the journal, if there is one."""
        if self.service.journal is None:
            return None
        content = message.get("bytes") or (message.get("text") or "").encode("utf-8", "surrogatepass")
        entry = entry_of(self._socket, "WEBSOCKET", content)
        self.service.journal.add(entry)
        return entry

    def _parse_create(self, text: str) -> Json:
        try:
            body = parse(text.encode("utf-8", "surrogatepass"))
        except ApiError:
            if "broken-json" in self.rules.takes:
                return self._some_create()
            raise
        match body.get("type"):
            case "response.create":
                return body
            case None:
                raise missing_parameter("type")
            case "response.steer":
                id = body.get("previous_response_id") or body.get("response_id")
                raise response_not_active(str(id))
        if "unknown-message" in self.rules.takes:
            return self._some_create()
        raise wrong_value("type", body["type"], "'response.create', 'response.steer'")

    def _some_create(self) -> Json:
        """What a faulty server makes of a message that is none."""
        return {"type": "response.create", "model": next(iter(self.service.models)), "input": "hi"}

    def _lane(self, body: Json) -> str | None:
        lane = body.get("stream_id")
        if lane is None:
            return None
        if not isinstance(lane, str) or not LANE.fullmatch(lane):
            message = f"Invalid stream_id {shorten(lane)}: 1 to 256 of letters, digits, '.', '-' and '_'."
            raise ApiError(message, param="stream_id", code="invalid_stream_id")
        if lane not in self._lanes and len([name for name in self._lanes if name]) >= MOST_LANES:
            message = f"This connection already has {MOST_LANES} named streams."
            raise ApiError(message, param="stream_id", code="websocket_stream_limit_reached")
        return lane

    def _queue(self, lane: str | None) -> asyncio.Queue[tuple[Json, JournalEntry | None]]:
        if lane not in self._lanes:
            self._lanes[lane] = asyncio.Queue(MOST_WAITING)
            worker = asyncio.get_running_loop().create_task(self._work(lane))
            self._workers.add(worker)
            worker.add_done_callback(self._workers.discard)
        return self._lanes[lane]

    async def _work(self, lane: str | None) -> None:
        """Make the responses of one lane, one after the other."""
        while True:
            body, entry = await self._lanes[lane].get()
            try:
                async with self._in_flight:
                    await self._make(body, lane, entry)
            except (WebSocketDisconnect, RuntimeError):
                return
            finally:
                self._pending[lane] -= 1

    async def _make(self, body: Json, lane: str | None, entry: JournalEntry | None) -> None:
        if self.rules.repeats_errors and self._last_refusal:
            await self._send(self._last_refusal, lane)
            self._last_refusal = None
        ended = "failed"
        try:
            async for event in turn(self.service, body, self._socket.headers):
                if entry and entry.status is None:
                    entry.response_id, entry.status = event.get("response", {}).get("id"), 200
                await self._send(event, lane)
                ended = event["type"].removeprefix("response.")
        except ApiError as refusal:
            await self._refuse(refusal, lane, entry)
        except (WebSocketDisconnect, RuntimeError):
            raise
        except ConnectionCut:
            await self._socket.close(1011)
            raise WebSocketDisconnect(1011) from None
        except Exception:
            logger.exception("a turn failed")
            fault = ApiError("The server had an error.", status=500, type="server_error", code="server_error")
            await self._refuse(fault, lane, entry)
        if ended not in ("completed", "incomplete") and self.rules.forgets_after_failure:
            self.memory.forget(body.get("previous_response_id"))
        if self.rules.sends_done:
            await self._socket.send_text("[DONE]")

    async def _refuse(self, refusal: ApiError, lane: str | None, entry: JournalEntry | None) -> None:
        if entry:
            entry.status = refusal.status
        detail = refusal.detail
        detail["code"] = self.rules.error_codes.get(str(detail["code"]), detail["code"])
        detail["type"] = self.service.edition.error_types.get(refusal.type, refusal.type)
        flat = {key: value for key, value in detail.items() if key != "type"}
        members = {"error": detail} if self.rules.error_form == "nested" else flat
        self._last_refusal = {"type": "error", "status": refusal.status, **members}
        await self._send(self._last_refusal, lane)
        if not self.rules.stays_open:
            await self._socket.close(1011)

    async def _send(self, event: Json, lane: str | None) -> None:
        if lane is not None and self.rules.echoes_lane:
            event = {**event, "stream_id": lane}
        data = dumps(event)
        if self.rules.sends_binary:
            await self._socket.send_bytes(data)
        else:
            await self._socket.send_text(data.decode())


def response_not_active(id: str) -> ApiError:
    """The answer to every steer: here no response can be steered."""
    refusal = response_not_found(id)
    refusal.status, refusal.code, refusal.param = 400, "response_not_found", "previous_response_id"
    return refusal
