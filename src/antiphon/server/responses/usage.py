"""Usage: the tokens of a response, and its hosted tools."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from antiphon.server.behaviour.policy import ServerPolicy
from antiphon.server.json_values import Json
from antiphon.server.model import tokens

UNCACHED: Json = {"cache_write_tokens": 0, "cached_tokens": 0}
UNREASONED: Json = {"reasoning_tokens": 0}


def input_tokens(policy: ServerPolicy, body: Mapping[str, Any], items: list[Json], response: Json) -> int:
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


def usage(input: int, output: int, reasoning: int = 0, cached: int = 0) -> Json:
    """Usage as a response tells it; it is not to be changed in place."""
    return {
        "input_tokens": input,
        "input_tokens_details": {**UNCACHED, "cached_tokens": cached} if cached else UNCACHED,
        "output_tokens": output,
        "output_tokens_details": {"reasoning_tokens": reasoning} if reasoning else UNREASONED,
        "total_tokens": input + output,
    }


def tool_usage(items: list[Json]) -> Json:
    """What the hosted tools used, as `tool_usage`; it is not to be changed in place."""
    kinds = [item["type"] for item in items]
    images, searches = kinds.count("image_generation_call"), kinds.count("web_search_call")
    return _tool_usage(images, searches) if images or searches else UNUSED


def _tool_usage(images: int, searches: int) -> Json:
    zero = {"image_tokens": 0, "text_tokens": 0}
    return {
        "image_gen": {
            "input_tokens": images * 10,
            "input_tokens_details": {**zero, "text_tokens": images * 10},
            "output_tokens": images * 20,
            "output_tokens_details": {**zero, "image_tokens": images * 20},
            "total_tokens": images * 30,
        },
        "web_search": {"num_requests": searches},
    }


UNUSED = _tool_usage(0, 0)
