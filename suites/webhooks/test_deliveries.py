"""What a server sends to a receiver when a background response ends, and when it does so again."""

import re
from typing import Any

from antiphon.suite import Api, Exchange, Transcript, assume, requirement, scenario

SHORT: dict[str, Any] = {"input": "Say hi.", "store": True, "max_output_tokens": 64}
HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")
FINAL = ("completed", "failed", "incomplete", "cancelled")
WINDOW = 300.0
"""Seconds that the timestamp may be off, by what client libraries accept."""


def header(delivery: Exchange, name: str) -> str:
    """A header that the server sent; empty where it did not."""
    headers = delivery.request.headers if delivery.request else ()
    return next((value for key, value in headers if key.lower() == name), "")


def path(delivery: Exchange) -> str:
    return delivery.request.path if delivery.request else ""


def content(delivery: Exchange) -> bytes:
    return delivery.request.content or b"" if delivery.request else b""


def deliveries(transcript: Transcript) -> list[Exchange]:
    return [exchange for exchange in transcript if "inbound" in exchange.notes]


def one(transcript: Transcript) -> Exchange:
    """The first delivery; without one there is nothing to judge but that."""
    found = deliveries(transcript)
    assume(found, "no delivery came")
    return found[0]


@scenario(needs={"webhooks", "background"})
async def webhook_told(api: Api) -> None:
    """A background response ends, and its end is told: the first delivery is answered with 500, the next redirected."""
    with api.inbox() as inbox:
        created = await api.create(**SHORT, background=True)
        await inbox.collect(created.id, answers=(500, 302), count=3, within=30)
        await api.retrieve(created.id)


@scenario(needs={"webhooks", "background", "cancel"})
async def webhook_cancelled_and_told(api: Api) -> None:
    """A background response is cancelled, and its end is told."""
    with api.inbox() as inbox:
        created = await api.create(
            input="Count from 1 to 900, with commas.", store=True, max_output_tokens=2000, background=True
        )
        await api.cancel(created.id)
        await inbox.collect(created.id, within=30)
        await api.retrieve(created.id)


@scenario(needs={"webhooks", "background"})
async def webhook_not_told(api: Api) -> None:
    """A foreground response ends, then a background one; only the latter is told."""
    with api.inbox() as inbox:
        foreground = await api.create(**SHORT)
        background = await api.create(**SHORT, background=True)
        await inbox.collect(background.id, within=30)
        await inbox.collect(foreground.id, within=1)


@scenario(needs={"webhooks", "background"})
async def webhook_redirected(api: Api) -> None:
    """The first delivery for a response is answered with a redirect."""
    with api.inbox() as inbox:
        created = await api.create(**SHORT, background=True)
        await inbox.collect(created.id, answers=(302,), count=2, within=5)


@requirement("webhooks.headers")
def test_has_its_headers(webhook_told: Transcript) -> None:
    """A delivery comes as a POST with an id, a timestamp and a signature."""
    found = deliveries(webhook_told)
    assert found
    delivery = found[0]

    assert [name for name in HEADERS if not header(delivery, name)] == []


@requirement("webhooks.timestamp-seconds")
def test_timestamp_is_now(webhook_told: Transcript) -> None:
    """The timestamp is the time of the delivery in seconds."""
    delivery = one(webhook_told)
    timestamp = header(delivery, "webhook-timestamp")
    assume(timestamp, "the delivery has no timestamp")

    assert timestamp.isdecimal()
    assert abs(int(timestamp) - delivery.started_at) <= WINDOW


@requirement("webhooks.signature-form")
def test_signature_has_its_form(webhook_told: Transcript) -> None:
    """Each entry of the signature is v1, a comma and base64."""
    delivery = one(webhook_told)
    entries = header(delivery, "webhook-signature").split()
    assume(entries, "the delivery has no signature")
    odd = [entry for entry in entries if not re.fullmatch(r"v1,[A-Za-z0-9+/]{43}=", entry)]

    assert odd == []


@requirement("webhooks.signature-valid")
def test_signature_is_right(webhook_told: Transcript) -> None:
    """The signature is that of id, timestamp and body under the secret."""
    delivery = one(webhook_told)
    verified = {note for note in delivery.notes if note.startswith("signature-")}
    assume(verified, "there is no v1 signature, or no secret to verify it with")

    assert verified == {"signature-valid"}


@requirement("webhooks.body")
def test_body_is_an_event(webhook_told: Transcript) -> None:
    """The body is an event with an id, a type, a time and the id of the response."""
    delivery = one(webhook_told)
    event = delivery.sent

    assert isinstance(event["id"], str)
    assert isinstance(event["type"], str)
    assert isinstance(event["created_at"], int)
    assert event["data"]["id"] == webhook_told[0].reply["id"]


@requirement("webhooks.event-type")
def test_type_is_the_status(webhook_told: Transcript) -> None:
    """The type of the event names the status with which the response ended."""
    delivery, end = one(webhook_told), webhook_told[-1]
    assume(isinstance(delivery.sent, dict) and "type" in delivery.sent, "the event has no type")
    assume(end.is_success and end.reply.get("status") in FINAL, "the response did not end")

    assert delivery.sent["type"] == f"response.{end.reply['status']}"


@requirement("webhooks.event-type")
def test_cancel_is_told(webhook_cancelled_and_told: Transcript) -> None:
    """The type of the event says that the response was cancelled."""
    delivery, end = one(webhook_cancelled_and_told), webhook_cancelled_and_told[-1]
    assume(isinstance(delivery.sent, dict) and "type" in delivery.sent, "the event has no type")
    assume(end.is_success and end.reply.get("status") == "cancelled", "the response ended before it was cancelled")

    assert delivery.sent["type"] == "response.cancelled"


@requirement("webhooks.background-only")
def test_foreground_is_not_told(webhook_not_told: Transcript) -> None:
    """No delivery names the foreground response."""
    foreground, _, *found = webhook_not_told
    assume(found, "no delivery came for the background response either")
    named = [delivery for delivery in found if foreground.reply["id"].encode() in content(delivery)]

    assert named == []


@requirement("background.completes")
def test_what_is_told_completes(webhook_told: Transcript) -> None:
    """A valid background create ends completed or incomplete."""
    end = webhook_told[-1]
    assume(end.is_success and end.reply.get("status") in FINAL, "it came to no end")

    assert end.reply["status"] in ("completed", "incomplete")


@requirement("webhooks.retried")
def test_is_sent_again(webhook_told: Transcript) -> None:
    """A delivery that was answered with 500 comes again with the same id."""
    first = one(webhook_told)
    assume(header(first, "webhook-id"), "the delivery has no id")
    assume(first.status == 500, "the delivery was answered before it could be refused")
    sent = [delivery for delivery in deliveries(webhook_told) if path(delivery) == path(first)]
    ids = [header(delivery, "webhook-id") for delivery in sent]

    assert len(ids) > 1
    assert set(ids) == {ids[0]}


def assert_not_followed(redirected: Exchange, transcript: Transcript) -> None:
    """No delivery came to the address that the redirect names."""
    assume(redirected.status == 302, "the delivery was answered before it could be redirected")
    elsewhere = [path(delivery) for delivery in deliveries(transcript) if path(delivery) != path(redirected)]

    assert elsewhere == []


@requirement("webhooks.redirect-not-followed")
def test_redirect_is_not_followed(webhook_redirected: Transcript) -> None:
    """A delivery that was answered with a redirect does not come to the address that the redirect names."""
    assert_not_followed(one(webhook_redirected), webhook_redirected)


@requirement("webhooks.redirect-not-followed")
def test_second_redirect_is_not_followed(webhook_told: Transcript) -> None:
    """A delivery that was redirected when it came again does not come to the address that the redirect names."""
    found = deliveries(webhook_told)
    assume(len(found) > 1, "no delivery came a second time, so that none was redirected")
    assert_not_followed(found[1], webhook_told)
