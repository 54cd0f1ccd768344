"""Faults of usage: counts that are missing, do not add up, or cannot be."""

from __future__ import annotations

from typing import Any

from antiphon.server.faults.base import fault
from antiphon.server.faults.edits import Edit, in_member, lose, without
from antiphon.server.faults.rewrites import ENDINGS, edit_response
from antiphon.server.json_values import Json

EMPTY_USAGE: dict[str, Any] = {
    "input_tokens": 1,
    "input_tokens_details": {"cache_write_tokens": 0, "cached_tokens": 0},
    "output_tokens": 1,
    "output_tokens_details": {"reasoning_tokens": 0},
    "total_tokens": 2,
}


def usage(change: Edit) -> Edit:
    """Change the usage of the responses that have some."""
    return in_member("usage", change)


def set_zero(counts: Json) -> Json:
    return {name: 0 if isinstance(inner, int) else inner for name, inner in counts.items()}


def raise_input(value: Json) -> Json:
    return {**value, "input_tokens": value["input_tokens"] + 1, "total_tokens": value["total_tokens"] + 1}


def raise_cached(value: Json) -> Json:
    return {**value, "input_tokens_details": {"cache_write_tokens": 0, "cached_tokens": value["input_tokens"] + 1}}


def raise_reasoning(value: Json) -> Json:
    return {**value, "output_tokens_details": {"reasoning_tokens": value["output_tokens"] + 1}}


FAULTS = (
    fault(
        "usage-total-missing",
        "Usage has no total_tokens.",
        "usage.counts",
        response=usage(lose("total_tokens")),
        implies="usage.total",
    ),
    fault(
        "usage-total-wrong",
        "total_tokens is one more than the sum.",
        "usage.total",
        response=usage(lambda value: {**value, "total_tokens": value["total_tokens"] + 1}),
    ),
    fault(
        "cached-beyond-input",
        "cached_tokens are more than input_tokens.",
        "usage.cached-within-input",
        response=usage(raise_cached),
    ),
    fault(
        "reasoning-beyond-output",
        "reasoning_tokens are more than output_tokens.",
        "usage.reasoning-within-output",
        response=usage(raise_reasoning),
    ),
    fault(
        "usage-details-missing",
        "Usage has no details.",
        "usage.details",
        response=usage(lambda value: without(value, "input_tokens_details", "output_tokens_details")),
        implies="usage.cache-write-tokens reasoning.tokens-counted",
    ),
    fault(
        "cache-write-tokens-missing",
        "Usage lacks cache_write_tokens.",
        "usage.cache-write-tokens",
        response=usage(in_member("input_tokens_details", lose("cache_write_tokens"))),
    ),
    fault(
        "prefix-not-cached",
        "No tokens are cached, however often a long prompt comes.",
        "usage.cached-prefix",
        response=usage(in_member("input_tokens_details", set_zero)),
    ),
    fault(
        "usage-before-the-end",
        "A response that is queued or in progress has usage.",
        "usage.null-until-finished",
        response=lambda r: {**r, "usage": EMPTY_USAGE} if r["status"] in ("queued", "in_progress") else r,
        implies="stream.usage.null-until-terminal",
    ),
    fault(
        "usage-zero",
        "Usage is all zeros.",
        "usage.output-positive usage.input-positive",
        response=usage(lambda value: in_member("input_tokens_details", set_zero)(set_zero(value))),
        implies="usage.reasoning-within-output chain.context-included chain.grows input-tokens.equals-usage "
        "chat.parity.usage",
    ),
    fault(
        "streams-count-more",
        "The same input counts one token more when it is streamed.",
        "usage.text-stays-put",
        events=edit_response(*ENDINGS, by=usage(raise_input)),
        implies="background.poll-equals store.get-equals-create stream.final.equals-retrieved",
    ),
)
