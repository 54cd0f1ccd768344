"""Usage that is missing, does not add up, or counts what cannot be."""

from __future__ import annotations

from antiphon.server.faults.bodies import Change, fault, put
from antiphon.server.faults.shaping import without
from antiphon.server.store import Json


def ended(change: Change) -> Change:
    """A change of responses that have usage."""
    return lambda response: change(response) if response.get("usage") else response


def usage(change: Change) -> Change:
    return ended(lambda response: {**response, "usage": change(response["usage"])})


def cached(value: Json) -> Json:
    return {**value, "input_tokens_details": {"cache_write_tokens": 0, "cached_tokens": value["input_tokens"] + 1}}


def reasoned(value: Json) -> Json:
    return {**value, "output_tokens_details": {"reasoning_tokens": value["output_tokens"] + 1}}


FAULTS = (
    fault(
        "usage-missing",
        "A finished response has no usage.",
        "response.field.usage",
        put(usage=None),
        "stream.usage.in-terminal usage.counts usage.total limits.output-within-limit",
    ),
    fault(
        "usage-total-wrong",
        "total_tokens is one more than the sum.",
        "usage.total",
        usage(lambda value: {**value, "total_tokens": value["total_tokens"] + 1}),
    ),
    fault(
        "usage-total-missing",
        "Usage has no total_tokens.",
        "usage.counts",
        usage(lambda value: without(value, "total_tokens")),
        "usage.total",
    ),
    fault(
        "usage-details-missing",
        "Usage has no details.",
        "usage.details",
        usage(lambda value: without(value, "input_tokens_details", "output_tokens_details")),
        "usage.cache-write-tokens reasoning.tokens-counted",
    ),
    fault(
        "usage-zero",
        "Usage is all zeros.",
        "usage.output-positive usage.input-positive",
        usage(lambda value: {name: 0 if isinstance(inner, int) else inner for name, inner in value.items()}),
        "usage.reasoning-within-output chain.context-included chain.grows input-tokens.equals-usage",
    ),
    fault(
        "cached-beyond-input", "cached_tokens are more than input_tokens.", "usage.cached-within-input", usage(cached)
    ),
    fault(
        "reasoning-beyond-output",
        "reasoning_tokens are more than output_tokens.",
        "usage.reasoning-within-output",
        usage(reasoned),
    ),
    fault(
        "cache-write-tokens-missing",
        "Usage lacks cache_write_tokens.",
        "usage.cache-write-tokens",
        usage(lambda value: {**value, "input_tokens_details": {"cached_tokens": 0}}),
    ),
)
