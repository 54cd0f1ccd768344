"""The receiver of webhooks: what it keeps, how it answers, and what it makes of odd requests."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest

from antiphon.errors import ConfigError
from antiphon.exercise.webhooks.receiver import Delivery, Receiver, run_receiver
from antiphon.recording.records import dump, parse

KEY = b"a secret key of the tests"
SECRET = "whsec_" + base64.b64encode(KEY).decode()
BODY = json.dumps({"type": "response.completed", "data": {"id": "resp_1"}}).encode()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with run_receiver(SECRET) as receiver:
        yield receiver


def signed(body: bytes = BODY) -> dict[str, str]:
    value = base64.b64encode(hmac.digest(KEY, b"wh_1.1780000000." + body, hashlib.sha256)).decode()
    return {"webhook-id": "wh_1", "webhook-timestamp": "1780000000", "webhook-signature": f"v1,no v1,{value}"}


def note(receiver: Receiver) -> list[str]:
    (delivery,) = receiver.deliveries_of("resp_1")
    exchange = delivery.exchange("s/1", "s", receiver.secret)
    assert dump(parse(dump(exchange), "line 1")) == dump(exchange)
    assert SECRET.removeprefix("whsec_") not in dump(exchange)
    return sorted(exchange.notes - {"inbound"})


def test_a_delivery_is_kept_with_its_bytes_and_its_signature_verified(receiver: Receiver) -> None:
    assert httpx.post(receiver.url, content=BODY, headers=signed()).status_code == 204
    (delivery,) = receiver.deliveries_of("resp_1")
    assert delivery.content == BODY
    assert note(receiver) == ["signature-valid"]


def test_a_wrong_signature_is_noted(receiver: Receiver) -> None:
    httpx.post(receiver.url, content=BODY, headers=signed(b"other"))
    assert note(receiver) == ["signature-invalid"]


BARE = {"webhook-signature": "v1,abc"}
OTHER = {**signed(), "webhook-signature": "sha256=x"}


@pytest.mark.parametrize("headers", [{}, BARE, OTHER])
def test_what_cannot_be_verified_has_no_note(receiver: Receiver, headers: dict[str, str]) -> None:
    httpx.post(receiver.url, content=BODY, headers=headers)
    assert note(receiver) == []


def test_answers_are_given_in_order(receiver: Receiver) -> None:
    receiver.claim("resp_1", (500, 302))
    replies = [httpx.post(receiver.url, content=BODY) for _ in range(3)]
    assert [reply.status_code for reply in replies] == [500, 302, 204]
    assert urlsplit(replies[1].headers["location"]).path != urlsplit(receiver.url).path


def test_a_delivery_is_held_until_its_response_is_known(receiver: Receiver) -> None:
    with receiver.hold_deliveries():
        replies: list[int] = []
        thread = threading.Thread(target=lambda: replies.append(httpx.post(receiver.url, content=BODY).status_code))
        thread.start()
        thread.join(0.1)
        assert thread.is_alive()
        receiver.claim("resp_1", (500,))
        thread.join(2)
    assert replies == [500]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b"[" * 100_000, b'{"data": {"id": 5}}'])
def test_an_odd_body_names_no_response(receiver: Receiver, content: bytes) -> None:
    assert httpx.post(receiver.url, content=content).status_code == 204
    assert [each.response_id for each in receiver.deliveries_of("resp_other")] == [""]


@pytest.mark.parametrize("length", ["", "Content-Length: x\r\n", "Content-Length: 99999999999\r\n"])
def test_a_request_without_a_proper_length_is_refused(receiver: Receiver, length: str) -> None:
    parts = urlsplit(receiver.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=2) as connection:
        connection.sendall(f"POST {parts.path} HTTP/1.1\r\nHost: a\r\n{length}\r\n".encode())
        assert connection.recv(12) in (b"HTTP/1.1 411", b"HTTP/1.1 413")
    assert receiver.deliveries_of("") == []


def test_a_secret_that_is_none_is_said() -> None:
    with pytest.raises(ConfigError, match="whsec_"), run_receiver("whsec_%%%"):
        pass


def test_an_address_in_use_is_said(receiver: Receiver) -> None:
    port = urlsplit(receiver.url).port or 0
    with pytest.raises(ConfigError, match="give a free address"), run_receiver(SECRET, port=port):
        pass


def test_a_signature_of_odd_letters_is_wrong_and_no_error() -> None:
    headers = (("webhook-id", "é"), ("webhook-timestamp", "1"), ("webhook-signature", "v1,ü"))
    assert "signature-invalid" in Delivery("/", headers, b"x", 0.0).exchange("s/1", "s", SECRET).notes
