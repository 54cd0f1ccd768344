"""Faults of webhooks: their signature, content and delivery."""

from __future__ import annotations

from antiphon.server.behaviour.rules import WebhookRules
from antiphon.server.faults.base import fault

FAULTS = (
    fault(
        "webhook-without-id",
        "A delivery has no webhook-id.",
        "webhooks.headers",
        policy={"webhooks": WebhookRules(hides_headers=frozenset({"webhook-id"}))},
        implies="webhooks.signature-valid webhooks.retried",
    ),
    fault(
        "webhook-milliseconds",
        "The timestamp of a delivery is in milliseconds.",
        "webhooks.timestamp-seconds",
        policy={"webhooks": WebhookRules(timestamp_unit=1000)},
    ),
    fault(
        "webhook-signature-bare",
        "The signature of a delivery has no version.",
        "webhooks.signature-form",
        policy={"webhooks": WebhookRules(signature_prefix="")},
        implies="webhooks.signature-valid",
    ),
    fault(
        "webhook-body-unsigned",
        "The signature leaves out the body.",
        "webhooks.signature-valid",
        policy={"webhooks": WebhookRules(signs_body=False)},
    ),
    fault(
        "webhook-undated",
        "The event of a delivery has no time.",
        "webhooks.body",
        policy={"webhooks": WebhookRules(body_without=frozenset({"created_at"}))},
    ),
    fault(
        "webhook-type-bare",
        "The type of the event is the status alone.",
        "webhooks.event-type",
        policy={"webhooks": WebhookRules(type_prefix="")},
    ),
    fault(
        "webhook-foreground",
        "The end of a foreground response is told, too.",
        "webhooks.background-only",
        policy={"webhooks": WebhookRules(tells_foreground=True)},
    ),
    fault(
        "webhook-once",
        "A delivery that was refused is not sent again.",
        "webhooks.retried",
        policy={"webhooks": WebhookRules(retries=False)},
    ),
    fault(
        "webhook-new-id",
        "A delivery that is sent again has another id.",
        "webhooks.retried",
        policy={"webhooks": WebhookRules(keeps_id=False)},
    ),
    fault(
        "webhook-follows",
        "A redirect is followed.",
        "webhooks.redirect-not-followed",
        policy={"webhooks": WebhookRules(follows_redirects=True)},
    ),
)
