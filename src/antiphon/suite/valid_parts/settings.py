"""Valid parts of any create: settings, messages in every form, and null for what may be absent."""

from __future__ import annotations

from typing import Any

from antiphon.suite.parts import Part

LIMIT = 40
TEXT: dict[str, Any] = {"type": "output_text", "text": "Hi."}
FULL_TEXT: dict[str, Any] = {**TEXT, "annotations": [], "logprobs": []}
NULLS = (
    "include", "instructions", "max_output_tokens", "max_tool_calls", "metadata", "parallel_tool_calls",
    "previous_response_id", "prompt", "reasoning", "service_tier", "store", "stream", "temperature", "text",
    "tool_choice", "tools", "top_p", "truncation", "user",
)  # fmt: skip
RARE_NULLS = (
    "background", "context_management", "conversation", "moderation", "prompt_cache_key", "prompt_cache_options",
    "prompt_cache_retention", "safety_identifier", "stream_options", "top_logprobs",
)  # fmt: skip
ODD = {"x-client-name": "antiphon", "x-stainless-lang": "none", "openai-beta": "nothing=v0", "accept-language": "eo"}


def message(role: str, content: Any, **more: Any) -> dict[str, Any]:
    """A message with its type."""
    return {"type": "message", "role": role, "content": content, **more}


BOUNDS = (
    Part("create.accepts.max-output-tokens", {"max_output_tokens": LIMIT}, everywhere=True),
    Part("create.accepts.store-off", {"store": False}, everywhere=True),
)
PARTS = (
    *BOUNDS,
    *(Part("create.null-is-absent", {name: None}) for name in NULLS),
    *(Part("create.accepts.rare-nulls", {name: None}) for name in RARE_NULLS),
    Part("create.accepts.instructions", {"instructions": "Be brief."}),
    Part("create.accepts.metadata", {"metadata": {"purpose": "contract"}}),
    Part("create.accepts.temperature", {"temperature": 1}, by_model=True),
    Part("create.accepts.top-p", {"top_p": 1}, by_model=True),
    Part("create.accepts.top-logprobs", {"top_logprobs": 0}, by_model=True),
    Part("create.accepts.text-format", {"text": {"format": {"type": "text"}}}),
    Part("create.text-empty", {"text": {}}),
    Part("create.accepts.stream-off", {"stream": False}),
    Part("create.accepts.background-off", {"background": False}),
    Part("create.accepts.truncation", {"truncation": "disabled"}),
    Part("create.accepts.truncation", {"truncation": "auto"}),
    Part("create.accepts.service-tier", {"service_tier": "auto"}),
    Part("create.accepts.user", {"user": "antiphon"}),
    Part("create.accepts.safety-identifier", {"safety_identifier": "antiphon"}),
    Part("create.accepts.prompt-cache-key", {"prompt_cache_key": "antiphon"}),
    Part("create.accepts.prompt-cache-retention", {"prompt_cache_retention": "in_memory"}, by_model=True),
    Part("create.tools-empty", {"tools": []}),
    Part("create.include-empty", {"include": []}),
    Part("create.unknown-headers-ignored", headers=ODD),
    Part("create.developer-message", items=(message("system", "Be kind."), message("developer", "Be clear."))),
    Part("create.easy-message", items=({"role": "user", "content": "Say hi."},)),
    Part("create.easy-assistant-message", items=(message("assistant", "Hi."),)),
    Part("create.replay-without-logprobs", items=(message("assistant", [TEXT]),)),
    Part("create.accepts.untyped-assistant-message", items=({"role": "assistant", "content": "Hi there."},)),
    Part("create.accepts.untyped-assistant-message", items=({"role": "assistant", "content": [FULL_TEXT]},)),
    Part(
        "create.accepts.untyped-developer-message",
        items=({"role": "system", "content": "Be polite."}, {"role": "developer", "content": "Be plain."}),
    ),
    Part(
        "create.accepts.whole-assistant-message",
        items=(message("assistant", [FULL_TEXT], id="msg_antiphon_said_hi", status="completed"),),
    ),
)
