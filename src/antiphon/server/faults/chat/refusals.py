"""Completions that are refused though they are valid."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from antiphon.server.faults.base import fault
from antiphon.server.faults.requests import Request, refuse_when
from antiphon.server.json_values import Json

PATH = "/chat/completions"


def refuse_completion(when: Callable[[Json], Any]) -> Request:
    """Refuse completions of one form."""
    return refuse_when(lambda body: bool(when(body)), at=PATH)


FAULTS = (
    fault(
        "chat-counted-stream-refused",
        "A stream that is to count its tokens is refused.",
        "chat.accepts.stream",
        request=refuse_completion(lambda body: (body.get("stream_options") or {}).get("include_usage")),
    ),
    fault(
        "chat-required-tools-refused",
        "Tools are refused where one has to be called.",
        "chat.accepts.tools",
        request=refuse_completion(lambda body: body.get("tool_choice") == "required"),
    ),
    fault(
        "chat-schema-refused",
        "A JSON schema as response_format is refused.",
        "chat.accepts.response-format",
        request=refuse_completion(lambda body: (body.get("response_format") or {}).get("type") == "json_schema"),
    ),
    fault(
        "chat-choices-refused",
        "Two choices are refused.",
        "chat.accepts.choices",
        request=refuse_completion(lambda body: body.get("n") == 2),
    ),
    fault(
        "chat-logprobs-refused",
        "Probabilities of tokens are refused.",
        "chat.accepts.logprobs",
        request=refuse_completion(lambda body: body.get("logprobs")),
    ),
    fault(
        "chat-obfuscation-off-refused",
        "A stream without obfuscation is refused.",
        "chat.accepts.obfuscation-off",
        request=refuse_completion(lambda body: "include_obfuscation" in (body.get("stream_options") or {})),
    ),
    fault(
        "chat-max-tokens-refused",
        "The older limit max_tokens is refused.",
        "chat.accepts.max-tokens",
        request=refuse_completion(lambda body: body.get("max_tokens")),
    ),
    fault(
        "chat-seed-refused",
        "A seed is refused.",
        "chat.accepts.settings",
        request=refuse_completion(lambda body: body.get("seed")),
    ),
)
"""Faults of Chat Completions."""
