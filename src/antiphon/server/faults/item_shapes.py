"""Items, parts, annotations and tools with one member of a wrong type, by the schema that this breaks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

from antiphon.server.faults.base import Events, Fault, Reply, one
from antiphon.server.faults.bodies import fault as of_response
from antiphon.server.faults.shaping import in_parts
from antiphon.server.store import Event, Json

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


def retyped(kinds: Mapping[str, str]) -> Callable[[Json], Json]:
    return lambda item: {**item, kinds[item["type"]]: WRONG} if item["type"] in kinds else item


def schemas(*kinds: str) -> frozenset[str]:
    return one(*(f"item.schema.{kind.replace('_', '-')}" for kind in kinds))


def human(item: Json) -> Json:
    """Messages of the user have a role that no source knows."""
    return {**item, "role": "human"} if item["type"] == "message" and item["role"] == "user" else item


def without_env(item: Json) -> Json:
    if item["type"] != "local_shell_call":
        return item
    return {**item, "action": {name: value for name, value in item["action"].items() if name != "env"}}


def cites_file(part: Json) -> bool:
    return any(note["type"] == "file_citation" for note in part["annotations"])


def boxed(part: Json) -> Json:
    """The text of an answer from files is an object."""
    return {**part, "text": {"value": part["text"]}} if cites_file(part) else part


def pinned(item: Json) -> Json:
    if item["type"] != "message" or not isinstance(item.get("content"), list):
        return item
    parts = [{**part, "prompt_cache_breakpoint": WRONG} if part["type"] == "input_text" else part
             for part in item["content"]]  # fmt: skip
    return {**item, "content": parts}


def listed(reply: Reply) -> Reply:
    """The texts of listed items carry a breakpoint that is a number."""
    if reply.operation == "list-input-items" and reply.status == 200:
        reply.body = {**reply.body, "data": [pinned(item) for item in reply.body["data"]]}
    return reply


NOTED: Mapping[str, str] = {
    "url_citation": "title", "file_citation": "filename", "container_file_citation": "filename", "file_path": "file_id",
}  # fmt: skip


def misnoted(note: Json) -> Json:
    return {**note, NOTED[note["type"]]: WRONG} if note["type"] in NOTED else note


def misnoted_part(part: Json) -> Json:
    return {**part, "annotations": [misnoted(note) for note in part["annotations"]]} if "annotations" in part else part


def misnoted_events(events: Events) -> Events:
    async def rewrite() -> AsyncIterator[Event]:
        async for event in events:
            if event["type"] == "response.output_text.annotation.added":
                event = {**event, "annotation": misnoted(event["annotation"])}
            elif event["type"] == "response.content_part.done":
                event = {**event, "part": misnoted_part(event["part"])}
            yield event

    return rewrite()


def unreadable(part: Json) -> Json:
    return {**part, "logprobs": [{**each, "bytes": "Hello"} for each in part["logprobs"]]}


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
    Fault(
        name="calls-misshapen",
        says="Calls of tools beyond functions have a member that is a number.",
        breaks=schemas(*CALLS),
        item=retyped(CALLS),
    ),
    Fault(
        name="handed-back-misshapen",
        says="Items that the client made have a member that is a number.",
        breaks=schemas(*HANDED_BACK),
        item=retyped(HANDED_BACK),
    ),
    Fault(
        name="reasoning-text-in-a-box",
        says="The text of reasoning that is handed back is an object.",
        breaks=schemas("part.reasoning_text"),
        item=lambda item: (
            {**item, "content": [{**part, "text": {"value": part["text"]}} for part in item["content"]]}
            if item["type"] == "reasoning" and item.get("content")
            else item
        ),
    ),
    Fault(
        name="function-call-namespace-number",
        says="The namespace of a function call is a number.",
        breaks=schemas("function_call"),
        item=retyped({"function_call": "namespace"}),
    ),
    Fault(
        name="call-output-maker-number",
        says="The maker of a function's output is a number.",
        breaks=schemas("function_call_output"),
        item=retyped({"function_call_output": "created_by"}),
    ),
    Fault(
        name="shell-output-maker-number",
        says="The maker of a shell's output is a number.",
        breaks=schemas("shell_call_output"),
        item=retyped({"shell_call_output": "created_by"}),
    ),
    Fault(
        name="compaction-maker-number",
        says="The maker of a compaction is a number.",
        breaks=schemas("compaction"),
        item=retyped({"compaction": "created_by"}),
    ),
    Fault(
        name="reasoning-content-number",
        says="The content of a reasoning item is a number.",
        breaks=schemas("reasoning"),
        item=retyped({"reasoning": "content"}),
    ),
    Fault(
        name="search-query-number",
        says="The action of a web search has a query that is a number.",
        breaks=schemas("web_search_call"),
        item=lambda item: (
            {**item, "action": {**item["action"], "query": WRONG}}
            if item["type"] == "web_search_call" and "action" in item
            else item
        ),
    ),
    Fault(
        name="local-shell-without-env",
        says="The action of a local shell has no environment.",
        breaks=schemas("local_shell_call"),
        item=without_env,
    ),
    Fault(
        name="message-role-human",
        says="Messages of the user have the role human.",
        breaks=schemas("message"),
        item=human,
    ),
    Fault(
        name="text-in-a-box",
        says="The text of an answer from files is an object.",
        breaks=schemas("part.output_text"),
        item=in_parts(boxed),
    ),
    Fault(
        name="refusal-in-a-box",
        says="The refusal of a part is an object.",
        breaks=schemas("part.refusal"),
        item=in_parts(lambda part: {**part, "refusal": {"text": part["refusal"]}}, of="refusal"),
    ),
    Fault(
        name="summary-in-a-box",
        says="The text of a summary is an object.",
        breaks=schemas("part.summary_text"),
        item=lambda item: (
            {**item, "summary": [{**part, "text": {"value": part["text"]}} for part in item["summary"]]}
            if item["type"] == "reasoning"
            else item
        ),
    ),
    Fault(
        name="listed-text-pinned",
        says="Listed texts have a cache breakpoint that is a number.",
        breaks=schemas("part.input"),
        reply=listed,
    ),
    Fault(
        name="annotations-misshapen",
        says="Annotations have a title or file name that is a number.",
        breaks=schemas(*(f"annotation.{kind}" for kind in NOTED)),
        item=in_parts(misnoted_part),
        events=misnoted_events,
    ),
    Fault(
        name="logprob-bytes-text",
        says="The bytes of a log probability are a text.",
        breaks=schemas("logprob"),
        item=in_parts(unreadable),
    ),
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
