"""The families of events of a stream, by the beginnings of their types."""

from __future__ import annotations

from functools import lru_cache

LIFECYCLE = ("created", "queued", "in_progress", "completed", "failed", "incomplete")
FAMILIES: dict[str, tuple[str, ...]] = {
    "lifecycle": tuple(f"response.{name}" for name in LIFECYCLE),
    "error": ("error",),
    "output-item": ("response.output_item.",),
    "content-part": ("response.content_part.",),
    "output-text": ("response.output_text.",),
    "refusal": ("response.refusal.",),
    "function-call-arguments": ("response.function_call_arguments.",),
    "custom-tool-call-input": ("response.custom_tool_call_input.",),
    "reasoning-summary-part": ("response.reasoning_summary_part.",),
    "reasoning-summary-text": ("response.reasoning_summary_text.",),
    "reasoning-text": ("response.reasoning_text.",),
    "reasoning": ("response.reasoning.",),
    "web-search-call": ("response.web_search_call.",),
    "file-search-call": ("response.file_search_call.",),
    "code-interpreter-call": ("response.code_interpreter_call.",),
    "code-interpreter-call-code": ("response.code_interpreter_call_code.",),
    "image-generation-call": ("response.image_generation_call.",),
    "mcp-list-tools": ("response.mcp_list_tools.",),
    "mcp-call": ("response.mcp_call.",),
    "mcp-call-arguments": ("response.mcp_call_arguments.",),
    "shell-call-command": ("response.shell_call_command.",),
    "shell-call-output-content": ("response.shell_call_output_content.",),
    "apply-patch-call-operation-diff": ("response.apply_patch_call_operation_diff.",),
    "audio": ("response.audio.",),
    "compaction": ("response.compaction.",),
    "keepalive": ("keepalive",),
    "rate-limits": ("response.rate_limits.",),
}


def _prefix(kind: str) -> str:
    """The part of an event's type that names its family."""
    return kind if kind.count(".") < 2 else kind[: kind.rindex(".") + 1]


_FAMILY_OF = {prefix: family for family, prefixes in FAMILIES.items() for prefix in prefixes}


@lru_cache(maxsize=1024)
def family_of(kind: str) -> str | None:
    """The family of an event type; None for a type without one."""
    prefix = "response.audio." if kind.startswith("response.audio.") else _prefix(kind)
    return _FAMILY_OF.get(prefix)
