"""Tools and the choice among them."""

from __future__ import annotations

import re
from typing import Any

from antiphon.server.errors import ApiError, missing_parameter, wrong_type, wrong_value
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
from antiphon.server.validate.schema_form import check_schema
from antiphon.server.validate.schemas import UnsupportedSchema

NAME = re.compile(r"[a-zA-Z0-9_-]{1,128}")
CALLERS = array(choice("direct", "programmatic"))
LOCATION = record({key: text() for key in ("type", "city", "country", "region", "timezone")})


def tool_name(value: Any, at: str) -> None:
    """A name that a tool can have."""
    text(128, 1)(value, at)
    if not NAME.fullmatch(value):
        raise ApiError(
            f"Invalid '{at}': string does not match pattern. Expected a string that matches '^[a-zA-Z0-9_-]+$'.",
            param=at,
            code="invalid_value",
        )


def function(value: dict[str, Any], at: str) -> None:
    """A function tool: flat, named, and inside the subset when strict."""
    _FUNCTION(value, at)
    if value.get("parameters") is not None or value.get("strict"):
        try:
            check_schema(value.get("parameters"), value.get("strict"))
        except UnsupportedSchema as reason:
            message = f"Invalid schema for function '{value['name']}': {reason}."
            raise ApiError(message, param=f"{at}.parameters", code="invalid_function_parameters") from None


_FUNCTION = record(
    {
        "type": any_value,
        "name": tool_name,
        "description": text(),
        "parameters": json_object,
        "strict": boolean,
        "output_schema": json_object,
        "defer_loading": boolean,
        "allowed_callers": CALLERS,
        "async": boolean,
    },
    ("name",),
)
_CUSTOM = record(
    {
        "type": any_value,
        "name": tool_name,
        "description": text(),
        "format": tagged_union(
            {
                "text": json_object,
                "grammar": record(
                    {"type": any_value, "syntax": choice("lark", "regex"), "definition": text()},
                    ("syntax", "definition"),
                ),
            }
        ),
        "defer_loading": boolean,
        "allowed_callers": CALLERS,
        "async": boolean,
    },
    ("name",),
)
_WEB_SEARCH = record(
    {
        "type": any_value,
        "external_web_access": boolean,
        "filters": record({"allowed_domains": array(text()), "blocked_domains": array(text())}),
        "user_location": LOCATION,
        "search_context_size": choice("low", "medium", "high"),
        "search_content_types": array(text()),
        "return_token_budget": any_value,
        "allowed_callers": CALLERS,
    }
)
_FILE_SEARCH = record(
    {
        "type": any_value,
        "vector_store_ids": array(text(), 1),
        "max_num_results": integer(1, 50),
        "ranking_options": record({"ranker": text(), "score_threshold": decimal(0, 1), "hybrid_search": json_object}),
        "filters": json_object,
    },
    ("vector_store_ids",),
)
_CODE_INTERPRETER = record(
    {
        "type": any_value,
        "container": either((str, text()), (dict, json_object), expected="a string or an object"),
        "allowed_callers": CALLERS,
    },
    ("container",),
)
_MCP_KEYS = (
    "type server_url connector_id tunnel_id authorization server_description headers allowed_tools allowed_callers "
    "require_approval defer_loading"
)
_MCP = record({**dict.fromkeys(_MCP_KEYS.split(), any_value), "server_label": text()}, ("server_label",))


def mcp(value: dict[str, Any], at: str) -> None:
    """A remote server with a label, found by one of three ways."""
    _MCP(value, at)
    if not any(value.get(way) for way in ("server_url", "connector_id", "tunnel_id")):
        raise missing_parameter(f"{at}.server_url")


INSIDE = tagged_union({"function": function, "custom": _CUSTOM})
TOOLS: dict[str, Check] = {
    "function": function,
    "custom": _CUSTOM,
    "web_search": _WEB_SEARCH,
    "web_search_2025_08_26": _WEB_SEARCH,
    "web_search_preview": _WEB_SEARCH,
    "web_search_preview_2025_03_11": _WEB_SEARCH,
    "file_search": _FILE_SEARCH,
    "code_interpreter": _CODE_INTERPRETER,
    "mcp": mcp,
    "image_generation": json_object,
    "shell": json_object,
    "local_shell": json_object,
    "apply_patch": json_object,
    "computer": json_object,
    "computer_use_preview": record(
        {"type": any_value, "environment": text(), "display_width": integer(1), "display_height": integer(1)},
        ("environment", "display_width", "display_height"),
    ),
    "tool_search": json_object,
    "programmatic_tool_calling": json_object,
    "namespace": record(
        {"type": any_value, "name": text(128, 1), "description": text(), "tools": array(INSIDE, 1)},
        ("name", "description", "tools"),
    ),
}
tools = array(tagged_union(TOOLS))

NAMED = ("function", "custom")
HOSTED = frozenset(TOOLS) - {"function", "custom", "namespace", "mcp"} | {"computer_use"}


def tool_choice(value: Any, at: str) -> None:
    """A word, or an object that says what must be called."""
    if isinstance(value, str):
        return choice("none", "auto", "required")(value, at)
    if not isinstance(value, dict):
        raise wrong_type(at, "a string or an object", value)
    kind = value.get("type")
    if kind is None:
        raise missing_parameter(f"{at}.type")
    if kind in NAMED:
        return record({"type": any_value, "name": text(128, 1)}, ("name",), closed="name" in value)(value, at)
    if kind == "allowed_tools":
        fields = {"type": any_value, "mode": choice("auto", "required"), "tools": array(json_object, 1, 128)}
        return record(fields, ("mode", "tools"))(value, at)
    if kind == "mcp":
        return record({"type": any_value, "server_label": text(), "name": text()}, ("server_label",))(value, at)
    if not isinstance(kind, str) or kind not in HOSTED:
        raise wrong_value(f"{at}.type", kind, "the types of 'tools', and 'allowed_tools'")
    return None


def check_types(sent: list[dict[str, Any]], taken: frozenset[str] | None) -> None:
    """Raise for the first tool of a type that the edition does not know."""
    for number, tool in enumerate(sent):
        if taken is not None and tool.get("type") not in taken:
            at = f"tools[{number}].type"
            message = f"Invalid value for '{at}': supported are {', '.join(sorted(taken))}."
            raise ApiError(message, param=at, code="invalid_value")
