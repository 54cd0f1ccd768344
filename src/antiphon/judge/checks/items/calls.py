"""Calls of tools: what ties them to their outputs, and their arguments."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from antiphon.judge.checks.echo.request_fields import has, has_json_request, requested_value
from antiphon.judge.checks.items.common import final, in_output, is_final_item
from antiphon.judge.registry import Violation, check
from antiphon.judge.subjects.responses import FINAL, Item, ResponseObject
from antiphon.judge.values import MISSING, a_list, day_of, is_text, objects, parse_json, violation_at

WITH_CALL_ID = ("function_call", "custom_tool_call", "shell_call")
CALLS = (*WITH_CALL_ID, "apply_patch_call", "local_shell_call", "computer_call")
FINDERS = ("tool_search", "namespace", "programmatic_tool_calling")
"""Tools that bring functions of other names with them."""


@check(
    "item.call-id-present",
    subject=Item,
    sorts=WITH_CALL_ID,
    applies=lambda item: is_final_item(item) and item.type in WITH_CALL_ID,
)
def call_id_present(item: Item) -> Iterator[Violation]:
    """Every function, custom and shell call has a non-empty call_id."""
    if not is_text(item.body.get("call_id")):
        yield violation_at(item.at("/call_id"), "a string that is not empty", item.body.get("call_id", MISSING))


@check(
    "item.call-id-not-id",
    subject=Item,
    sorts=CALLS,
    applies=lambda item: is_final_item(item) and item.type in CALLS and is_text(item.body.get("call_id")),
)
def call_id_not_id(item: Item) -> Iterator[Violation]:
    """The call_id of a call is another string than its id."""
    if item.body["call_id"] == item.body.get("id"):
        yield violation_at(item.at("/call_id"), "another string than id", item.body["call_id"])


def _has_call_ids(response: ResponseObject) -> bool:
    """Some call of the output has a call_id, or there is no call."""
    calls = [item for item in response.output if item.get("type") in CALLS]
    return not calls or any(is_text(item.get("call_id")) for item in calls)


@check(
    "item.call-id-unique",
    subject=ResponseObject,
    sorts=FINAL,
    applies=lambda response: final(response) and _has_call_ids(response),
)
def call_id_unique(response: ResponseObject) -> Iterator[Violation]:
    """No two calls of a response share a call_id."""
    seen: set[str] = set()
    for number, item in enumerate(response.output):
        name = item.get("call_id")
        if item.get("type") in CALLS and is_text(name):
            if name in seen:
                yield violation_at(
                    response.at(f"/output/{number}/call_id"), "a call_id that no call before it has", name
                )
            seen.add(name)


def _is_function_call(item: Item) -> bool:
    return is_final_item(item) and item.type == "function_call"


@check("item.arguments-string", subject=Item, sorts=("function_call",), applies=_is_function_call)
def arguments_string(item: Item) -> Iterator[Violation]:
    """The arguments of a function call are a string."""
    if not isinstance(item.body.get("arguments"), str):
        yield violation_at(item.at("/arguments"), "a string of JSON", item.body.get("arguments", MISSING))


def arguments_of(item: Item) -> Any:
    """The arguments of a completed function call as JSON."""
    if "arguments" not in item.memo:
        item.memo["arguments"] = parse_json(item.body["arguments"])
    return item.memo["arguments"]


def is_completed_call(item: Item) -> bool:
    """A function call with arguments and the status completed."""
    completed = item.body.get("status") == "completed"
    return _is_function_call(item) and completed and isinstance(item.body.get("arguments"), str)


@check("item.arguments-json", subject=Item, sorts=("function_call",), applies=is_completed_call)
def arguments_json(item: Item) -> Iterator[Violation]:
    """The arguments of a completed function call are a JSON object."""
    if not isinstance(arguments_of(item), dict):
        yield violation_at(item.at("/arguments"), "the text of a JSON object", item.body["arguments"])


def function_names(tools: Any) -> set[str]:
    """The names of the functions among some tools."""
    return {str(tool.get("name")) for tool in objects(tools) if tool.get("type") == "function"}


def _names_known(response: ResponseObject) -> bool:
    if not has_json_request(response) or not final(response) or has(response, "prompt"):
        return False
    brought = any(tool.get("type") in FINDERS for tool in objects(requested_value(response, "tools")))
    replayed = any(
        item.get("type") in ("additional_tools", "tool_search_output") for item in objects(response.sent.get("input"))
    )
    earlier = has(response, "previous_response_id") or has(response, "conversation")
    return not (brought or replayed or (earlier and not a_list(requested_value(response, "tools"))))


@check(
    "item.function-name-listed",
    subject=ResponseObject,
    sorts=FINAL,
    applies=lambda response: (
        any(item.get("type") == "function_call" and is_text(item.get("name")) for item in response.output)
        and _names_known(response)
    ),
)
def function_name_listed(response: ResponseObject) -> Iterator[Violation]:
    """The name of a function call is one of the tools that were sent."""
    names = function_names(requested_value(response, "tools"))
    for number, item in enumerate(response.output):
        if item.get("type") == "function_call" and is_text(item.get("name")) and item["name"] not in names:
            expected = "one of " + ", ".join(sorted(names)) if names else "no call, as no function was sent"
            yield violation_at(response.at(f"/output/{number}/name"), expected, item["name"])


ACTION_SINCE = date(2025, 6, 1)
"""Before that day the service left the action out."""


def _has_searched(item: Item) -> bool:
    if not in_output(item) or item.type != "web_search_call" or item.body.get("status") != "completed":
        return False
    day = day_of(item.exchange)
    return "action" in item.body or day is None or day >= ACTION_SINCE


@check("item.web-search-action", subject=Item, sorts=("web_search_call",), applies=_has_searched)
def web_search_action(item: Item) -> Iterator[Violation]:
    """A finished web search call has an action."""
    if not isinstance(item.body.get("action"), dict):
        yield violation_at(item.at("/action"), "an object", item.body.get("action", MISSING))
