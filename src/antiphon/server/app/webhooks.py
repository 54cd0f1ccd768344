"""Webhooks: a receiver is notified of the end of a background response, signed, and again until it accepts."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import hmac
import http.client
import logging
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import SplitResult, urljoin, urlsplit

from antiphon.server.behaviour.rules import WebhookRules
from antiphon.server.json_values import dumps
from antiphon.server.state.service import Service
from antiphon.server.state.store import Record

logger = logging.getLogger(__name__)
TIMEOUT = 10.0
"""Seconds that a receiver has to answer."""
MOST_WAITING = 1_000
MOST_AT_ONCE = 32
MOST_REDIRECTS = 5


def signature(secret: str, id: str, timestamp: int, body: bytes) -> str:
    """The base64 of the keyed hash of id, timestamp and body. ValueError for a secret that is none."""
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        raise ValueError("A webhook secret is 'whsec_' and the base64 of a key.") from None
    return base64.b64encode(hmac.digest(key, f"{id}.{timestamp}.".encode() + body, hashlib.sha256)).decode()


class Deliveries:
    """Deliveries to one receiver: how responses ended; a task for each."""

    def __init__(self, service: Service, url: str) -> None:
        signature(service.settings.webhook_secret, "", 0, b"")
        self._service = service
        self._url = url
        self._tasks: set[asyncio.Task[None]] = set()
        self._threads = _threads()
        if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
            raise ValueError(f"The webhook address {url!r} is none; give one such as http://127.0.0.1:9000/hook.")
        service.store.finished.append(self.notify)

    def notify(self, record: Record, rules: WebhookRules) -> None:
        """A response has ended."""
        if (not record.background and not rules.tells_foreground) or len(self._tasks) >= MOST_WAITING:
            return
        ids, response = self._service.ids, record.response
        event = {
            "id": ids.new("evt_"), "object": "event", "created_at": self._service.now(),
            "type": rules.type_prefix + response["status"], "data": {"id": response["id"]},
        }  # fmt: skip
        body = dumps({key: value for key, value in event.items() if key not in rules.body_without})
        task = asyncio.get_running_loop().create_task(self._deliver(body, rules))
        self._tasks.add(task)
        task.add_done_callback(self._over)

    def _over(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not self._tasks:  # no thread stays when there is nothing to deliver, or the server has ended
            self._threads.shutdown(wait=False)
            self._threads = _threads()

    async def _deliver(self, body: bytes, rules: WebhookRules) -> None:
        """Send until a 2xx answers, with growing pauses."""
        ids = self._service.ids
        id = ids.new("wh_")
        for pause in (*self._service.settings.webhook_pauses, None):
            status = await asyncio.get_running_loop().run_in_executor(self._threads, self._post, id, body, rules)
            if 200 <= status < 300 or pause is None or not rules.retries:
                return
            await asyncio.sleep(pause)
            id = id if rules.keeps_id else ids.new("wh_")

    def _post(self, id: str, body: bytes, rules: WebhookRules) -> int:
        """One attempt; its status, or 0."""
        headers, url = self._headers(id, body, rules), self._url
        try:
            for _ in range(MOST_REDIRECTS if rules.follows_redirects else 1):
                status, location = _post(urlsplit(url), headers, body)
                if not (300 <= status < 400 and location):
                    break
                url = urljoin(url, location)
        except (OSError, http.client.HTTPException, ValueError) as error:
            logger.debug("a delivery to %s failed: %s", url, error)
            return 0
        return status

    def _headers(self, id: str, body: bytes, rules: WebhookRules) -> dict[str, str]:
        timestamp = int(time.time()) * rules.timestamp_unit
        signature_ = signature(self._service.settings.webhook_secret, id, timestamp, body if rules.signs_body else b"")
        headers = {
            "content-type": "application/json", "user-agent": "antiphon-reference-server",
            "webhook-id": id, "webhook-timestamp": str(timestamp),
            "webhook-signature": rules.signature_prefix + signature_,
        }  # fmt: skip
        return {name: value for name, value in headers.items() if name not in rules.hides_headers}


def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(MOST_AT_ONCE, "webhook")


def _post(url: SplitResult, headers: dict[str, str], body: bytes) -> tuple[int, str | None]:
    kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
    connection = kind(url.hostname or "", url.port, timeout=TIMEOUT)
    try:
        connection.request("POST", (url.path or "/") + (f"?{url.query}" if url.query else ""), body, headers)
        reply = connection.getresponse()
        return reply.status, reply.getheader("location")
    finally:
        connection.close()
