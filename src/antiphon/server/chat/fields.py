"""The parameters of POST /chat/completions, checked in the order of their names in the document."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from antiphon.server.behaviour.rules import ChatRules
from antiphon.server.chat.messages import check_messages
from antiphon.server.errors import ApiError, missing_parameter, model_not_found, shorten, wrong_type
from antiphon.server.json_values import Json
from antiphon.server.validate.basics import (
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
from antiphon.server.validate.create import CACHE_OPTIONS, MODERATION, check_fields, metadata
from antiphon.server.validate.schema_form import check_schema
from antiphon.server.validate.schemas import UnsupportedSchema
from antiphon.server.validate.tools import tool_name

_FUNCTION = record({"name": tool_name, "description": text(), "parameters": json_object, "strict": boolean}, ("name",))
_GRAMMAR = record({"syntax": choice("lark", "regex"), "definition": text()}, ("syntax", "definition"))
_CUSTOM = record(
    {
        "name": tool_name,
        "description": text(),
        "format": tagged_union(
            {"text": json_object, "grammar": record({"type": any_value, "grammar": _GRAMMAR}, ("grammar",))}
        ),
    },
    ("name",),
)
PREDICTED = either(
    (str, text()),
    (list, array(tagged_union({"text": record({"type": any_value, "text": text()}, ("text",))}), 1)),
    expected="a string or an array",
)
SEED = 9_223_372_036_854_776_000
"""The bound of the document: two to the power of 63, as far as a double holds it."""
SOUNDS = choice("wav", "aac", "mp3", "flac", "opus", "pcm16")
VOICE = either((str, text()), (dict, record({"id": text()}, ("id",))), expected="a string or an object")
_JSON_SCHEMA = record({"name": tool_name, "description": text(), "schema": json_object, "strict": boolean}, ("name",))


def function(value: Any, at: str) -> None:
    """A function tool: nested, named, and inside the subset when strict."""
    record({"type": any_value, "function": _FUNCTION}, ("function",), closed="function" in value)(value, at)
    inner = value["function"]
    try:
        check_schema(inner.get("parameters"), inner.get("strict"))
    except UnsupportedSchema as reason:
        message = f"Invalid schema for function '{inner['name']}': {reason}."
        place = f"{at}.function.parameters"
        raise ApiError(message, param=place, code="invalid_function_parameters") from None


def json_schema(value: Any, at: str) -> None:
    """A named schema; inside the subset when strict."""
    record({"type": any_value, "json_schema": _JSON_SCHEMA}, ("json_schema",))(value, at)
    inner = value["json_schema"]
    try:
        check_schema(inner.get("schema"), inner.get("strict"))
    except UnsupportedSchema as reason:
        message = f"Invalid schema for response_format '{inner['name']}': {reason}."
        raise ApiError(message, param="response_format", code="invalid_json_schema") from None


_NAME = record({"name": text(128, 1)}, ("name",))
_NAMED: dict[str, Check] = {
    "function": record({"type": any_value, "function": _NAME}, ("function",)),
    "custom": record({"type": any_value, "custom": _NAME}, ("custom",)),
}
_ALLOWED = record({"mode": choice("auto", "required"), "tools": array(tagged_union(_NAMED), 1, 128)}, ("mode", "tools"))
TOOL_CHOICE = either(
    (str, choice("none", "auto", "required")),
    (
        dict,
        tagged_union(
            {
                **_NAMED,
                "allowed_tools": record({"type": any_value, "allowed_tools": _ALLOWED}, ("allowed_tools",)),
            }
        ),
    ),
    expected="a string or an object",
)


def biases(value: Any, at: str) -> None:
    """An object of biases from -100 to 100 by token."""
    json_object(value, at)
    for token, bias in value.items():
        integer(-100, 100)(bias, f"{at}.{shorten(token, quote=False)}")


FIELDS: Mapping[str, Check] = {
    "messages": any_value,
    "metadata": metadata,
    "temperature": decimal(0, 2),
    "top_p": decimal(0, 1),
    "frequency_penalty": decimal(-2, 2),
    "presence_penalty": decimal(-2, 2),
    "n": integer(1, 128),
    "logprobs": boolean,
    "top_logprobs": integer(0, 20),
    "logit_bias": biases,
    "stop": either((str, text()), (list, array(text(), 1, 4)), expected="a string or an array"),
    "max_completion_tokens": integer(1),
    "max_tokens": integer(1),
    "response_format": tagged_union({"text": json_object, "json_object": json_object, "json_schema": json_schema}),
    "tools": array(
        tagged_union({"function": function, "custom": record({"type": any_value, "custom": _CUSTOM}, ("custom",))}),
        0,
        128,
    ),
    "tool_choice": TOOL_CHOICE,
    "parallel_tool_calls": boolean,
    "stream": boolean,
    "stream_options": record({"include_usage": boolean, "include_obfuscation": boolean}),
    "store": boolean,
    "service_tier": choice("auto", "default", "flex", "scale", "priority", "fast"),
    "reasoning_effort": choice("none", "minimal", "low", "medium", "high", "xhigh", "max"),
    "verbosity": choice("low", "medium", "high"),
    "modalities": array(choice("text", "audio")),
    "audio": record({"voice": VOICE, "format": SOUNDS}, ("voice", "format")),
    "prediction": record({"type": choice("content"), "content": PREDICTED}, ("type", "content")),
    "web_search_options": json_object,
    "moderation": MODERATION,
    "prompt_cache_key": text(),
    "prompt_cache_options": CACHE_OPTIONS,
    "prompt_cache_retention": choice("in_memory", "24h"),
    "safety_identifier": text(64),
    "user": text(),
    "seed": integer(-SEED, SEED),
}
GONE = {"functions": "tools", "function_call": "tool_choice"}


def check_create(body: Json, models: Collection[str], rules: ChatRules, *, refuses_unknown: bool) -> None:
    """Everything about a create request; the first that it fails is raised."""
    check_model(body, models)
    if "messages" not in body and "messages" not in rules.unchecked:
        raise missing_parameter("messages")
    for old, new in GONE.items():
        if body.get(old) is not None:
            message = f"Unsupported parameter: '{old}' is not supported with this model. Use '{new}' instead."
            raise ApiError(message, param=old, code="unsupported_parameter")
    check_fields(body, FIELDS, unchecked=rules.unchecked, refuses_unknown=refuses_unknown)
    if "messages" not in rules.unchecked:
        check_messages(body["messages"], refuses_empty=rules.refuses_empty, takes_tool_outputs=rules.takes_tool_outputs)
    if body.get("stream_options") is not None and not body.get("stream"):
        message = "The 'stream_options' parameter is only allowed when 'stream' is enabled."
        raise ApiError(message, param="stream_options")
    if "audio" in (body.get("modalities") or ()):
        message = "This model does not speak. Leave 'audio' out of 'modalities'."
        raise ApiError(message, param="modalities", code="unsupported_value")
    _check_json_word(body)


def check_model(body: Json, models: Collection[str]) -> None:
    """The model is named, is a string, and is one that is served."""
    if body.get("model") is None:
        raise missing_parameter("model")
    name = body["model"]
    if not isinstance(name, str):
        raise wrong_type("model", "a string", name)
    if name not in models:
        raise model_not_found(name, status=404)


def _check_json_word(body: Json) -> None:
    kind = (body.get("response_format") or {}).get("type")
    if kind == "json_object" and "json" not in str(body.get("messages")).lower():
        message = (
            "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'."
        )
        raise ApiError(message, param="messages")
