"""Choice of the tools to call."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from antiphon.server.behaviour.policy import ServerPolicy
from antiphon.server.errors import ApiError
from antiphon.server.json_values import Json

MOST_CALLS = 4
WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_VERBS = """
a an and by calculate call check compute create current do execute fetch find for from function get in info information
latest list look lookup make my new now of on perform query read retrieve run search send set show tell the to today
tool up use
"""
VERBS = frozenset(_VERBS.split())
"""Words in the names of functions that do not say what they are about."""
UNCALLED = ("namespace", "tool_search", "programmatic_tool_calling")
"""Tools that lead to others and are not called themselves."""


def callable_tools(tools: Iterable[Json]) -> list[Json]:
    """The tools that can be called, those inside namespaces too."""
    found: list[Json] = []
    for tool in tools:
        if tool["type"] == "namespace":
            found += [{**inner, "namespace": tool["name"]} for inner in tool["tools"]]
        elif tool["type"] not in UNCALLED:
            found.append(tool)
    return found


def matches(tool: Json, wanted: Json) -> bool:
    """Whether an entry of a choice means this tool."""
    kind = str(wanted.get("type"))
    if kind in ("function", "custom"):
        return bool(tool["type"] == kind and tool["name"] == wanted.get("name"))
    if kind == "mcp":
        return bool(tool["type"] == "mcp" and tool["server_label"] == wanted.get("server_label"))
    return family(kind) == family(tool["type"])


def family(kind: str) -> str:
    """One name for the variants of a hosted tool."""
    for stem in ("web_search", "computer"):
        if kind.startswith(stem):
            return stem
    return kind


def check_choice(choice: Any, tools: list[Json]) -> None:
    """A choice names tools that are there."""
    if not isinstance(choice, dict):
        if choice == "required" and not tools:
            raise ApiError("Tool choice 'required' must be specified with 'tools' parameter.", param="tool_choice")
        return
    offered = [*callable_tools(tools), *(tool for tool in tools if tool["type"] in UNCALLED)]
    for wanted in choice["tools"] if choice["type"] == "allowed_tools" else [choice]:
        if not any(matches(tool, wanted) for tool in offered):
            name = wanted.get("name") or wanted.get("server_label") or wanted.get("type")
            raise ApiError(f"Tool choice '{name}' not found in 'tools' parameter.", param="tool_choice")


def calls(response: Json, policy: ServerPolicy, *, several: bool, wish: str = "") -> list[Json]:
    """The tools to call, in order; several only where the request wants and allows them.

    Where the choice is left open, those that `wish` mentions by their names.
    """
    if not response["tools"]:
        return []
    choice, offered = response["tool_choice"], callable_tools(response["tools"])
    parallel = response["parallel_tool_calls"]
    candidates = _candidates(choice, offered, policy, wish)
    if _is_open(choice):
        return candidates[:MOST_CALLS] if parallel else candidates[:1]
    if not candidates:
        return []
    if not policy.obeys_parallel and not parallel:
        return (candidates * 2)[:2]
    if not (several and parallel):
        return candidates[:1]
    return candidates[:MOST_CALLS] if len(candidates) > 1 else candidates * 2


def _is_open(choice: Any) -> bool:
    """Whether a tool may be called, and need not be."""
    return choice == "auto" or (isinstance(choice, dict) and choice.get("mode") == "auto")


def is_mentioned(tool: Json, wish: str) -> bool:
    """Whether a text has the name of a tool, as it is or in words; of a function what it is about is enough."""
    name = str(tool.get("name") or tool.get("server_label") or tool["type"])
    if any(_has_word(wish, text) for text in {name.lower(), name.lower().replace("_", " ")}):
        return True
    topics = [word for word in map(str.lower, WORD.findall(name)) if word not in VERBS]
    return tool["type"] in ("function", "custom") and bool(topics) and all(_has_word(wish, word) for word in topics)


def _has_word(text: str, word: str) -> bool:
    return word in text and re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text) is not None


def _candidates(choice: Any, offered: list[Json], policy: ServerPolicy, wish: str) -> list[Json]:
    if choice == "none":
        return [] if policy.obeys_none else offered
    if choice == "auto":
        return [tool for tool in offered if wish and is_mentioned(tool, wish)]
    if not policy.obeys_choice:
        return []
    if choice == "required":
        return offered
    if choice["type"] == "allowed_tools":
        allowed = [tool for tool in offered if any(matches(tool, wanted) for wanted in choice["tools"])]
        others = [tool for tool in offered if tool not in allowed]
        if choice["mode"] == "auto":
            return [tool for tool in allowed if wish and is_mentioned(tool, wish)]
        return allowed if policy.obeys_allowed or not others else others
    if choice["type"] in UNCALLED:
        return offered
    named = [tool for tool in offered if matches(tool, choice)]
    others = [tool for tool in offered if tool not in named]
    return named if policy.obeys_name or not others else others
