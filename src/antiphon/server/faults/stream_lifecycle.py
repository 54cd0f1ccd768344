"""Lifecycle events and announcements that tell too much or too little."""

from __future__ import annotations

from antiphon.server.faults.base import Fault, one
from antiphon.server.faults.shaping import EARLY, ENDINGS, edit, edit_item, edit_response, without
from antiphon.server.store import Event


def prefilled(event: Event) -> Event:
    part = event["part"]
    return {**event, "part": {**part, "text": "Hello"}} if part["type"] == "output_text" else event


def hide_final_usage(event: Event) -> Event:
    return {**event, "response": without(event["response"], "usage")}


FAULTS = (
    Fault(
        name="final-output-empty",
        says="The response in the terminal event has an empty output.",
        breaks=one("stream.final.output-equals-items"),
        implies=one(
            "stream.final.equals-retrieved",
            "stream.output-index.is-place",
            "stream.item-id.in-final",
            "stream.content-index.is-place",
            "create.same-with-stream",
            "tools.required-calls",
            "tools.streamed-call-complete",
            "structured.streamed-valid",
        ),
        events=edit_response(*ENDINGS, output=[]),
    ),
    Fault(
        name="final-usage-missing",
        says="The response in the terminal event has no usage.",
        breaks=one("stream.usage.in-terminal"),
        implies=one(
            "response.field.usage",
            "stream.final.equals-retrieved",
            "stream.final.same-keys-as-plain",
            "stream.lifecycle.whole-response",
        ),
        events=edit(*ENDINGS, by=hide_final_usage),
    ),
    Fault(
        name="early-usage-zero",
        says="Usage is all zeros instead of null before the end.",
        breaks=one("stream.usage.null-until-terminal"),
        implies=one("usage.null-until-finished"),
        events=edit_response(
            *EARLY,
            usage={
                "input_tokens": 0,
                "input_tokens_details": {"cache_write_tokens": 0, "cached_tokens": 0},
                "output_tokens": 0,
                "output_tokens_details": {"reasoning_tokens": 0},
                "total_tokens": 0,
            },
        ),
    ),
    Fault(
        name="early-status-completed",
        says="The response in response.in_progress is already completed.",
        breaks=one("stream.lifecycle.early-status"),
        implies=one("response.field.usage"),
        events=edit_response("response.in_progress", status="completed"),
    ),
    Fault(
        name="early-response-bare",
        says="response.created carries an id and a status and nothing else.",
        breaks=one("stream.lifecycle.whole-response"),
        implies=one(
            "response.echo.max-tool-calls",
            "response.echo.prompt-cache-key",
            "response.echo.safety-identifier",
            "response.echo.top-logprobs",
            "background.says-background",
            "stream.lifecycle.early-output-empty",
            "stream.lifecycle.constant-created-at",
            "stream.lifecycle.constant-model",
            "stream.lifecycle.early-nulls",
            "stream.schema.lifecycle",
            "metadata.in-stream",
        ),
        events=edit(
            "response.created",
            by=lambda event: {
                **event,
                "response": {name: event["response"][name] for name in ("id", "object", "status")},
            },
        ),
    ),
    Fault(
        name="message-added-filled",
        says="A message is announced with its content.",
        breaks=one("stream.added.message-empty"),
        events=edit_item(
            "response.output_item.added",
            of="message",
            content=[{"type": "output_text", "annotations": [], "logprobs": [], "text": "Hello"}],
        ),
    ),
    Fault(
        name="function-call-added-filled",
        says="A function call is announced with its arguments.",
        breaks=one("stream.added.function-call-empty"),
        events=edit_item("response.output_item.added", of="function_call", arguments="{}"),
    ),
    Fault(
        name="part-added-filled",
        says="A text part is announced with text.",
        breaks=one("stream.part.added-empty"),
        events=edit("response.content_part.added", by=prefilled),
    ),
    Fault(
        name="item-added-completed",
        says="A message is announced as completed.",
        breaks=one("stream.item.added-status"),
        events=edit_item("response.output_item.added", of="message", status="completed"),
    ),
    Fault(
        name="obfuscation-on-done",
        says="Events other than deltas carry obfuscation.",
        breaks=one("stream.obfuscation.only-on-deltas"),
        implies=one("stream.obfuscation.all-or-none", "stream.obfuscation.off"),
        numbered=edit("response.output_text.done", by=lambda event: {**event, "obfuscation": "abc"}),
    ),
    Fault(
        name="obfuscation-not-switched-off",
        says="Deltas carry obfuscation though the request switches it off.",
        breaks=one("stream.obfuscation.off"),
        policy={"obfuscates_always": True},
    ),
)
