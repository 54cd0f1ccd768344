"""Input items: 31 types, each with what it needs and what it may have."""

from __future__ import annotations

from typing import Any

from antiphon.server.errors import ApiError, missing_parameter, unknown_parameter, wrong_type, wrong_value
from antiphon.server.validate.basics import (
    BREAKPOINT,
    LONGEST_TEXT,
    Check,
    any_value,
    array,
    boolean,
    choice,
    either,
    json_object,
    record,
    tagged_union,
    text,
)

STATUS = choice(
    "in_progress", "completed", "incomplete", "failed", "searching", "generating", "interpreting", "calling"
)
LONG = text(LONGEST_TEXT)
HUGE = text(20_971_520)
ALWAYS: dict[str, Check] = {
    "type": any_value,
    "id": text(512, 1),
    "status": STATUS,
    "created_by": any_value,
    "caller": json_object,
}


def _item(required: str, optional: str = "", **checks: Check) -> Check:
    """An item with these members beside those that any item may have."""
    names = [*required.split(), *optional.split()]
    return record({**ALWAYS, **dict.fromkeys(names, any_value), **checks}, required.split())


def address(value: Any, at: str) -> None:
    """A URL of the web, or one that holds the data."""
    HUGE(value, at)
    if not value.startswith(("https://", "http://", "data:")):
        message = "Expected a valid URL that begins with https://, http:// or data:."
        raise ApiError(message, param="url", code="invalid_value")


def file_data(value: Any, at: str) -> None:
    """The data of a file whose kind can be read."""
    text(73_400_320)(value, at)
    if value.startswith("data:application/octet-stream"):
        raise ApiError("The file is of a kind that is not supported.", param="input", code="unsupported_file")


_ADDRESS: dict[str, Check] = {"type": any_value, "file_id": any_value, "prompt_cache_breakpoint": BREAKPOINT}
_IMAGE = record({**_ADDRESS, "image_url": address, "detail": choice("low", "high", "auto", "original")})
_FILE = record({**_ADDRESS, "detail": text(), "filename": text(), "file_data": file_data, "file_url": address})
_INPUT_TEXT = record({"type": any_value, "text": LONG, "prompt_cache_breakpoint": BREAKPOINT}, ("text",))
_OUTPUT_TEXT = record(
    {"type": any_value, "text": LONG, "annotations": array(json_object), "logprobs": array(json_object)}, ("text",)
)
_REFUSAL = record({"type": any_value, "refusal": LONG}, ("refusal",))
GIVEN: dict[str, Check] = {"input_text": _INPUT_TEXT, "input_image": _IMAGE, "input_file": _FILE}
SAID: dict[str, Check] = {"output_text": _OUTPUT_TEXT, "refusal": _REFUSAL}
PARTS = {"user": GIVEN, "system": GIVEN, "developer": GIVEN, "assistant": SAID}
OUTPUT = either((str, LONG), (list, array(tagged_union(GIVEN))), expected="a string or an array")
CALL_ID = text(64, 1)

ITEMS: dict[str, Check] = {
    "function_call": _item(
        "call_id name arguments", "namespace async", call_id=CALL_ID, name=text(128, 1), arguments=LONG
    ),
    "function_call_output": _item("call_id output", "name namespace", call_id=CALL_ID, output=OUTPUT),
    "custom_tool_call": _item("call_id name input", "namespace async", call_id=CALL_ID, name=text(), input=LONG),
    "custom_tool_call_output": _item("call_id output", call_id=CALL_ID, output=OUTPUT),
    "reasoning": _item(
        "summary",
        "content encrypted_content",
        summary=array(tagged_union({"summary_text": record({"type": any_value, "text": LONG}, ("text",))})),
        encrypted_content=HUGE,
        content=array(tagged_union({"reasoning_text": record({"type": any_value, "text": LONG}, ("text",))})),
    ),
    "compaction": _item("encrypted_content", encrypted_content=HUGE),
    "compaction_trigger": _item(""),
    "configuration_update": _item("", "reasoning text"),
    "additional_tools": _item("role tools", role=choice("developer"), tools=array(json_object)),
    "web_search_call": _item("", "action results"),
    "file_search_call": _item("queries", "results", queries=array(text())),
    "code_interpreter_call": _item("container_id", "code outputs"),
    "image_generation_call": _item(
        "", "result action background error output_format quality revised_prompt size svg_usage"
    ),
    "computer_call": _item("call_id", "pending_safety_checks action actions", call_id=CALL_ID),
    "computer_call_output": _item("call_id output", "acknowledged_safety_checks", call_id=CALL_ID, output=json_object),
    "local_shell_call": _item("call_id action", call_id=CALL_ID, action=json_object),
    "local_shell_call_output": _item("output", "call_id", output=LONG),
    "shell_call": _item("call_id action", "environment", call_id=CALL_ID, action=json_object),
    "shell_call_output": _item("call_id output", "max_output_length", call_id=CALL_ID, output=array(json_object)),
    "apply_patch_call": _item("call_id operation", call_id=CALL_ID, operation=json_object),
    "apply_patch_call_output": _item("call_id", "output", call_id=CALL_ID),
    "mcp_list_tools": _item("server_label tools", "error", tools=array(json_object)),
    "mcp_approval_request": _item("server_label name arguments", arguments=LONG),
    "mcp_approval_response": _item("approval_request_id approve", "reason request_id", approve=boolean),
    "mcp_call": _item("server_label name arguments", "output error approval_request_id", arguments=LONG),
    "tool_search_call": _item("arguments", "call_id execution"),
    "tool_search_output": _item("tools", "call_id execution", tools=array(json_object)),
    "program": _item("call_id code fingerprint"),
    "program_output": _item("call_id result"),
    "item_reference": record({"type": any_value, "id": text(512, 1)}, ("id",)),
}
PREFIXES = {"function_call": "fc", "custom_tool_call": "ctc", "reasoning": "rs"}


def message(value: dict[str, Any], at: str) -> None:
    """A message: a role, and text or parts that fit the role."""
    role = value.get("role")
    if role is None:
        raise missing_parameter(f"{at}.role")
    choice("user", "assistant", "system", "developer")(role, f"{at}.role")
    if "content" not in value:
        raise missing_parameter(f"{at}.content")
    for name in value:
        if name not in {"type", "role", "content", "id", "status", "phase", "created_by"}:
            raise unknown_parameter(f"{at}.{name}")
    for name in ("id", "status"):
        if value.get(name) is not None:
            ALWAYS[name](value[name], f"{at}.{name}")
    if value.get("phase") is not None:
        if role != "assistant":
            raise unknown_parameter(f"{at}.phase")
        choice("commentary", "final_answer")(value["phase"], f"{at}.phase")
    content, place = value["content"], f"{at}.content"
    if isinstance(content, str):
        return LONG(content, place)
    if not isinstance(content, list):
        raise wrong_type(place, "a string or an array", content)
    for index, part in enumerate(content):
        _part(part, f"{place}[{index}]", role)
    return None


def _part(part: Any, at: str, role: str) -> None:
    """A part that no role takes is refused at its type; one of another role as a whole."""
    kind = part.get("type") if isinstance(part, dict) else None
    if isinstance(kind, str) and kind in GIVEN.keys() | SAID.keys() and kind not in PARTS[role]:
        raise wrong_value(at, kind, ", ".join(f"'{name}'" for name in PARTS[role]))
    tagged_union(PARTS[role])(part, at)


def item(value: Any, at: str) -> None:
    """One element of `input`."""
    json_object(value, at)
    kind = value.get("type")
    if kind is None:
        kind = "item_reference" if "role" not in value and "id" in value else "message"
        if kind == "message" and "role" not in value:
            raise missing_parameter(f"{at}.type")
    if kind == "message":
        return message(value, at)
    check = ITEMS.get(kind) if isinstance(kind, str) else None
    if check is None:
        raise wrong_value(at, kind, ", ".join(f"'{name}'" for name in ("message", *ITEMS)))
    check(value, at)
    prefix = PREFIXES.get(kind)
    if prefix and value.get("id") is not None and not value["id"].startswith(prefix):
        message_ = f"Invalid '{at}.id': expected an ID that begins with '{prefix}'."
        raise ApiError(message_, param=f"{at}.id", code="invalid_value")
    return None


def items(value: Any, at: str) -> None:
    """The whole of `input`: a string, or a list of items without a repeated id."""
    if isinstance(value, str):
        return LONG(value, at)
    if not isinstance(value, list):
        raise wrong_type(at, "one of a string or an array of input items", value)
    seen = set()
    for index, element in enumerate(value):
        item(element, f"{at}[{index}]")
        id, kind = element.get("id"), element.get("type")
        if id is not None and kind not in (None, "item_reference"):
            if id in seen:
                raise ApiError(f"Duplicate item found with id {id}. Remove one of them.", param="input")
            seen.add(id)
    return None
