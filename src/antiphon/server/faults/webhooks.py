"""Webhooks that are signed, worded or sent wrongly."""

from __future__ import annotations

from antiphon.server.faults.base import Fault, breaking
from antiphon.server.rules import WebhookRules


def fault(name: str, says: str, breaks: str, implies: str = "", **rules: object) -> Fault:
    policy = {"webhooks": WebhookRules(**rules)}  # type: ignore[arg-type]
    return breaking(name, says, breaks, implies, policy=policy)


FAULTS = (
    fault(
        "webhook-without-id",
        "A delivery has no webhook-id.",
        "webhooks.headers",
        "webhooks.signature-valid webhooks.retried",
        hides_headers=frozenset({"webhook-id"}),
    ),
    fault(
        "webhook-milliseconds",
        "The timestamp of a delivery is in milliseconds.",
        "webhooks.timestamp-seconds",
        timestamp_unit=1000,
    ),
    fault(
        "webhook-signature-bare",
        "The signature of a delivery has no version.",
        "webhooks.signature-form",
        "webhooks.signature-valid",
        signature_prefix="",
    ),
    fault(
        "webhook-body-unsigned",
        "The signature leaves out the body.",
        "webhooks.signature-valid",
        signs_body=False,
    ),
    fault(
        "webhook-undated",
        "The event of a delivery has no time.",
        "webhooks.body",
        body_without=frozenset({"created_at"}),
    ),
    fault(
        "webhook-type-bare",
        "The type of the event is the status alone.",
        "webhooks.event-type",
        type_prefix="",
    ),
    fault(
        "webhook-foreground",
        "The end of a foreground response is told, too.",
        "webhooks.background-only",
        tells_foreground=True,
    ),
    fault("webhook-once", "A delivery that was refused is not sent again.", "webhooks.retried", retries=False),
    fault(
        "webhook-new-id",
        "A delivery that is sent again has another id.",
        "webhooks.retried",
        keeps_id=False,
    ),
    fault(
        "webhook-follows",
        "A redirect is followed.",
        "webhooks.redirect-not-followed",
        follows_redirects=True,
    ),
)
