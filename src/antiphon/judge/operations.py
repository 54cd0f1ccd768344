"""Operation of an exchange: by its address, or by its reply where the address is not recorded."""

from __future__ import annotations

import re
from typing import Any, Final

from antiphon.contract.model import Edition
from antiphon.recording.exchange import CLEAN_UP, INBOUND, Exchange

UNKNOWN: Final = "unknown"
_COVERED = re.compile(
    r"\*{2,}|<[^>]*>|\[[^\]]*\]|\{[^}]*\}|x{3,}|redact|filter|mask|hidden|remov|anonym|placeholder|%5b|%3c",
    re.IGNORECASE,
)
"""What stands in place of an address that somebody took out."""
_OPERATIONS: Final = {
    "response": "create", "response.compaction": "compact", "response.input_tokens": "input_tokens",
    "response.deleted": "delete", "chat.completion": "chat.create", "chat.completion.chunk": "chat.create",
    "chat.completion.deleted": "chat.delete",
}  # fmt: skip


def operation_of(exchange: Exchange, edition: Edition) -> str:
    """The operation that an exchange performs; by the reply where the request is not recorded or has no address."""
    if INBOUND in exchange.notes or CLEAN_UP in exchange.notes:
        return UNKNOWN
    request = exchange.request
    if request is None:
        return _by_reply(exchange)
    operation = edition.operation(request.method, request.path)
    if operation != UNKNOWN or not is_covered(request.path):
        return operation
    operation = _by_reply(exchange, certain=True)
    return "retrieve" if operation == "create" and request.method == "GET" else operation


def is_covered(path: str) -> bool:
    """The path was taken out of the recording."""
    return path in ("", "/") or _COVERED.search(path) is not None


def _by_reply(exchange: Exchange, certain: bool = False) -> str:
    """The operation that a reply shows; what names no object may answer a create, unless we must be certain."""
    kind = object_of(exchange)
    if kind is None:
        return UNKNOWN if certain else "create"
    return _OPERATIONS.get(kind, UNKNOWN)


def object_of(exchange: Exchange) -> str | None:
    """The `object` of a reply, or of what its stream is about; None where it names none."""
    if exchange.is_socket:
        return None
    first: Any = exchange.events[0] if exchange.is_stream and exchange.events else exchange.body
    if not isinstance(first, dict):
        return None
    if exchange.is_stream and isinstance(kind := first.get("type"), str) and kind.startswith("response."):
        return "response"
    kind = first.get("object")
    return kind if isinstance(kind, str) else None
