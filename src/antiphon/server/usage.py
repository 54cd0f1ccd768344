"""What a response costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from antiphon.server import tokens
from antiphon.server.policy import Policy
from antiphon.server.store import Json

UNCACHED: Json = {"cache_write_tokens": 0, "cached_tokens": 0}
UNREASONED: Json = {"reasoning_tokens": 0}


def input_tokens(policy: Policy, body: Mapping[str, Any], items: list[Json], response: Json) -> int:
    """What the context of a request costs."""
    counted = tokens.of_request(
        items,
        instructions=response["instructions"],
        tools=response["tools"],
        format=response["text"]["format"],
    )
    if policy.metadata_counts:
        counted += tokens.of_json(dict(body.get("metadata") or {}))
    return counted


def usage(input: int, output: int, reasoning: int = 0) -> Json:
    """Usage as a response tells it; it is not to be changed in place."""
    return {
        "input_tokens": input,
        "input_tokens_details": UNCACHED,
        "output_tokens": output,
        "output_tokens_details": {"reasoning_tokens": reasoning} if reasoning else UNREASONED,
        "total_tokens": input + output,
    }
