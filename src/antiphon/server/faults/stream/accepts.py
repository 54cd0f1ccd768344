"""Valid parts of a create that are refused in a stream alone."""

from __future__ import annotations

from typing import Any

from antiphon.server.faults.base import fault
from antiphon.server.faults.requests import Request, refuse_when


def refuse_in_stream(name: str, value: Any) -> Request:
    """Refuse streamed creates in which a field has that value."""
    return refuse_when(lambda body: body.get("stream") is True and body.get(name) == value, param=name)


FAULTS = (
    fault(
        "streams-refuse-cache-keys",
        "The cache key of a stream is refused.",
        "stream.accepts-the-same",
        request=refuse_in_stream("prompt_cache_key", "antiphon"),
    ),
    fault(
        "streams-refuse-choice",
        "The tool_choice none is refused in a stream.",
        "stream.accepts-the-same",
        request=refuse_in_stream("tool_choice", "none"),
        implies="create.replay-rich tools.message-before-call modes.taken tools.turns-continue",
    ),
)
