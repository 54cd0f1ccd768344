"""Finish of a response: what is written into it, and where it is stored."""

from __future__ import annotations

import time

from antiphon.server.model.output import ModelOutput
from antiphon.server.responses.answer import WINDOW
from antiphon.server.responses.response_skeleton import tier_used
from antiphon.server.responses.usage import input_tokens, tool_usage, usage
from antiphon.server.state.service import Service
from antiphon.server.state.store import Record


def finish(service: Service, record: Record, output: ModelOutput) -> None:
    """Write the end of the work into the response, and let it be found."""
    response = record.response
    response["status"] = output.status
    response["output"] = output.items
    response["service_tier"] = tier_used(record.body.get("service_tier"))
    response["tool_usage"] = tool_usage(output.items)
    if output.status == "completed":
        response["completed_at"] = max(service.now(), response["created_at"])
    if output.status == "incomplete":
        response["incomplete_details"] = {"reason": output.reason}
    if output.error:
        code = output.error["code"]
        known = "invalid_prompt" if code == "context_length_exceeded" else code
        response["error"] = {"code": known, "message": output.error["message"]}
    else:
        counted = output.counted
        if counted is None:
            context = [*record.history, *record.input]
            counted = min(input_tokens(service.policy, record.body, context, response), WINDOW)
        response["usage"] = usage(counted, output.output_tokens, output.reasoning_tokens, output.cached)
    store_finished(service, record)


def store_finished(service: Service, record: Record) -> None:
    """Store what is to be stored, and tell those who wait for an end."""
    store, response = service.store, record.response
    record.finished_at = time.monotonic()
    context_items = [*record.input, *response["output"]]
    policy = service.policy
    kept = policy.keeps_unstored or (record.streamed and policy.keeps_unstored_streams)
    kept = kept or (record.parent is not None and policy.keeps_unstored_turns)
    stored = (response["store"] or kept) and service.policy.stores
    if stored:
        if not record.background:
            store.add(record)
        store.remember(context_items)
    if "conversation" in response and appends(service, record):
        store.conversations.append(response["conversation"], context_items, record.history)
    for notify in store.finished:
        notify(record, service.policy.webhooks)


def appends(service: Service, record: Record) -> bool:
    """What a response reads and says is appended to its conversation."""
    ended = record.response["status"] in ("completed", "incomplete")
    return ended and (not record.streamed or service.policy.conversations.appends_streams)
