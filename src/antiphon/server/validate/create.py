"""The parameters of POST /responses, checked in the order of the real service."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from antiphon.server.errors import ApiError, missing_parameter, model_not_found, unknown_parameter, wrong_type
from antiphon.server.validate.basics import (
    LONGEST_TEXT,
    Check,
    any_value,
    array,
    boolean,
    choice,
    decimal,
    either,
    integer,
    json_object,
    record,
    tagged_union,
    text,
)
from antiphon.server.validate.formats import text_options
from antiphon.server.validate.items import items
from antiphon.server.validate.tools import tool_choice, tools

INCLUDABLE = (
    "file_search_call.results",
    "web_search_call.results",
    "web_search_call.action.sources",
    "message.input_image.image_url",
    "computer_call_output.output.image_url",
    "code_interpreter_call.outputs",
    "reasoning.encrypted_content",
    "message.output_text.logprobs",
)
MOVED = {
    "messages": "In the Responses API, this parameter has moved to 'input'.",
    "response_format": "In the Responses API, this parameter has moved to 'text.format'.",
    "functions": "In the Responses API, this parameter has moved to 'tools'.",
    "max_tokens": "In the Responses API, this parameter has moved to 'max_output_tokens'.",
    "max_completion_tokens": "In the Responses API, this parameter has moved to 'max_output_tokens'.",
}


def metadata(value: Any, at: str) -> None:
    """At most 16 pairs of a key of 64 and a string of 512 characters."""
    json_object(value, at)
    if len(value) > 16:
        message = f"Invalid '{at}': too many properties. Expected at most 16 properties, got {len(value)}."
        raise ApiError(message, param=at, code="object_above_max_properties")
    for key, inner in value.items():
        text(64)(key, at)
        text(512)(inner, f"{at}.{key}")


CONVERSATION = either((str, text()), (dict, record({"id": text()}, ("id",))), expected="a string or an object")
REASONING = record(
    {
        "effort": choice("none", "minimal", "low", "medium", "high", "xhigh", "max"),
        "summary": choice("auto", "concise", "detailed"),
        "context": choice("auto", "current_turn", "all_turns"),
        "mode": text(),
    }
)
_MODERATED = record({"mode": choice("score", "block")}, ("mode",))
MODERATION = record(
    {"model": text(), "policy": record({"input": _MODERATED, "output": _MODERATED})},
    ("model",),
)
CACHE_OPTIONS = record(
    {
        "mode": choice("implicit", "explicit"),
        "ttl": choice("30m", "12h"),
        "comparison_response_id": text(),
        "prewarm": boolean,
    }
)
COMPACTION = record({"type": any_value, "compact_threshold": integer(1000)})
TIERS = choice("auto", "default", "flex", "scale", "priority", "fast", "ultrafast")
FIELDS: Mapping[str, Check] = {
    "input": items,
    "instructions": text(LONGEST_TEXT),
    "temperature": decimal(0, 2),
    "top_p": decimal(0, 1),
    "presence_penalty": decimal(-2, 2),
    "frequency_penalty": decimal(-2, 2),
    "max_output_tokens": integer(16),
    "max_tool_calls": integer(1),
    "metadata": metadata,
    "truncation": choice("auto", "disabled"),
    "service_tier": TIERS,
    "reasoning": REASONING,
    "include": array(choice(*INCLUDABLE)),
    "text": text_options,
    "tools": tools,
    "tool_choice": tool_choice,
    "parallel_tool_calls": boolean,
    "top_logprobs": integer(0, 20),
    "store": boolean,
    "stream": boolean,
    "stream_options": record({"include_obfuscation": boolean}),
    "background": boolean,
    "previous_response_id": text(),
    "conversation": CONVERSATION,
    "prompt": record({"id": text(), "version": text(), "variables": json_object}, ("id",)),
    "prompt_cache_key": text(64),
    "prompt_cache_options": CACHE_OPTIONS,
    "prompt_cache_retention": choice("in_memory", "24h"),
    "safety_identifier": text(64),
    "user": text(),
    "context_management": array(tagged_union({"compaction": COMPACTION}), 1),
    "moderation": MODERATION,
    "access_programs": record({"cyber": choice("standard", "daybreak_blue", "daybreak_red")}),
    "image": record({"context_compression": choice("auto", "enabled", "disabled")}),
    "client_metadata": json_object,
}
SOURCES = ("input", "previous_response_id", "prompt", "conversation")


def check_model(body: Mapping[str, Any], models: Collection[str], *, required: bool = True) -> None:
    """The model is named, is a string, and is one that is served."""
    if "model" not in body:
        if required:
            raise missing_parameter("model")
        return
    name = body["model"]
    if not isinstance(name, str):
        if name is None and not required:
            return
        raise wrong_type("model", "a string", name)
    if name not in models:
        raise model_not_found(name, status=400, param="model")


def check_fields(
    body: Mapping[str, Any],
    fields: Mapping[str, Check],
    *,
    unchecked: Collection[str] = (),
    refuses_unknown: bool = True,
) -> None:
    """Unknown names first, then the values of the known ones in their order. Null means absent."""
    for name in body:
        if name in fields or name == "model" or not refuses_unknown or name in unchecked:
            continue
        if name in MOVED:
            raise ApiError(f"Unsupported parameter: '{name}'. {MOVED[name]}", code="unsupported_parameter")
        raise unknown_parameter(name[:80])
    present = fields.keys() & body.keys()
    for name in present if len(present) < 2 else [name for name in fields if name in present]:
        value = body[name]
        if name in unchecked or (value is None and name != "input"):
            continue
        fields[name](value, name)


def check_create(
    body: Mapping[str, Any],
    models: Collection[str],
    *,
    unchecked: Collection[str] = (),
    refuses_unknown: bool = True,
) -> None:
    """Everything about a create request that can be told without looking at state."""
    if "model" not in unchecked:
        check_model(body, models, required=not body.get("prompt"))
    if "input" not in body and "input" not in unchecked and all(body.get(name) is None for name in SOURCES):
        raise missing_parameter("input")
    check_fields(body, FIELDS, unchecked=unchecked, refuses_unknown=refuses_unknown)
    if body.get("stream_options") is not None and not body.get("stream") and "stream_options" not in unchecked:
        message = "The 'stream_options' parameter is only allowed when 'stream' is enabled."
        raise ApiError(message, param="stream_options", code="invalid_parameter")
    both = body.get("previous_response_id") is not None and body.get("conversation") is not None
    if both and "conversation" not in unchecked:
        message = "'previous_response_id' and 'conversation' exclude each other. Send only one of them."
        raise ApiError(message, code="mutually_exclusive_parameters")


def check_emptiness(body: Mapping[str, Any]) -> None:
    """There is something to answer. Comes after the look-ups of state."""
    if not body.get("input") and not any(body.get(name) is not None for name in SOURCES[1:]):
        message = "One of 'input', 'previous_response_id', 'prompt' or 'conversation' must be provided."
        raise ApiError(message, code="missing_required_parameter")
