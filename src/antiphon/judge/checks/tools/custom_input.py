"""Input of custom tools: free text in the form that the tool asks for, and not wrapped in JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import jsonschema_rs

from antiphon.contract.schemas.lone_surrogates import without_lone_surrogates
from antiphon.judge.checks.items.common import final
from antiphon.judge.registry import Violation, check
from antiphon.judge.subjects.responses import FINAL, ResponseObject
from antiphon.judge.values import a_dict, objects, parse_json, violation_at

WRAPPERS = frozenset({"input", "arguments", "text", "content", "value", "query", "code", "command", "patch", "data"})
"""Names under which servers put the text, if it is not the name of the tool."""


def _custom_tools(response: ResponseObject) -> dict[str, Mapping[str, Any]]:
    """The custom tools of a request by name, those in namespaces among them; those of the reply where it is unknown."""
    tools = objects(response.sent.get("tools") if response.is_known_create else response.body.get("tools"))
    inner = [each for tool in tools if tool.get("type") == "namespace" for each in objects(tool.get("tools"))]
    return {str(tool.get("name")): tool for tool in (*tools, *inner) if tool.get("type") == "custom"}


def _inputs(response: ResponseObject) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Place and value of each finished input, with the tool that it is for."""
    tools = _custom_tools(response)
    for number, item in enumerate(response.output):
        tool = tools.get(str(item.get("name")))
        whole = item.get("status") in (None, "completed") and response.status == "completed"
        if item.get("type") == "custom_tool_call" and tool and whole and isinstance(item.get("input"), str):
            yield response.at(f"/output/{number}/input"), item["input"], tool


def _definition(tool: Mapping[str, Any], syntax: str) -> str | None:
    """The definition of a tool's grammar, where it is of a syntax."""
    form = a_dict(tool.get("format"))
    return form["definition"] if form.get("syntax") == syntax and isinstance(form.get("definition"), str) else None


@lru_cache(maxsize=256)
def _matcher(pattern: str) -> jsonschema_rs.Validator | None:
    """What tells whether a text is one of a pattern, in linear time; None for what is no pattern of that syntax."""
    try:
        linear = jsonschema_rs.RegexOptions()
        return jsonschema_rs.Draft202012Validator({"pattern": f"^(?:{pattern})$"}, pattern_options=linear)
    except ValueError:
        return None


def _matched(response: ResponseObject) -> list[tuple[str, str, str]]:
    """Place, value and pattern of each input of a tool whose format is a pattern."""
    pairs = ((at, text, _definition(tool, "regex")) for at, text, tool in _inputs(response))
    return [(at, text, pattern) for at, text, pattern in pairs if pattern is not None and _matcher(pattern)]


@check(
    "tools.custom-input-fits",
    subject=ResponseObject,
    sorts=FINAL,
    applies=lambda response: final(response) and bool(_matched(response)),
)
def custom_input_fits(response: ResponseObject) -> Iterator[Violation]:
    """The input of a custom tool is one that the pattern of its format matches."""
    for at, text, pattern in _matched(response):
        matcher = _matcher(pattern)
        if matcher and not matcher.is_valid(without_lone_surrogates(text)):
            yield violation_at(at, f"a text that {pattern!r} matches", text)


def _may_be_json(tool: Mapping[str, Any]) -> bool:
    """The tool speaks of JSON, has a pattern of its own, or a grammar in which a brace is written."""
    said = f"{tool.get('name')} {tool.get('description')}".lower()
    grammar = _definition(tool, "lark") or ""
    return "json" in said or "object" in said or _definition(tool, "regex") is not None or "{" in grammar


def _is_wrapped(text: str, tool: Mapping[str, Any]) -> bool:
    """The text is an object with one text under a name such as `input`, or a text in the quotes of JSON."""
    value = parse_json(text) if text[:1] in ("{", '"') else None
    if isinstance(value, str):
        return "\\" in text and _definition(tool, "lark") is None
    if not isinstance(value, dict) or len(value) != 1:
        return False
    ((name, inner),) = value.items()
    return isinstance(inner, str) and (name in WRAPPERS or name == tool.get("name"))


@check(
    "tools.custom-input-plain",
    subject=ResponseObject,
    sorts=FINAL,
    applies=lambda response: final(response) and any(not _may_be_json(tool) for _, _, tool in _inputs(response)),
)
def custom_input_plain(response: ResponseObject) -> Iterator[Violation]:
    """The input of a custom tool is its text, and not an object of JSON with the text in it."""
    for at, text, tool in _inputs(response):
        if not _may_be_json(tool) and _is_wrapped(text.strip(), tool):
            yield violation_at(at, "the text itself", text)
