"""Receiver of webhooks: a small HTTP server on a real socket that answers as instructed."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from antiphon.errors import ConfigError
from antiphon.recording.exchange import INBOUND, Exchange, Pairs, Request, Response

PATH = "/antiphon-webhooks"
ELSEWHERE = "/antiphon-elsewhere"
"""Where a redirect points to."""
LARGEST = 1024 * 1024
MOST = 2_000
"""Bound on stored deliveries; the oldest are dropped first."""
HOLD_SECONDS = 1.0
"""Seconds that a delivery waits for a scenario to say how it is to be answered, while one expects any."""
ACCEPTED = 204


@dataclass
class Delivery:
    """One webhook request, and the answer to it."""

    path: str
    headers: Pairs
    content: bytes
    at: float
    status: int = 0
    """0 while it is not answered."""
    answer: Pairs = ()
    response_id: str = field(init=False, default="")
    body: Any = field(init=False, default=None)

    def __post_init__(self) -> None:
        try:
            self.body = json.loads(self.content)
        except (ValueError, RecursionError):
            return
        data = self.body.get("data") if isinstance(self.body, dict) else None
        id = data.get("id") if isinstance(data, dict) else None
        self.response_id = id if isinstance(id, str) else ""

    def exchange(self, id: str, scenario: str, secret: str | None) -> Exchange:
        """The delivery as an exchange in which the server sent the request and we answered.

        The secret is not written down, so a note says whether the signature is right.
        """
        request = Request("POST", self.path, headers=self.headers, body=self.body, content=self.content)
        verified = _verified(self.headers, self.content, secret)
        notes = {INBOUND} if verified is None else {INBOUND, f"signature-{'valid' if verified else 'invalid'}"}
        return Exchange(id, request, Response(self.status, self.answer), scenario, self.at, notes=frozenset(notes))


def _verified(headers: Pairs, content: bytes, secret: str | None) -> bool | None:
    """Whether a signature is right; None where there is none to verify, or nothing to verify it with."""
    given = {name.lower(): value for name, value in headers}
    entries = [each.partition(",") for each in given.get("webhook-signature", "").split()]
    signatures = [value for version, _, value in entries if version == "v1" and value]
    if not signatures or not secret or not {"webhook-id", "webhook-timestamp"} <= given.keys():
        return None
    signed = f"{given['webhook-id']}.{given['webhook-timestamp']}.".encode("utf-8", "surrogateescape") + content
    right = base64.b64encode(hmac.digest(_key(secret), signed, hashlib.sha256))
    return any(hmac.compare_digest(each.encode("utf-8", "replace"), right) for each in signatures)


def _key(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        raise ConfigError("The webhook secret is not valid; it is 'whsec_' and the base64 of a key.") from None


class Receiver:
    """Accepts deliveries. Each is held for a moment, until a scenario states how those of its response are answered."""

    def __init__(self, url: str, secret: str | None) -> None:
        self.url, self.secret = url, secret
        self._deliveries: deque[Delivery] = deque(maxlen=MOST)
        self._answers: dict[str, list[int]] = {}
        self._changed = threading.Condition()
        self._closed = False
        self._expecting = 0

    @contextmanager
    def hold_deliveries(self) -> Iterator[None]:
        """Hold deliveries within this context until their answers are known."""
        with self._changed:
            self._expecting += 1
        try:
            yield
        finally:
            with self._changed:
                self._expecting -= 1
                self._changed.notify_all()

    def claim(self, response_id: str, answers: Sequence[int]) -> None:
        """Answer the deliveries of a response with these statuses, in order, and with 204 after them."""
        with self._changed:
            self._answers[response_id] = list(answers)
            self._changed.notify_all()

    def deliveries_of(self, response_id: str) -> list[Delivery]:
        """The answered deliveries of a response, and those that name none."""
        with self._changed:
            return [each for each in self._deliveries if each.status and each.response_id in (response_id, "")]

    def take(self, delivery: Delivery) -> None:
        """Store a delivery and choose its answer."""
        with self._changed:
            self._deliveries.append(delivery)
            self._changed.wait_for(
                lambda: self._closed or not self._expecting or delivery.response_id in self._answers, HOLD_SECONDS
            )
            waiting = self._answers.get(delivery.response_id, [])
            status = waiting.pop(0) if waiting and delivery.path == PATH else ACCEPTED
            if 300 <= status < 400:
                delivery.answer = (("Location", self.url.removesuffix(PATH) + ELSEWHERE),)
            delivery.status = status

    def close(self) -> None:
        """Let nobody wait for a delivery any more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()


@contextmanager
def run_receiver(secret: str | None, host: str = "127.0.0.1", port: int = 0) -> Iterator[Receiver]:
    """A receiver that runs as long as the context. Raises ConfigError where it cannot listen."""
    if secret:
        _key(secret)
    try:
        server = ThreadingHTTPServer((host, port), _Handler)
    except (OSError, OverflowError) as error:
        raise ConfigError(f"Webhooks cannot be taken at {host}:{port} ({error}); give a free address.") from None
    server.daemon_threads = True
    server.block_on_close = False
    receiver = Receiver(f"http://{host}:{server.server_address[1]}{PATH}", secret)
    _Handler.receivers[server] = receiver
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), name="webhook-receiver", daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.close()
        server.shutdown()
        server.server_close()
        thread.join(2)
        del _Handler.receivers[server]


class _Handler(BaseHTTPRequestHandler):
    timeout = 10.0
    protocol_version = "HTTP/1.1"
    receivers: dict[Any, Receiver] = {}  # noqa: RUF012 - one for each server

    def do_POST(self) -> None:
        at = time.time()
        receiver = self.receivers.get(self.server)
        length = self.headers.get("content-length", "")
        if receiver is None or not length.isdecimal() or int(length) > LARGEST:
            self._answer(411 if receiver and not length else 413, ())
            return
        content = self.rfile.read(int(length))
        delivery = Delivery(self.path[:2000], tuple(self.headers.items()), content, at)
        receiver.take(delivery)
        self._answer(delivery.status, delivery.answer)

    def _answer(self, status: int, headers: Pairs) -> None:
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        if status != ACCEPTED:
            self.send_header("Content-Length", "0")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is printed."""
