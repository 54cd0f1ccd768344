"""Tools and the choice between them, as a reply repeats them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from antiphon.contract.schemas.schema_error import format_value
from antiphon.judge.checks.echo.request_fields import E, has, has_json_request, requested_value
from antiphon.judge.checks.response.field_forms import is_choice
from antiphon.judge.registry import Violation, check
from antiphon.judge.subjects.responses import ResponseObject
from antiphon.judge.values import MISSING, a_list, objects, same, violation_at

ALIASES = {"computer_use": "computer_use_preview"}
NAMED = ("function", "custom", "namespace")


def _lists_tools(response: ResponseObject) -> bool:
    listed = response.body.get("tools")
    told = isinstance(listed, list) and all(isinstance(each, dict) and _is_described(each) for each in listed)
    return has_json_request(response) and told and not has(response, "prompt")


def _is_described(tool: Mapping[str, Any]) -> bool:
    """The tool has a type, and a name or label where its type needs one.

    Else its schema is violated, and nothing more.
    """
    name = "server_label" if tool.get("type") == "mcp" else "name" if tool.get("type") in NAMED else "type"
    return isinstance(tool.get("type"), str) and isinstance(tool.get(name), str)


def sent_tools(response: ResponseObject) -> list[dict[str, Any]]:
    """The tools that the request brings."""
    return objects(requested_value(response, "tools"))


def _label(tool: Mapping[str, Any]) -> str:
    """Identity of a tool: its type, and its name or server label."""
    kind = _text(tool.get("type"))
    if kind == "mcp":
        return f"mcp {_text(tool.get('server_label'))}"
    return f"{kind} {_text(tool.get('name'))}" if kind in NAMED else ALIASES.get(kind, kind)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else format_value(value)


def _grows(response: ResponseObject) -> bool:
    """Tools that are found or added later come to the list, and move in it."""
    brought = any(tool.get("type") in ("tool_search", "namespace") for tool in sent_tools(response))
    given = objects(response.sent.get("input"))
    return brought or any(item.get("type") in ("additional_tools", "tool_search_output") for item in given)


def _listed(response: ResponseObject) -> list[str]:
    """The labels of the tools of a reply, those inside a namespace included."""
    tools = objects(response.body["tools"])
    return [_label(tool) for each in tools for tool in (each, *objects(each.get("tools")))]


@check(E + "tools", subject=ResponseObject, applies=_lists_tools)
def tools(response: ResponseObject) -> Iterator[Violation]:
    """A reply lists every tool that was sent, by type and name, functions deferred to a search excepted."""
    listed = _listed(response)
    if listed == [_label(tool) for tool in sent_tools(response)]:
        return
    sent = Counter(_label(tool) for tool in sent_tools(response))
    due = Counter(_label(tool) for tool in sent_tools(response) if tool.get("defer_loading") is not True)
    got = Counter(listed)
    shown = ", ".join(got) or "an empty list"
    if due - got:
        yield Violation(response.at("/tools"), "all of " + ", ".join(due), shown)
    elif got - sent and not _grows(response):
        yield Violation(response.at("/tools"), ", ".join(sent) or "an empty list, as none were sent", shown)


@check(
    E + "tools-order",
    subject=ResponseObject,
    applies=lambda response: len(_named(sent_tools(response))) > 1 and _lists_tools(response) and not _grows(response),
)
def tools_order(response: ResponseObject) -> Iterator[Violation]:
    """Tools come back in the order in which they were sent; hosted tools may move behind functions."""
    sent, got = _named(sent_tools(response)), _named(objects(response.body["tools"]))
    if sent != got and sorted(sent) == sorted(got):
        yield Violation(response.at("/tools"), ", ".join(sent), ", ".join(got))


def _named(tools: list[dict[str, Any]]) -> list[str]:
    return [_label(tool) for tool in tools if tool.get("type") in NAMED]


def _functions(response: ResponseObject) -> list[tuple[int, dict[str, Any]]]:
    """Place and value of each function among the tools of a reply."""
    if "functions" not in response.memo:
        response.memo["functions"] = [
            (number, tool)
            for number, tool in enumerate(a_list(response.body.get("tools")))
            if isinstance(tool, dict) and tool.get("type") == "function"
        ]
    found: list[tuple[int, dict[str, Any]]] = response.memo["functions"]
    return found


@check(E + "tools-function", subject=ResponseObject, applies=lambda response: bool(_functions(response)))
def tools_function(response: ResponseObject) -> Iterator[Violation]:
    """A function tool in a reply has name, description, parameters and strict."""
    for number, tool in _functions(response):
        for name in ("name", "description", "parameters", "strict"):
            if name not in tool:
                yield violation_at(
                    response.at(f"/tools/{number}/{name}"), "the field, null where it was not sent", MISSING
                )


@check(
    E + "tools-strict-boolean",
    subject=ResponseObject,
    applies=lambda response: any("strict" in tool for _, tool in _functions(response)),
)
def tools_strict_boolean(response: ResponseObject) -> Iterator[Violation]:
    """The strict of a function tool in a reply is a boolean."""
    for number, tool in _functions(response):
        if "strict" in tool and not isinstance(tool["strict"], bool):
            yield violation_at(response.at(f"/tools/{number}/strict"), "a boolean", tool["strict"])


def _stricts(response: ResponseObject) -> list[tuple[int, bool, bool]]:
    """Place, strict sent and strict returned of each function that has a boolean on both sides."""
    sent = {_label(tool): tool.get("strict") for tool in sent_tools(response)}
    pairs = [(number, sent.get(_label(tool)), tool.get("strict")) for number, tool in _functions(response)]
    return [(number, one, two) for number, one, two in pairs if isinstance(one, bool) and isinstance(two, bool)]


@check(
    E + "tools-strict",
    subject=ResponseObject,
    applies=lambda response: bool(_functions(response)) and has_json_request(response) and bool(_stricts(response)),
)
def tools_strict(response: ResponseObject) -> Iterator[Violation]:
    """A strict that was sent with a function tool comes back as it was."""
    for number, sent, got in _stricts(response):
        if sent is not got:
            yield violation_at(response.at(f"/tools/{number}/strict"), f"{format_value(sent)}, as was sent", got)


def _changed_choice(sent: Mapping[str, Any], got: Mapping[str, Any]) -> list[str]:
    """The members of a choice that come back otherwise than they were sent, in the form in which they were sent."""
    return [
        name
        for name, value in sent.items()
        if value is not None and type(got.get(name)) is type(value) and not same(value, got[name])
    ]


def _compares_choice(response: ResponseObject) -> bool:
    """The reply has a choice with all members of the one that was sent, or some of them are others."""
    got = response.body.get("tool_choice")
    if not has_json_request(response) or not is_choice(got) or has(response, "prompt"):
        return False
    sent = response.sent.get("tool_choice")
    if not isinstance(sent, dict) or not isinstance(got, dict):
        return True
    return all(name in got for name, value in sent.items() if value is not None) or bool(_changed_choice(sent, got))


@check(E + "tool-choice", subject=ResponseObject, applies=_compares_choice)
def tool_choice(response: ResponseObject) -> Iterator[Violation]:
    """A reply repeats the tool_choice that was sent, auto when none was."""
    sent, got = requested_value(response, "tool_choice"), response.body["tool_choice"]
    expected = "auto" if sent is MISSING else sent
    if isinstance(expected, dict) and isinstance(got, dict):
        for name in _changed_choice(expected, got):
            place = response.at(f"/tool_choice/{name}")
            yield violation_at(place, f"{format_value(expected[name])}, as was sent", got[name])
    elif got != expected:
        yield violation_at(
            response.at("/tool_choice"),
            f"{format_value(expected)}, as {'none ' if sent is MISSING else ''}was sent",
            got,
        )
