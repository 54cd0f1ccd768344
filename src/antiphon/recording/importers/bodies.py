"""Kinds of JSON values in recordings: an event of a stream, the body of a reply, a refusal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

OBJECTS: Final = frozenset(
    {"response", "response.compaction", "response.input_tokens", "response.deleted", "chat.completion",
     "chat.completion.deleted", "conversation", "conversation.deleted", "list"}
)  # fmt: skip
"""The `object` of the bodies of this API."""
_REASONS: Final = ("error", "detail", "errors")
_BESIDE: Final = frozenset(
    {"error", "detail", "errors", "message", "code", "status", "type", "statusCode", "status_code", "request_id",
     "title", "timestamp", "path", "param", "success", "trace_id", "instance"}
)  # fmt: skip
"""What servers write beside the reason of a refusal."""


def is_event(value: Any) -> bool:
    """The value is an event of a stream, saved without its frame."""
    if not isinstance(value, dict):
        return False
    kind = value.get("type")
    if value.get("object") == "chat.completion.chunk":
        return True
    return isinstance(kind, str) and (kind.startswith("response.") or "sequence_number" in value)


def is_refusal(value: Any) -> bool:
    """The value is what a server gives as the reason of a refusal, in an envelope of whatever form."""
    if not isinstance(value, dict) or not value or value.keys() - _BESIDE:
        return False
    return any(isinstance(value.get(key), dict | str | list) and value[key] for key in _REASONS)


def is_body(value: Any) -> bool:
    """The value is the body of a reply: an object of this API, or a refusal."""
    return is_object(value) or is_refusal(value)


def is_object(value: Any) -> bool:
    """The value is an object of this API."""
    if not isinstance(value, Mapping):
        return False
    kind = value.get("object")
    if kind == "list":
        return isinstance(value.get("data"), list)
    if isinstance(kind, str):
        return kind in OBJECTS
    return isinstance(value.get("output"), list) and "id" in value
