"""Items as they are stored: the prefix of their id, the members that they are given, their content as parts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from antiphon.server.json_values import Json

PREFIXES = {
    "message": "msg_",
    "reasoning": "rs_",
    "function_call": "fc_",
    "function_call_output": "fc_",
    "custom_tool_call": "ctc_",
    "custom_tool_call_output": "ctco_",
    "web_search_call": "ws_",
    "file_search_call": "fs_",
    "code_interpreter_call": "ci_",
    "image_generation_call": "ig_",
    "mcp_call": "mcp_",
    "mcp_list_tools": "mcpl_",
    "mcp_approval_request": "mcpr_",
    "mcp_approval_response": "mcpr_",
    "shell_call": "sh_",
    "shell_call_output": "sho_",
    "apply_patch_call": "apc_",
    "apply_patch_call_output": "apco_",
    "local_shell_call": "lsh_",
    "local_shell_call_output": "lsh_",
    "computer_call": "cu_",
    "computer_call_output": "cuo_",
    "tool_search_call": "tsc_",
    "tool_search_output": "tso_",
    "compaction": "cmp_",
    "program": "cm_",
    "program_output": "cmo_",
}
WITHOUT_STATUS = frozenset(
    {
        "reasoning",
        "compaction",
        "compaction_trigger",
        "mcp_list_tools",
        "mcp_approval_request",
        "mcp_approval_response",
        "program",
        "additional_tools",
        "configuration_update",
    }
)
DEFAULTS: Mapping[str, Callable[[Json], Json]] = {
    "shell_call": lambda item: {
        "action": {"timeout_ms": None, "max_output_length": None, **item["action"]},
        "environment": item.get("environment"),
    },
    "code_interpreter_call": lambda item: {"code": item.get("code"), "outputs": item.get("outputs")},
    "web_search_call": lambda item: {"action": item.get("action") or {"type": "search", "query": "", "queries": []}},
    "image_generation_call": lambda item: {"result": item.get("result")},
    "computer_call": lambda item: {"pending_safety_checks": item.get("pending_safety_checks", [])},
    "shell_call_output": lambda item: {"max_output_length": item.get("max_output_length")},
    "tool_search_call": lambda item: {
        "execution": item.get("execution", "server"),
        "call_id": item.get("call_id"),
    },
    "tool_search_output": lambda item: {
        "execution": item.get("execution", "server"),
        "call_id": item.get("call_id"),
    },
}
"""What an item of a kind is given where it was sent without it."""


def parts(role: str, content: Any) -> list[Json]:
    """Content as a list of parts, each with its defaults."""
    kind = "output_text" if role == "assistant" else "input_text"
    if isinstance(content, str):
        content = [{"type": kind, "text": content}]
    return [normal_part(part) for part in content]


def normal_part(part: Json) -> Json:
    """A part of a message with all members that the API shows."""
    result = {key: value for key, value in part.items() if value is not None}
    match part["type"]:
        case "output_text":
            result = {"type": "output_text", "annotations": [], "logprobs": []} | result
        case "input_image":
            result.setdefault("detail", "auto")
    return result
