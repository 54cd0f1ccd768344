"""The end of a response: what is written into it, and where it is kept."""

from __future__ import annotations

import time

from antiphon.server.answering import WINDOW
from antiphon.server.echo import tier_used
from antiphon.server.model import hosted
from antiphon.server.model.outcome import Plan
from antiphon.server.service import Service
from antiphon.server.store import Record
from antiphon.server.usage import input_tokens, usage


def finish(service: Service, record: Record, made: Plan) -> None:
    """Write the end of the work into the response, and let it be found."""
    response = record.response
    response["status"] = made.status
    response["output"] = made.items
    response["service_tier"] = tier_used(record.body.get("service_tier"))
    response["tool_usage"] = hosted.usage(made.items)
    if made.status == "completed":
        response["completed_at"] = max(service.now(), response["created_at"])
    if made.status == "incomplete":
        response["incomplete_details"] = {"reason": made.reason}
    if made.error:
        code = made.error["code"]
        known = "invalid_prompt" if code == "context_length_exceeded" else code
        response["error"] = {"code": known, "message": made.error["message"]}
    else:
        counted = made.counted
        if counted is None:
            context = [*record.history, *record.input]
            counted = min(input_tokens(service.policy, record.body, context, response), WINDOW)
        response["usage"] = usage(counted, made.output_tokens, made.reasoning_tokens)
    keep(service, record)


def keep(service: Service, record: Record) -> None:
    """Store what is to be stored, and tell those who wait for an end."""
    store, response = service.store, record.response
    record.finished_at = time.monotonic()
    said = [*record.input, *response["output"]]
    stored = (response["store"] or service.policy.keeps_unstored) and service.policy.stores
    if stored:
        if not record.background:
            store.add(record)
        store.remember(said)
    if "conversation" in response and response["status"] in ("completed", "incomplete"):
        store.conversations.append(response["conversation"], said, record.history)
    for told in store.finished:
        told(record, service.policy.webhooks)
