"""Faults of reply headers: request ids, rate limits, versions, media types."""

from __future__ import annotations

from antiphon.server.behaviour.fault import OutgoingReply
from antiphon.server.faults.base import fault
from antiphon.server.faults.replies import at_param, on_refusal, refuse, set_header


def answer_busy(reply: OutgoingReply) -> None:
    refuse(reply, "Too many requests.", status=429, code="rate_limit_exceeded")
    reply.body["error"]["type"] = "rate_limit_error"
    for name in [each for each in reply.headers if each.startswith(("retry-after", "x-ratelimit-"))]:
        del reply.headers[name]


def label_plain(reply: OutgoingReply) -> OutgoingReply:
    if reply.status < 400 and reply.body is not None:
        reply.headers["content-type"] = "text/plain"
    return reply


def raise_remaining(reply: OutgoingReply) -> OutgoingReply:
    if "x-ratelimit-limit-requests" in reply.headers:
        reply.headers["x-ratelimit-remaining-requests"] = str(int(reply.headers["x-ratelimit-limit-requests"]) + 1)
    return reply


def lower_remaining(reply: OutgoingReply) -> OutgoingReply:
    if "x-ratelimit-remaining-requests" in reply.headers:
        reply.headers["x-ratelimit-remaining-requests"] = "-1"
    return reply


def spoil_reset(reply: OutgoingReply) -> OutgoingReply:
    if "x-ratelimit-reset-requests" in reply.headers:
        reply.headers["x-ratelimit-reset-requests"] = "soon"
    return reply


def lose_request_id(reply: OutgoingReply) -> None:
    reply.headers.pop("x-request-id", None)


def spoil_retry_advice(reply: OutgoingReply) -> None:
    reply.headers["x-should-retry"] = "maybe"


def spoil_retry_after(reply: OutgoingReply) -> None:
    reply.headers["retry-after"] = "soon"


FAULTS = (
    fault(
        "preflight-refused",
        "The preflight of a browser gets no leave for its page.",
        "headers.cors-preflight",
        policy={"answers_preflights": False},
    ),
    fault(
        "request-id-missing",
        "No reply has an x-request-id.",
        "headers.request-id",
        reply=set_header("x-request-id", None),
        implies="headers.request-id-on-errors",
    ),
    fault(
        "request-id-repeated",
        "All replies share one x-request-id.",
        "headers.request-id-unique",
        reply=set_header("x-request-id", "req_1"),
    ),
    fault(
        "request-id-not-on-refusals",
        "A refusal has no x-request-id.",
        "headers.request-id-on-errors",
        reply=on_refusal(lose_request_id),
        implies="headers.request-id",
    ),
    fault(
        "reply-as-text",
        "A JSON reply is labelled text/plain.",
        "headers.content-type-json",
        reply=label_plain,
        implies="create.answer-is-json",
    ),
    fault(
        "processing-time-text",
        "openai-processing-ms is no number.",
        "headers.processing-time",
        reply=set_header("openai-processing-ms", "fast"),
    ),
    fault(
        "version-text", "openai-version is no date.", "headers.version", reply=set_header("openai-version", "latest")
    ),
    fault(
        "remaining-beyond-limit",
        "More requests remain than the limit allows.",
        "headers.rate-limit-numbers",
        reply=raise_remaining,
    ),
    fault(
        "remaining-below-zero",
        "Fewer requests remain than none.",
        "headers.rate-limit-numbers",
        reply=lower_remaining,
    ),
    fault(
        "reset-no-duration", "The reset of a rate limit is no duration.", "headers.rate-limit-reset", reply=spoil_reset
    ),
    fault(
        "busy-without-wait",
        "A 429 does not say how long to wait.",
        "headers.retry-after-on-429",
        reply=at_param("model", answer_busy),
        implies="answers.not-overloaded compact.model-required errors.rate-limit-envelope "
        "errors.trigger.chat-missing-model.detail "
        "errors.trigger.compact-unknown-model.detail errors.trigger.compact-without-model.detail "
        "errors.trigger.missing-model-and-input.detail errors.trigger.missing-model.detail "
        "errors.trigger.model-empty.detail errors.trigger.model-null.detail errors.trigger.model-number.detail "
        "errors.trigger.unknown-model.detail",
    ),
    fault(
        "retry-after-soon",
        "A refusal says to come back soon.",
        "headers.retry-after-form",
        reply=on_refusal(spoil_retry_after),
    ),
    fault(
        "retry-override-maybe",
        "A refusal says maybe where it should say whether to try again.",
        "headers.retry-override",
        reply=on_refusal(spoil_retry_advice),
    ),
)
