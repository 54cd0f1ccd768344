"""Which tools must be called."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from antiphon.server.errors import ApiError
from antiphon.server.policy import Policy
from antiphon.server.store import Json

MOST_CALLS = 4


def callable_tools(tools: Iterable[Json]) -> list[Json]:
    """The tools that can be called, those inside namespaces too."""
    found: list[Json] = []
    for tool in tools:
        if tool["type"] == "namespace":
            found += [{**inner, "namespace": tool["name"]} for inner in tool["tools"]]
        elif tool["type"] not in ("tool_search", "programmatic_tool_calling"):
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
    offered = [*callable_tools(tools), *(tool for tool in tools if tool["type"] in ("namespace", "tool_search"))]
    for wanted in choice["tools"] if choice["type"] == "allowed_tools" else [choice]:
        if not any(matches(tool, wanted) for tool in offered):
            name = wanted.get("name") or wanted.get("server_label") or wanted.get("type")
            raise ApiError(f"Tool choice '{name}' not found in 'tools' parameter.", param="tool_choice")


def calls(response: Json, policy: Policy, *, several: bool) -> list[Json]:
    """The tools to call, in order; several only where the request wants and allows them."""
    choice, offered = response["tool_choice"], callable_tools(response["tools"])
    parallel = response["parallel_tool_calls"]
    candidates = _candidates(choice, offered, policy)
    if not candidates:
        return []
    if not policy.obeys_parallel and not parallel:
        return (candidates * 2)[:2]
    if not (several and parallel):
        return candidates[:1]
    return candidates[:MOST_CALLS] if len(candidates) > 1 else candidates * 2


def _candidates(choice: Any, offered: list[Json], policy: Policy) -> list[Json]:
    if choice == "none":
        return [] if policy.obeys_none else offered
    if choice == "auto" or not policy.obeys_choice:
        return []
    if choice == "required":
        return offered
    if choice["type"] == "allowed_tools":
        allowed = [tool for tool in offered if any(matches(tool, wanted) for wanted in choice["tools"])]
        others = [tool for tool in offered if tool not in allowed]
        if choice["mode"] == "auto":
            return []
        return allowed if policy.obeys_allowed or not others else others
    named = [tool for tool in offered if matches(tool, choice)]
    others = [tool for tool in offered if tool not in named]
    return named if policy.obeys_name or not others else others
