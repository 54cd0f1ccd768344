"""Dumps of client libraries, which print null for what was not sent, and times as decimals."""

from __future__ import annotations

import json
import re
from typing import Any, Final

NULLABLE: Final = frozenset(
    {"error", "incomplete_details", "instructions", "max_output_tokens", "max_tool_calls", "previous_response_id",
     "prompt_cache_key", "safety_identifier", "user", "usage", "completed_at", "conversation", "strict",
     "finish_reason"}
)  # fmt: skip
"""Fields that may be sent as null."""
_BESIDE: Final = {
    "refusal": "content", "content": "refusal", "logprobs": "finish_reason", "description": "parameters",
    "parameters": "strict",
}  # fmt: skip
"""Fields that may be sent as null beside another."""
_DECIMAL: Final = re.compile(r'"(?:created|completed)_at": ?\d{9,13}\.0(?=\s*[,}\n])')
NOTE: Final = "fields that a client library prints as null left out, and its times made whole"


def is_dump(text: str) -> bool:
    """A text in JSON has times as a client library prints them."""
    return ".0" in text and _DECIMAL.search(text) is not None


def without_absent(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields of a printed object, without those that were not sent; times that a library holds as decimals."""
    return {
        name: whole_time(name, each)
        for name, each in fields.items()
        if each is not None or name in NULLABLE or _BESIDE.get(name) in fields
    }


def as_sent(value: Any) -> Any:
    """A value without what the library added to it."""
    if isinstance(value, dict):
        return {name: as_sent(each) for name, each in without_absent(value).items()}
    return [as_sent(each) for each in value] if isinstance(value, list) else value


def whole_time(name: str, value: Any) -> Any:
    """A time in whole seconds, where it is one that has decimals for show."""
    return int(value) if isinstance(value, float) and name.endswith("_at") and value.is_integer() else value


def text_as_sent(text: str) -> str:
    """A text in JSON without what the library added to it; the text itself where it is no JSON."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return json.dumps(as_sent(value), ensure_ascii=False)
