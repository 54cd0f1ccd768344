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
_MEMBERS: Final = {
    "output": frozenset({"id", "object", "status", "model", "created_at", "usage", "tools", "metadata"}),
    "choices": frozenset({"id", "object", "model", "created", "usage"}),
    "data": frozenset({"has_more", "first_id", "last_id", "object"}),
}  # fmt: skip
_TRACED: Final = frozenset(
    {"traceId", "span_id", "spanId", "parentObservationId", "observations", "projectId", "run_type",
     "parent_run_id", "startTime", "start_time", "inputs"}
)  # fmt: skip
"""Members of what tools for traces export, whose `output` is what an application answered."""
LEAST: Final = 2
"""Other members that a body has beside the first."""


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
    return isinstance(value.get("output"), list) and "id" in value and _TRACED.isdisjoint(value)


def is_bodylike(value: Any) -> bool:
    """The value has enough of the members of a body, though not those by which one is told."""
    if not isinstance(value, Mapping) or not _TRACED.isdisjoint(value):
        return False
    if isinstance(value.get("error"), Mapping) and "message" in value["error"]:
        return True
    if isinstance(value.get("object"), str) and not {"id", "data"}.isdisjoint(value):
        return True
    return any(first in value and len(rest & value.keys()) >= LEAST for first, rest in _MEMBERS.items())


def is_partial(value: Any) -> bool:
    """The value names a response, and holds only some of its fields, as libraries keep them."""
    return isinstance(value, dict) and value.get("object") == "response" and "output" not in value
