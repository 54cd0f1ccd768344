"""Streams of background responses that end without a terminal event, as those of cancelled responses may (D-15)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from antiphon.judge.subjects.responses import ENDINGS, Call, is_whole_stream

FIRST = "response.created"
_ENDS = frozenset({*ENDINGS, "error"})


def has_plain_end(call: Call, events: Iterable[Mapping[str, Any]]) -> bool:
    """A whole stream of a background response has no terminal event. Whether it was cancelled, other exchanges tell."""
    request, sent = call.exchange.request, call.exchange.sent
    if request is None or request.method != "POST" or not isinstance(sent, dict) or sent.get("background") is not True:
        return False
    if call.operation != "create" or "ids-replaced" in call.exchange.notes or not is_whole_stream(call.exchange):
        return False
    types = {event.get("type") for event in events if isinstance(event.get("type"), str)}
    return FIRST in types and not _ENDS & types
