"""The messages of a chat request: their checks, and the items that the model reads in their place."""

from __future__ import annotations

from typing import Any

from antiphon.server.errors import ApiError, missing_parameter, shorten, unknown_parameter, wrong_type
from antiphon.server.json_values import Json
from antiphon.server.validate.basics import (
    BREAKPOINT,
    LONGEST_TEXT,
    Check,
    any_value,
    array,
    choice,
    either,
    json_object,
    record,
    tagged_union,
    text,
)

LONG = text(LONGEST_TEXT)
_TEXT = record({"type": any_value, "text": LONG, "prompt_cache_breakpoint": BREAKPOINT}, ("text",))
_IMAGE = record({"url": text(), "detail": choice("auto", "low", "high", "original")}, ("url",))
_AUDIO = record({"data": text(), "format": choice("wav", "mp3")}, ("data", "format"))
_FILE = record({"filename": text(), "file_data": text(), "file_id": text()})
_REFUSAL = record({"type": any_value, "refusal": LONG}, ("refusal",))


def _media(name: str, inner: Check) -> Check:
    return record({"type": any_value, name: inner, "prompt_cache_breakpoint": BREAKPOINT}, (name,))


GIVEN: dict[str, Check] = {
    "text": _TEXT,
    "image_url": _media("image_url", _IMAGE),
    "input_audio": _media("input_audio", _AUDIO),
    "file": _media("file", _FILE),
}
PLAIN: dict[str, Check] = {"text": _TEXT}
PARTS = {
    "user": GIVEN,
    "system": PLAIN,
    "developer": PLAIN,
    "tool": PLAIN,
    "function": PLAIN,
    "assistant": PLAIN | {"refusal": _REFUSAL},
}
_CALL = tagged_union(
    {
        "function": record(
            {
                "type": any_value,
                "id": text(),
                "function": record({"name": text(128, 1), "arguments": LONG}, ("name", "arguments")),
            },
            ("id", "function"),
        ),
        "custom": record(
            {
                "type": any_value,
                "id": text(),
                "custom": record({"name": text(128, 1), "input": LONG}, ("name", "input")),
            },
            ("id", "custom"),
        ),
    }
)
MEMBERS: dict[str, Check] = {"role": any_value, "content": any_value, "name": text()}
OF_ROLE: dict[str, dict[str, Check]] = {
    "assistant": {
        "refusal": LONG,
        "audio": json_object,
        "annotations": array(json_object),
        "tool_calls": array(_CALL),
        "function_call": json_object,
    },
    "tool": {"tool_call_id": text()},
}


def check_messages(value: Any, *, refuses_empty: bool = False, takes_tool_outputs: bool = True) -> None:
    """A list of messages, each of which fits its role, and each tool output its call."""
    if not isinstance(value, list):
        raise wrong_type("messages", "an array", value)
    if not value:
        message = "Invalid 'messages': empty array. Expected at least 1 element."
        raise ApiError(message, param="messages", code="empty_array")
    open_calls: set[str] = set()
    for index, message in enumerate(value):
        _message(message, index, refuses_empty)
        if message["role"] == "assistant":
            open_calls = {call["id"] for call in message.get("tool_calls") or ()}
        elif message["role"] != "tool":
            open_calls = set()
        elif message["tool_call_id"] not in open_calls or not takes_tool_outputs:
            text_ = "Messages with role 'tool' must be a response to a preceding message with 'tool_calls'."
            raise ApiError(text_, param=f"messages[{index}].role")


def _message(value: Any, index: int, refuses_empty: bool) -> None:
    at = f"messages[{index}]"
    json_object(value, at)
    role = value.get("role")
    if role is None:
        raise missing_parameter(f"{at}.role")
    if not isinstance(role, str) or role not in PARTS:
        allowed = ", ".join(f"'{name}'" for name in PARTS)
        text_ = f"Invalid value: {shorten(role)}. Supported values are: {allowed}."
        raise ApiError(text_, param=at, code="invalid_value")
    members = MEMBERS | OF_ROLE.get(role, {})
    for name, inner in value.items():
        if name not in members:
            raise unknown_parameter(f"{at}.{shorten(name, quote=False)}")
        if inner is not None:
            members[name](inner, f"{at}.{name}")
    if value.get("tool_calls") == []:
        text_ = f"Invalid '{at}.tool_calls': empty array. Leave it out where there are no calls."
        raise ApiError(text_, param=f"messages.[{index}].tool_calls", code="empty_array")
    if role == "tool" and value.get("tool_call_id") is None:
        raise missing_parameter(f"{at}.tool_call_id")
    _content(value, index, refuses_empty)


def _content(message: Json, index: int, refuses_empty: bool) -> None:
    """Text, or parts that fit the role; an assistant that calls, refuses or spoke may have none."""
    content, role = message.get("content"), message["role"]
    if content is None:
        if role == "assistant" and any(message.get(name) for name in ("tool_calls", "refusal", "audio")):
            return
        text_ = f"Invalid value for 'content': expected a string or parts in message {index}, got null."
        raise ApiError(text_, param=f"messages.[{index}].content")
    if refuses_empty and not content:
        raise ApiError("The content of a message is empty.", param=f"messages[{index}].content", code="invalid_value")
    parts = array(tagged_union(PARTS[role]))
    either((str, LONG), (list, parts), expected="a string or an array")(content, f"messages[{index}].content")


def items_of(messages: list[Json]) -> list[Json]:
    """What the model reads: one item for each message, call and tool output."""
    return [item for message in messages for item in _items(message)]


def _items(message: Json) -> list[Json]:
    if message["role"] == "tool":
        output = "".join(part["text"] for part in _parts(message))
        return [{"type": "function_call_output", "call_id": message["tool_call_id"], "output": output}]
    found: list[Json] = []
    if message.get("content") is not None:
        content = [_part(part) for part in _parts(message)]
        found.append({"type": "message", "role": message["role"], "content": content})
    for call in message.get("tool_calls") or ():
        inner = call[call["type"]]
        said = {"name": inner["name"], "arguments": inner.get("arguments", inner.get("input"))}
        found.append({"type": "function_call", "call_id": call["id"], **said})
    return found


def _parts(message: Json) -> list[Json]:
    content = message["content"]
    return [{"type": "text", "text": content}] if isinstance(content, str) else list(content)


def _part(part: Json) -> Json:
    match part["type"]:
        case "text":
            return {"type": "input_text", "text": part["text"]}
        case "refusal":
            return {"type": "refusal", "refusal": part["refusal"]}
        case "image_url":
            return {"type": "input_image"}
    return {"type": "input_file"}
