"""Response skeleton: the object of a request before any work, every field with its default."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from antiphon.server.json_values import Json
from antiphon.server.model.served_models import snapshot
from antiphon.server.responses.usage import tool_usage
from antiphon.server.validate.schemas import is_strict

REDACTED = "<redacted>"

TOOL_DEFAULTS: Mapping[str, Json] = {
    "custom": {"format": {"type": "text"}},
    "web_search": {"filters": None, "search_context_size": "medium", "user_location": None},
    "web_search_2025_08_26": {"filters": None, "search_context_size": "medium", "user_location": None},
    "web_search_preview": {"search_context_size": "medium", "user_location": None},
    "web_search_preview_2025_03_11": {"search_context_size": "medium", "user_location": None},
    "file_search": {
        "filters": None,
        "max_num_results": 20,
        "ranking_options": {"ranker": "auto", "score_threshold": 0.0},
    },
    "image_generation": {
        "background": "auto",
        "moderation": "auto",
        "output_compression": 100,
        "output_format": "png",
        "quality": "auto",
        "size": "auto",
    },
    "mcp": {
        "allowed_tools": None,
        "headers": None,
        "require_approval": "always",
        "server_description": None,
        "server_url": None,
    },
}


def response_object(body: Mapping[str, Any], id: str, created_at: int) -> Json:
    """A response that has not begun."""
    response = BLANK.copy()
    response |= {"id": id, "created_at": created_at, "output": [], "metadata": {}}
    for name, value in body.items():
        if value is not None and name in ECHOED:
            response[name] = ECHOED[name](value)
    return response


def moderation_of(requested: Mapping[str, Any]) -> Json:
    """What the moderation that was asked for found: nothing."""
    result = {"type": "moderation_result", "model": requested["model"], "flagged": False}
    result |= {"categories": {}, "category_scores": {}, "category_applied_input_types": {}}
    return {"input": result, "output": dict(result)}


def tier_used(requested: str | None) -> str:
    """The tier that did the work."""
    if requested in (None, "auto"):
        return "default"
    return "priority" if requested == "fast" else str(requested)


def text_of(text: Mapping[str, Any]) -> Json:
    """The text options with the default format and verbosity."""
    format = dict(text.get("format") or {"type": "text"})
    if format["type"] == "json_schema":
        format = {
            "type": "json_schema",
            "description": format.get("description"),
            "name": format["name"],
            "schema": format["schema"],
            "strict": bool(format.get("strict")),
        }
    return {"format": format, "verbosity": text.get("verbosity") or "medium"}


def tool_of(tool: Mapping[str, Any]) -> Json:
    """A tool as the reply shows it."""
    kind = tool["type"]
    if kind == "function":
        strict = tool.get("strict")
        return {
            **{key: value for key, value in tool.items() if value is not None},
            "name": tool["name"],
            "description": tool.get("description"),
            "parameters": tool.get("parameters"),
            "strict": is_strict(tool.get("parameters")) if strict is None else strict,
        }
    result = {**TOOL_DEFAULTS.get(kind, {}), **{key: value for key, value in tool.items() if value is not None}}
    if kind == "mcp":
        if result.get("headers"):
            result["headers"] = dict.fromkeys(result["headers"], REDACTED)
        if result.get("authorization"):
            result["authorization"] = REDACTED
    if kind == "code_interpreter" and isinstance(result["container"], dict):
        result["container"] = {"type": "auto", "file_ids": [], "memory_limit": "1g"} | result["container"]
    if kind == "namespace":
        result["tools"] = [tool_of(inner) for inner in result["tools"]]
    return result


def _as_given(value: Any) -> Any:
    return value


BLANK: Json = {
    "id": "",
    "object": "response",
    "created_at": 0,
    "status": "in_progress",
    "background": False,
    "billing": {"payer": "developer"},
    "completed_at": None,
    "error": None,
    "frequency_penalty": 0.0,
    "incomplete_details": None,
    "instructions": None,
    "max_output_tokens": None,
    "max_tool_calls": None,
    "model": snapshot("antiphon-1"),
    "moderation": None,
    "output": [],
    "parallel_tool_calls": True,
    "presence_penalty": 0.0,
    "previous_response_id": None,
    "prompt_cache_key": None,
    "prompt_cache_retention": "in_memory",
    "reasoning": {"effort": None, "summary": None},
    "safety_identifier": None,
    "service_tier": "auto",
    "store": True,
    "temperature": 1.0,
    "text": text_of({}),
    "tool_choice": "auto",
    "tools": [],
    "top_logprobs": 0,
    "top_p": 1.0,
    "truncation": "disabled",
    "usage": None,
    "user": None,
    "metadata": {},
    "tool_usage": tool_usage([]),
}
"""A response to a request that says nothing; what is nested in it is never changed in place."""
ECHOED: Mapping[str, Callable[[Any], Any]] = {
    **dict.fromkeys(
        (
            "background",
            "instructions",
            "max_output_tokens",
            "max_tool_calls",
            "parallel_tool_calls",
            "previous_response_id",
            "prompt_cache_key",
            "prompt_cache_retention",
            "safety_identifier",
            "store",
            "tool_choice",
            "top_logprobs",
            "truncation",
            "user",
        ),
        _as_given,
    ),
    **dict.fromkeys(("frequency_penalty", "presence_penalty", "temperature", "top_p"), float),
    "model": snapshot,
    "moderation": moderation_of,
    "reasoning": lambda value: {**BLANK["reasoning"], **value},
    "text": text_of,
    "tools": lambda value: [tool_of(tool) for tool in value],
    **dict.fromkeys(("access_programs", "image", "metadata"), dict),
    "conversation": lambda value: {"id": value if isinstance(value, str) else value["id"]},
    "prompt_cache_options": lambda value: {"mode": "implicit", "ttl": "30m", **value},
}
"""How the response shows what the request says."""
