"""The response object of a request before any work: every field, with the defaults filled in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from antiphon.server.model import hosted
from antiphon.server.validate.schemas import is_strict

Json = dict[str, Any]
SNAPSHOT = "-2026-08-01"
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


def snapshot(model: str) -> str:
    """The dated name that the reply gives to a model."""
    return model if model.endswith(SNAPSHOT) else model + SNAPSHOT


def response_object(body: Mapping[str, Any], id: str, created_at: int) -> Json:
    """A response that has not begun."""

    def given(name: str, default: Any = None) -> Any:
        value = body.get(name)
        return default if value is None else value

    response: Json = {
        "id": id,
        "object": "response",
        "created_at": created_at,
        "status": "in_progress",
        "background": given("background", False),
        "billing": {"payer": "developer"},
        "completed_at": None,
        "error": None,
        "frequency_penalty": float(given("frequency_penalty", 0.0)),
        "incomplete_details": None,
        "instructions": given("instructions"),
        "max_output_tokens": given("max_output_tokens"),
        "max_tool_calls": given("max_tool_calls"),
        "model": snapshot(given("model", "antiphon-1")),
        "moderation": moderation_of(given("moderation")),
        "output": [],
        "parallel_tool_calls": given("parallel_tool_calls", True),
        "presence_penalty": float(given("presence_penalty", 0.0)),
        "previous_response_id": given("previous_response_id"),
        "prompt_cache_key": given("prompt_cache_key"),
        "prompt_cache_retention": given("prompt_cache_retention", "in_memory"),
        "reasoning": {"effort": None, "summary": None} | given("reasoning", {}),
        "safety_identifier": given("safety_identifier"),
        "service_tier": "auto",
        "store": given("store", True),
        "temperature": float(given("temperature", 1.0)),
        "text": text_of(given("text", {})),
        "tool_choice": given("tool_choice", "auto"),
        "tools": [tool_of(tool) for tool in given("tools", [])],
        "top_logprobs": given("top_logprobs", 0),
        "top_p": float(given("top_p", 1.0)),
        "truncation": given("truncation", "disabled"),
        "usage": None,
        "user": given("user"),
        "metadata": dict(given("metadata", {})),
        "tool_usage": hosted.usage([]),
    }
    conversation = given("conversation")
    if conversation is not None:
        response["conversation"] = {"id": conversation if isinstance(conversation, str) else conversation["id"]}
    if given("prompt_cache_options") is not None:
        response["prompt_cache_options"] = {"mode": "implicit", "ttl": "30m"} | body["prompt_cache_options"]
    return response


def moderation_of(asked: Mapping[str, Any] | None) -> Json | None:
    """What the moderation that was asked for found: nothing."""
    if asked is None:
        return None
    found = {"type": "moderation_result", "model": asked["model"], "flagged": False}
    found |= {"categories": {}, "category_scores": {}, "category_applied_input_types": {}}
    return {"input": found, "output": dict(found)}


def tier_used(asked: str | None) -> str:
    """The tier that did the work."""
    if asked in (None, "auto"):
        return "default"
    return "priority" if asked == "fast" else str(asked)


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
    shown = {**TOOL_DEFAULTS.get(kind, {}), **{key: value for key, value in tool.items() if value is not None}}
    if kind == "mcp":
        if shown.get("headers"):
            shown["headers"] = dict.fromkeys(shown["headers"], REDACTED)
        if shown.get("authorization"):
            shown["authorization"] = REDACTED
    if kind == "code_interpreter" and isinstance(shown["container"], dict):
        shown["container"] = {"type": "auto", "file_ids": [], "memory_limit": "1g"} | shown["container"]
    if kind == "namespace":
        shown["tools"] = [tool_of(inner) for inner in shown["tools"]]
    return shown
