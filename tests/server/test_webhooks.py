"""Webhooks, verified by the two libraries that clients use."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from openai import OpenAI
from standardwebhooks import Webhook

from antiphon.contract.depth import Depth
from antiphon.errors import ConfigError
from antiphon.exercise.target import Target
from antiphon.exercise.webhook_listener import webhook_listener
from antiphon.exercise.webhooks.receiver import Delivery, Receiver, run_receiver
from antiphon.judge.verdict import Verdict, judgement
from antiphon.pytest_plugin.suite_runner import run_suite
from antiphon.run.options import RunOptions
from antiphon.server import ServerSettings, background_server
from antiphon.server.app.application import create_app
from antiphon.server.app.webhooks import signature

SECRET = "whsec_YSBzZWNyZXQgb2YgdGhlIHRlc3RzIG9mIGFudGlwaG9u"
PAUSES = (0.05, 0.1, 0.2)
BACKGROUND = {"model": "antiphon-1", "input": "Say hi.", "background": True, "store": True}


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with run_receiver(SECRET) as receiver:
        yield receiver


def settings(receiver: Receiver, **given: object) -> ServerSettings:
    return ServerSettings(webhook=receiver.url, webhook_secret=SECRET, webhook_pauses=PAUSES, **given)  # type: ignore[arg-type]


def awaited(receiver: Receiver, id: str, wanted: int = 1) -> list[Delivery]:
    """The deliveries for a response, once there are so many, or after half a minute."""
    end = time.monotonic() + 30
    while len(receiver.deliveries_of(id)) < wanted and time.monotonic() < end:
        time.sleep(0.01)
    return receiver.deliveries_of(id)


def start(url: str, receiver: Receiver, answers: tuple[int, ...] = (), **body: object) -> str:
    with receiver.hold_deliveries():
        made = httpx.post(f"{url}/responses", json={**BACKGROUND, **body}).json()
        receiver.claim(made["id"], answers)
    return str(made["id"])


def test_the_end_of_a_background_response_is_told_and_both_libraries_verify_it(receiver: Receiver) -> None:
    with background_server(settings(receiver)) as url:
        id = start(url, receiver)
        (delivery,) = awaited(receiver, id)
    headers = {name.lower(): value for name, value in delivery.headers}
    event = OpenAI(api_key="none", webhook_secret=SECRET).webhooks.unwrap(delivery.content, headers)
    assert event.type == "response.completed"
    assert event.data.id == id
    assert Webhook(SECRET).verify(delivery.content, headers) == json.loads(delivery.content)


def test_our_signature_is_that_of_the_library() -> None:
    ours = signature(SECRET, "wh_1", 1_780_000_000, b'{"a":1}')
    assert Webhook(SECRET).sign("wh_1", datetime.fromtimestamp(1_780_000_000, UTC), '{"a":1}') == f"v1,{ours}"


@pytest.mark.parametrize(
    ("body", "type"),
    [
        ({"input": "Count from 1 to 900, with commas.", "max_output_tokens": 16}, "response.incomplete"),
        ({"input": [{"role": "user", "content": [{"type": "input_image", "image_url": "http://a.invalid/b.png"}]}]},
         "response.failed"),
    ],
)  # fmt: skip
def test_each_end_has_its_type(receiver: Receiver, body: dict[str, Any], type: str) -> None:
    with background_server(settings(receiver)) as url:
        (delivery,) = awaited(receiver, start(url, receiver, **body))
    assert delivery.body["type"] == type


def test_a_cancel_is_told_once(receiver: Receiver) -> None:
    with background_server(settings(receiver)) as url:
        id = start(url, receiver, input="Count from 1 to 900, with commas.", max_output_tokens=2000)
        httpx.post(f"{url}/responses/{id}/cancel")
        awaited(receiver, id)
        time.sleep(0.2)
    assert [delivery.body["type"] for delivery in receiver.deliveries_of(id)] == ["response.cancelled"]


def test_a_foreground_response_is_not_told(receiver: Receiver) -> None:
    with background_server(settings(receiver)) as url:
        made = httpx.post(f"{url}/responses", json={**BACKGROUND, "background": False}).json()
        awaited(receiver, start(url, receiver))
    assert receiver.deliveries_of(made["id"]) == []


@pytest.mark.parametrize("answer", [500, 302, 410])
def test_a_delivery_that_is_not_taken_comes_again_with_its_id(receiver: Receiver, answer: int) -> None:
    with background_server(settings(receiver)) as url:
        found = awaited(receiver, start(url, receiver, (answer, answer)), 3)
    assert [delivery.status for delivery in found] == [answer, answer, 204]
    assert len({dict(delivery.headers)["webhook-id"] for delivery in found}) == 1
    assert len({delivery.path for delivery in found}) == 1
    for before, after, pause in zip(found, found[1:], PAUSES, strict=False):
        assert after.at - before.at > 0.9 * pause


def test_no_thread_stays_when_all_is_delivered(receiver: Receiver) -> None:
    def threads() -> list[str]:
        return [each.name for each in threading.enumerate() if each.name.startswith("webhook_")]

    with background_server(settings(receiver)) as url:
        awaited(receiver, start(url, receiver))
        end = time.monotonic() + 30
        while threads() and time.monotonic() < end:
            time.sleep(0.01)
    assert threads() == []


def test_a_receiver_that_is_gone_does_not_hurt_the_server() -> None:
    with background_server(ServerSettings(webhook="http://127.0.0.1:9/hook", webhook_pauses=(0.01,))) as url:
        made = httpx.post(f"{url}/responses", json=BACKGROUND).json()
        time.sleep(0.3)
        assert httpx.get(f"{url}/responses/{made['id']}").json()["status"] == "completed"


def test_a_target_that_has_been_told_an_address_is_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_WEBHOOK_SECRET", SECRET)
    with run_receiver(SECRET) as free:
        address = urlsplit(free.url)
    with background_server(
        ServerSettings(webhook=address.geturl(), webhook_secret=SECRET, webhook_pauses=(0.1, 0.2))
    ) as url:
        target = Target(url, model="antiphon-1", webhook_listen=address.netloc)
        session = run_suite(RunOptions(target, depth=Depth.THOROUGH, select=("webhooks",)))
    verdicts = {
        each.id: judgement(session.findings.ledger.entries.get(each.id), each.level).verdict
        for each in session.selection.requirements()
    }
    assert set(verdicts.values()) == {Verdict.PASS}


def test_of_a_target_without_an_address_nothing_is_asked() -> None:
    with background_server(ServerSettings()) as url:
        session = run_suite(RunOptions(Target(url, model="antiphon-1"), depth=Depth.THOROUGH, select=("webhooks",)))
    assert {ending.outcome for ending in session.endings} == {"skipped"}
    assert {ending.capability for ending in session.endings} == {"webhooks"}


@pytest.mark.parametrize("listen", ["9000", "host:", "127.0.0.1:x", ":80"])
def test_an_address_to_listen_at_is_host_and_port(listen: str) -> None:
    with pytest.raises(ConfigError, match="give host and port"), webhook_listener(Target("u", webhook_listen=listen)):
        pass


@pytest.mark.parametrize("wrong", [{"webhook": "ftp://a"}, {"webhook": "http://a/b", "webhook_secret": "whsec_%"}])
def test_a_wrong_address_or_secret_is_said_at_once(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="webhook"):
        create_app(ServerSettings(**wrong))  # type: ignore[arg-type]
