"""Tools and the choice between them, as a reply repeats them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from antiphon.contract.schemas_explain import shown
from antiphon.judge.checks.response_echo import E, asked, has, known_request
from antiphon.judge.checks.response_fields import is_choice
from antiphon.judge.registry import Violation, check
from antiphon.judge.subjects import ResponseObject
from antiphon.judge.values import MISSING, a_dict, a_list, broken, is_text, objects, same
from antiphon.transcript.exchange import RETURNED

ALIASES = {"computer_use": "computer_use_preview"}
NAMED = ("function", "custom", "namespace")
COVER = frozenset("Xx*")
"""What secrets are covered with."""


def _lists_tools(response: ResponseObject) -> bool:
    listed = response.body.get("tools")
    told = isinstance(listed, list) and all(isinstance(each, dict) and _is_told(each) for each in listed)
    return known_request(response) and told and not has(response, "prompt")


def _is_told(tool: Mapping[str, Any]) -> bool:
    """The tool says its type, and its name or label if it has one; else its schema is broken, and that is all."""
    name = "server_label" if tool.get("type") == "mcp" else "name" if tool.get("type") in NAMED else "type"
    return isinstance(tool.get("type"), str) and isinstance(tool.get(name), str)


def _sent_tools(response: ResponseObject) -> list[dict[str, Any]]:
    return objects(asked(response, "tools"))


def _label(tool: Mapping[str, Any]) -> str:
    """What tells a tool from others: its type, and its name or server label."""
    kind = str(tool.get("type"))
    if kind == "mcp":
        return f"mcp {tool.get('server_label')}"
    return f"{kind} {tool.get('name')}" if kind in NAMED else ALIASES.get(kind, kind)


def _grows(response: ResponseObject) -> bool:
    """Tools that are found or added later come to the list, and move in it."""
    brought = any(tool.get("type") in ("tool_search", "namespace") for tool in _sent_tools(response))
    given = objects(response.sent.get("input"))
    return brought or any(item.get("type") in ("additional_tools", "tool_search_output") for item in given)


def _listed(response: ResponseObject) -> list[str]:
    """The labels of the tools of a reply, those inside a namespace included."""
    tools = objects(response.body["tools"])
    return [_label(tool) for each in tools for tool in (each, *objects(each.get("tools")))]


@check(E + "tools", on=ResponseObject, when=_lists_tools)
def tools(response: ResponseObject) -> Iterator[Violation]:
    """A reply lists every tool that was sent, by type and name, functions deferred to a search excepted."""
    listed = _listed(response)
    if listed == [_label(tool) for tool in _sent_tools(response)]:
        return
    sent = Counter(_label(tool) for tool in _sent_tools(response))
    due = Counter(_label(tool) for tool in _sent_tools(response) if tool.get("defer_loading") is not True)
    got = Counter(listed)
    shown = ", ".join(got) or "an empty list"
    if due - got:
        yield Violation(response.at("/tools"), "all of " + ", ".join(due), shown)
    elif got - sent and not _grows(response):
        yield Violation(response.at("/tools"), ", ".join(sent) or "an empty list, as none were sent", shown)


@check(
    E + "tools-order",
    on=ResponseObject,
    when=lambda response: _lists_tools(response) and not _grows(response) and len(_named(_sent_tools(response))) > 1,
)
def tools_order(response: ResponseObject) -> Iterator[Violation]:
    """Tools come back in the order in which they were sent; hosted tools may move behind functions."""
    sent, got = _named(_sent_tools(response)), _named(objects(response.body["tools"]))
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


@check(E + "tools-function", on=ResponseObject, when=lambda response: bool(_functions(response)))
def tools_function(response: ResponseObject) -> Iterator[Violation]:
    """A function tool in a reply has name, description, parameters and strict."""
    for number, tool in _functions(response):
        for name in ("name", "description", "parameters", "strict"):
            if name not in tool:
                yield broken(response.at(f"/tools/{number}/{name}"), "the field, null where it was not sent", MISSING)


@check(
    E + "tools-strict-boolean",
    on=ResponseObject,
    when=lambda response: any("strict" in tool for _, tool in _functions(response)),
)
def tools_strict_boolean(response: ResponseObject) -> Iterator[Violation]:
    """The strict of a function tool in a reply is a boolean."""
    for number, tool in _functions(response):
        if "strict" in tool and not isinstance(tool["strict"], bool):
            yield broken(response.at(f"/tools/{number}/strict"), "a boolean", tool["strict"])


def _stricts(response: ResponseObject) -> list[tuple[int, bool, bool]]:
    """Place, strict sent and strict returned of each function that has a boolean on both sides."""
    sent = {_label(tool): tool.get("strict") for tool in _sent_tools(response)}
    pairs = [(number, sent.get(_label(tool)), tool.get("strict")) for number, tool in _functions(response)]
    return [(number, one, two) for number, one, two in pairs if isinstance(one, bool) and isinstance(two, bool)]


@check(
    E + "tools-strict", on=ResponseObject, when=lambda response: known_request(response) and bool(_stricts(response))
)
def tools_strict(response: ResponseObject) -> Iterator[Violation]:
    """A strict that was sent with a function tool comes back as it was."""
    for number, sent, got in _stricts(response):
        if sent is not got:
            yield broken(response.at(f"/tools/{number}/strict"), f"{sent}, as was sent", got)


@check(
    E + "tool-choice",
    on=ResponseObject,
    when=lambda response: (
        known_request(response) and is_choice(response.body.get("tool_choice")) and not has(response, "prompt")
    ),
)
def tool_choice(response: ResponseObject) -> Iterator[Violation]:
    """A reply repeats the tool_choice that was sent, auto when none was."""
    sent, got = asked(response, "tool_choice"), response.body["tool_choice"]
    expected = "auto" if sent is MISSING else sent
    if isinstance(expected, dict) and isinstance(got, dict):
        for name, value in expected.items():
            fitting = name in got and type(got[name]) is type(value)
            if value is not None and fitting and not same(value, got[name]):
                place = response.at(f"/tool_choice/{name}")
                yield broken(place, f"{shown(value)}, as was sent", got.get(name, MISSING))
    elif got != expected:
        yield broken(
            response.at("/tool_choice"), f"{shown(expected)}, as {'none ' if sent is MISSING else ''}was sent", got
        )


def _sent_secrets(response: ResponseObject) -> set[str]:
    found: set[str] = set()
    for tool in _sent_tools(response):
        if tool.get("type") == "mcp":
            found |= {
                value for value in [tool.get("authorization"), *a_dict(tool.get("headers")).values()] if is_text(value)
            }
    return {secret for secret in found if len(secret) >= 8 and "redacted" not in secret.lower()}


def _secrets(response: ResponseObject) -> set[str]:
    """The secrets of the request's tools, as far as no recorder covered them."""
    return {secret for secret in _sent_secrets(response) if set(secret) - COVER}


def _is_noted(response: ResponseObject) -> bool:
    """The recorder covered the secrets of the request, and would have noted it if one had come back."""
    covered = any(set(secret) == {"X"} for secret in _sent_secrets(response))
    return covered and (RETURNED in response.exchange.notes or not any(map(_covered, objects(response.body["tools"]))))


def _covered(tool: Mapping[str, Any]) -> bool:
    return any("XXXXXXXX" in value for value in _strings(tool))


@check(
    E + "secrets-redacted",
    on=ResponseObject,
    when=lambda response: (
        known_request(response) and "tools" in response.body and (bool(_secrets(response)) or _is_noted(response))
    ),
)
def secrets_redacted(response: ResponseObject) -> Iterator[Violation]:
    """Secrets of a remote tool do not come back in a reply."""
    for number, tool in enumerate(objects(response.body["tools"])):
        returned = RETURNED in response.exchange.notes and _covered(tool)
        if returned or _secrets(response) & set(_strings(tool)):
            yield Violation(response.at(f"/tools/{number}"), "no secret of the request", "a secret of the request")


def _strings(tool: Mapping[str, Any]) -> Iterator[str]:
    """The strings of a tool where a secret may stand: its fields, and its headers."""
    for value in [*tool.values(), *a_dict(tool.get("headers")).values()]:
        if isinstance(value, str):
            yield value
