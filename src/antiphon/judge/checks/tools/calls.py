"""Tools that a response may call, and the status of its function calls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from antiphon.contract.schemas.schema_error import format_value
from antiphon.judge.checks.echo.request_fields import has, has_json_request, requested_value
from antiphon.judge.checks.items.calls import arguments_of, is_completed_call
from antiphon.judge.checks.items.common import final
from antiphon.judge.registry import Violation, check
from antiphon.judge.request_schema import misfit
from antiphon.judge.subjects.responses import FINAL, Item, ResponseObject
from antiphon.judge.values import MISSING, a_dict, a_list, objects, violation_at

CALL_OF = {
    "function": "function_call",
    "custom": "custom_tool_call",
    "mcp": "mcp_call",
    "file_search": "file_search_call",
    "web_search": "web_search_call",
    "web_search_2025_08_26": "web_search_call",
    "web_search_preview": "web_search_call",
    "web_search_preview_2025_03_11": "web_search_call",
    "computer": "computer_call",
    "computer_use": "computer_call",
    "computer_use_preview": "computer_call",
    "code_interpreter": "code_interpreter_call",
    "image_generation": "image_generation_call",
    "shell": "shell_call",
    "local_shell": "local_shell_call",
    "apply_patch": "apply_patch_call",
    "tool_search": "tool_search_call",
}
"""The item that a call of a tool gives, by the type of the tool."""
CALLS = tuple(set(CALL_OF.values()))


def _calls(response: ResponseObject) -> list[tuple[int, Mapping[str, Any]]]:
    return [(number, item) for number, item in enumerate(response.output) if item.get("type") in CALLS]


@check(
    "tools.parallel-off",
    subject=ResponseObject,
    sorts=FINAL,
    applies=lambda response: (
        has_json_request(response)
        and final(response)
        and response.sent.get("parallel_tool_calls") is False
        and bool(_calls(response))
    ),
)
def parallel_off(response: ResponseObject) -> Iterator[Violation]:
    """With parallel_tool_calls false at most one function is called."""
    called = [number for number, item in _calls(response) if item.get("type") == "function_call"]
    for number in called[1:]:
        yield Violation(response.at(f"/output/{number}"), "one function call", f"{len(called)} function calls")


def _allowed(choice: Any) -> list[dict[str, Any]] | None:
    """The tools that a choice leaves open; None for all of them."""
    if choice == "none":
        return []
    if not isinstance(choice, dict):
        return None
    if choice.get("type") == "allowed_tools":
        return [] if choice.get("mode") == "none" else objects(choice.get("tools"))
    return [choice] if str(choice.get("type")) in CALL_OF else None


def _is_call_of(item: Mapping[str, Any], tool: Mapping[str, Any]) -> bool:
    if CALL_OF.get(str(tool.get("type"))) != item.get("type"):
        return False
    if tool.get("type") == "mcp":
        names = (("server_label", "server_label"), ("name", "name"))
        return all(tool.get(one) in (None, item.get(other)) for one, other in names)
    return tool.get("type") not in ("function", "custom") or tool.get("name") == item.get("name")


@check(
    "tools.calls-obey-choice",
    subject=ResponseObject,
    sorts=FINAL,
    applies=lambda response: (
        has_json_request(response)
        and final(response)
        and has(response, "tools")
        and _allowed(requested_value(response, "tool_choice")) is not None
    ),
)
def calls_obey_choice(response: ResponseObject) -> Iterator[Violation]:
    """No response calls a tool that its tool_choice forbids."""
    choice = response.sent["tool_choice"]
    allowed = _allowed(choice) or []
    forced = isinstance(choice, dict) and choice.get("type") != "allowed_tools"
    for number, item in _calls(response):
        if item.get("type") == "tool_search_call" or any(_is_call_of(item, tool) for tool in allowed):
            continue
        hosted = item.get("type") not in ("function_call", "custom_tool_call")
        if not (forced and hosted):
            name = item.get("name") or item.get("type")
            yield violation_at(
                response.at(f"/output/{number}"), f"no such call, as tool_choice is {format_value(choice)}", name
            )


@check(
    "tools.call-is-completed",
    subject=ResponseObject,
    sorts=FINAL,
    applies=lambda response: (
        final(response)
        and response.status == "completed"
        and any(item.get("type") == "function_call" for _, item in _calls(response))
    ),
)
def call_is_completed(response: ResponseObject) -> Iterator[Violation]:
    """A finished function call has the status completed."""
    for number, item in _calls(response):
        if item.get("type") == "function_call" and item.get("status") in (None, "incomplete"):
            place = response.at(f"/output/{number}/status")
            yield violation_at(place, "'completed', as the response is", item.get("status", MISSING))


def _strict_schema(item: Item) -> Any:
    for tool in objects(item.sent.get("tools")):
        if tool.get("type") == "function" and tool.get("name") == item.body.get("name"):
            return tool.get("parameters") if tool.get("strict") is True else None
    return None


@check(
    "tools.strict-arguments",
    subject=Item,
    sorts=("function_call",),
    applies=lambda item: (
        is_completed_call(item)
        and item.operation == "create"
        and isinstance(_strict_schema(item), dict)
        and isinstance(arguments_of(item), dict)
    ),
)
def strict_arguments(item: Item) -> Iterator[Violation]:
    """The arguments of a strict function fit its parameters."""
    why = misfit(_strict_schema(item), arguments_of(item))
    if why:
        yield Violation(item.at("/arguments"), f"arguments that fit the parameters of {item.body.get('name')}", why)


GATED = {
    "file_search_call.results": ("file_search_call", "results"),
    "code_interpreter_call.outputs": ("code_interpreter_call", "outputs"),
    "web_search_call.results": ("web_search_call", "results"),
    "web_search_call.action.sources": ("web_search_call", "action", "sources"),
    "message.output_text.logprobs": ("message", "content", "logprobs"),
}
"""Each value of include that opens a field, with the type of the item and the way to the field."""


def _reach(value: Any, steps: tuple[str, ...], at: str) -> Iterator[tuple[str, Any]]:
    """The fields at the end of a path of keys, through lists where there are any."""
    if isinstance(value, list):
        for number, each in enumerate(value):
            yield from _reach(each, steps, f"{at}/{number}")
    elif not steps:
        yield at, value
    elif steps[0] in a_dict(value):
        inner = value[steps[0]]
        if len(steps) == 1:
            yield f"{at}/{steps[0]}", inner
        else:
            yield from _reach(inner, steps[1:], f"{at}/{steps[0]}")


@check(
    "create.gated-fields",
    subject=ResponseObject,
    sorts=FINAL,
    applies=lambda response: has_json_request(response) and final(response) and bool(response.output),
)
def gated_fields(response: ResponseObject) -> Iterator[Violation]:
    """Fields that include asks for are absent when it does not ask."""
    asked_for = a_list(response.sent.get("include"))
    for name, (kind, *steps) in GATED.items():
        if name in asked_for or (name.endswith("logprobs") and response.sent.get("top_logprobs")):
            continue
        for number, item in enumerate(response.output):
            if item.get("type") != kind:
                continue
            for place, value in _reach(item, tuple(steps), response.at(f"/output/{number}")):
                if value and isinstance(value, list | dict):
                    yield violation_at(place, f"nothing, as include does not name {name}", value)
