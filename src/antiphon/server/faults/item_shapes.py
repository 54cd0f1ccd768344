"""Items and tools with one member of a wrong type, by the schema that this breaks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from antiphon.server.faults.base import Fault, one
from antiphon.server.faults.bodies import fault as of_response
from antiphon.server.faults.shaping import Edit, in_item, without
from antiphon.server.store import Json

WRONG = 5
"""A number where a text or a list belongs."""
CALLS: Mapping[str, str] = {
    "custom_tool_call": "namespace",
    "file_search_call": "queries",
    "code_interpreter_call": "container_id",
    "image_generation_call": "size",
    "computer_call": "pending_safety_checks",
    "shell_call": "created_by",
    "apply_patch_call": "created_by",
    "mcp_call": "approval_request_id",
    "mcp_approval_request": "server_label",
    "mcp_list_tools": "error",
}
"""Calls of tools beyond functions, and the member that is a number."""
HANDED_BACK: Mapping[str, str] = {
    "custom_tool_call_output": "created_by",
    "apply_patch_call_output": "created_by",
    "local_shell_call_output": "output",
    "computer_call_output": "created_by",
    "mcp_approval_response": "approve",
    "tool_search_call": "created_by",
    "tool_search_output": "created_by",
    "additional_tools": "role",
    "program": "fingerprint",
    "program_output": "result",
    "configuration_update": "reasoning",
}
"""Items that the client hands back to the model, and the member that is a number where they are listed."""
ALONE: Mapping[str, tuple[str, str, str]] = {
    "function-call-namespace-number": ("The namespace of a function call is a number.", "function_call", "namespace"),
    "call-output-maker-number": ("The maker of a function's output is a number.", "function_call_output", "created_by"),
    "shell-output-maker-number": ("The maker of a shell's output is a number.", "shell_call_output", "created_by"),
    "compaction-maker-number": ("The maker of a compaction is a number.", "compaction", "created_by"),
    "reasoning-content-number": ("The content of a reasoning item is a number.", "reasoning", "content"),
}
"""Faults of one item: what they say, its type, and the member that is a number."""


def retyped(kinds: Mapping[str, str]) -> Callable[[Json], Json]:
    return lambda item: {**item, kinds[item["type"]]: WRONG} if item["type"] in kinds else item


def schemas(*kinds: str) -> frozenset[str]:
    return one(*(f"item.schema.{kind.replace('_', '-')}" for kind in kinds))


def misshapen(name: str, says: str, edit: Edit, *kinds: str) -> Fault:
    """Items of a wrong shape, which breaks the schemas of these kinds."""
    return Fault(name=name, says=says, breaks=schemas(*kinds), item=edit)


def human(item: Json) -> Json:
    """Messages of the user have a role that no source knows."""
    return {**item, "role": "human"} if item["role"] == "user" else item


def misasked(item: Json) -> Json:
    return {**item, "action": {**item["action"], "query": WRONG}} if "action" in item else item


TOOLS: Mapping[str, str] = {
    "function": "output_schema", "custom": "defer_loading", "mcp": "defer_loading", "web_search": "return_token_budget",
}  # fmt: skip


def misshapen_tools(response: Json) -> Json:
    tools = [{**tool, TOOLS[tool["type"]]: WRONG} if tool["type"] in TOOLS else tool for tool in response["tools"]]
    return {**response, "tools": tools}


def misshapen_choice(response: Json) -> Json:
    choice: Any = response["tool_choice"]
    wrong = isinstance(choice, dict) and choice["type"] == "mcp"
    return {**response, "tool_choice": {**choice, "name": WRONG}} if wrong else response


FAULTS = (
    misshapen(
        "calls-misshapen", "Calls of tools beyond functions have a member that is a number.", retyped(CALLS), *CALLS
    ),
    misshapen(
        "handed-back-misshapen",
        "Items that the client made have a member that is a number.",
        retyped(HANDED_BACK),
        *HANDED_BACK,
    ),
    *(misshapen(name, says, retyped({kind: member}), kind) for name, (says, kind, member) in ALONE.items()),
    misshapen(
        "search-query-number",
        "The action of a web search has a query that is a number.",
        in_item("web_search_call", misasked),
        "web_search_call",
    ),
    misshapen(
        "local-shell-without-env",
        "The action of a local shell has no environment.",
        in_item("local_shell_call", lambda item: {**item, "action": without(item["action"], "env")}),
        "local_shell_call",
    ),
    misshapen("message-role-human", "Messages of the user have the role human.", in_item("message", human), "message"),
    of_response(
        "tools-misshapen",
        "Tools in the reply have a member that is a number.",
        " ".join(schemas("tool.function", "tool.custom", "tool.mcp", "tool.hosted")),
        misshapen_tools,
    ),
    of_response(
        "tool-choice-name-number",
        "A tool_choice that names a server names a tool by a number.",
        "item.schema.tool-choice",
        misshapen_choice,
    ),
)
