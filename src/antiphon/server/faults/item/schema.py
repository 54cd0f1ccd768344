"""Items with a member of a wrong type, by the schema that this breaks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from antiphon.server.faults.base import fault
from antiphon.server.faults.edits import Edit, in_each, in_item, in_member, in_parts, put, when_remote_tools, without
from antiphon.server.faults.replies import LIST, change_body
from antiphon.server.faults.rewrites import edit
from antiphon.server.json_values import Event, Json

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


def spoil_members(kinds: Mapping[str, str]) -> Callable[[Json], Json]:
    return lambda item: {**item, kinds[item["type"]]: WRONG} if item["type"] in kinds else item


def name_human(item: Json) -> Json:
    """Messages of the user have a role that no source knows."""
    return {**item, "role": "human"} if item["role"] == "user" else item


def spoil_query(item: Json) -> Json:
    return {**item, "action": {**item["action"], "query": WRONG}} if "action" in item else item


TOOLS: Mapping[str, str] = {
    "function": "output_schema", "custom": "defer_loading", "mcp": "defer_loading", "web_search": "return_token_budget",
}  # fmt: skip


def spoil_choice(response: Json) -> Json:
    choice: Any = response["tool_choice"]
    wrong = isinstance(choice, dict) and choice["type"] == "mcp"
    return {**response, "tool_choice": {**choice, "name": WRONG}} if wrong else response


def wrap(member: str, inside: str = "value") -> Edit:
    """A text becomes an object that holds it."""
    return lambda part: {**part, member: {inside: part[member]}}


def cites_file(part: Json) -> bool:
    return any(note["type"] == "file_citation" for note in part["annotations"])


pin_texts = in_parts(put(prompt_cache_breakpoint=WRONG), of="input_text")
ANNOTATION_MEMBERS: Mapping[str, str] = {
    "url_citation": "title", "file_citation": "filename", "container_file_citation": "filename", "file_path": "file_id",
}  # fmt: skip
spoil_annotation = spoil_members(ANNOTATION_MEMBERS)


def spoil_annotation_event(event: Event) -> Event:
    """The same in events: a part that is done, or an annotation that is added."""
    return in_member("annotation", spoil_annotation)(in_member("part", in_each("annotations", spoil_annotation))(event))


FAULTS = (
    fault(
        "message-role-human",
        "Messages of the user have the role human.",
        "item.schema.message",
        item=in_item("message", name_human),
        implies="modes.input-listed compact.keeps-user-messages compact.output-is-input",
    ),
    fault(
        "function-call-namespace-number",
        "The namespace of a function call is a number.",
        "item.schema.function-call",
        item=spoil_members({"function_call": "namespace"}),
        implies="tools.call-names-namespace",
    ),
    fault(
        "call-output-maker-number",
        "The maker of a function's output is a number.",
        "item.schema.function-call-output",
        item=spoil_members({"function_call_output": "created_by"}),
    ),
    fault(
        "calls-misshapen",
        "Calls of tools beyond functions have a member that is a number.",
        "item.schema.custom-tool-call item.schema.file-search-call item.schema.code-interpreter-call "
        "item.schema.image-generation-call item.schema.computer-call item.schema.shell-call "
        "item.schema.apply-patch-call item.schema.mcp-call item.schema.mcp-approval-request "
        "item.schema.mcp-list-tools",
        item=spoil_members(CALLS),
    ),
    fault(
        "handed-back-misshapen",
        "Items that the client made have a member that is a number.",
        "item.schema.custom-tool-call-output item.schema.apply-patch-call-output item.schema.local-shell-call-output "
        "item.schema.computer-call-output item.schema.mcp-approval-response item.schema.tool-search-call "
        "item.schema.tool-search-output item.schema.additional-tools item.schema.program item.schema.program-output "
        "item.schema.configuration-update",
        item=spoil_members(HANDED_BACK),
    ),
    fault(
        "reasoning-content-number",
        "The content of a reasoning item is a number.",
        "item.schema.reasoning",
        item=spoil_members({"reasoning": "content"}),
        implies="create.replay-rich reasoning.encrypted-replay",
    ),
    fault(
        "search-query-number",
        "The action of a web search has a query that is a number.",
        "item.schema.web-search-call",
        item=in_item("web_search_call", spoil_query),
    ),
    fault(
        "local-shell-without-env",
        "The action of a local shell has no environment.",
        "item.schema.local-shell-call",
        item=in_item("local_shell_call", lambda item: {**item, "action": without(item["action"], "env")}),
    ),
    fault(
        "shell-output-maker-number",
        "The maker of a shell's output is a number.",
        "item.schema.shell-call-output",
        item=spoil_members({"shell_call_output": "created_by"}),
    ),
    fault(
        "compaction-maker-number",
        "The maker of a compaction is a number.",
        "item.schema.compaction",
        item=spoil_members({"compaction": "created_by"}),
    ),
    fault(
        "instructions-as-reference",
        "Beside remote tools the instructions are a reference whose id is a number.",
        "item.schema.item-reference",
        response=when_remote_tools(put(instructions=[{"type": "item_reference", "id": 5}])),
    ),
    fault(
        "text-in-a-box",
        "The text of an answer from files is an object.",
        "item.schema.part.output-text",
        item=in_parts(lambda part: wrap("text")(part) if cites_file(part) else part),
    ),
    fault(
        "refusal-in-a-box",
        "The refusal of a part is an object.",
        "item.schema.part.refusal",
        item=in_parts(wrap("refusal", "text"), of="refusal"),
    ),
    fault(
        "reasoning-text-in-a-box",
        "The text of reasoning that is handed back is an object.",
        "item.schema.part.reasoning-text",
        item=in_item("reasoning", in_each("content", wrap("text"))),
    ),
    fault(
        "summary-in-a-box",
        "The text of a summary is an object.",
        "item.schema.part.summary-text",
        item=in_item("reasoning", in_each("summary", wrap("text"))),
    ),
    fault(
        "listed-text-pinned",
        "Listed texts have a cache breakpoint that is a number.",
        "item.schema.part.input",
        reply=change_body(in_each("data", pin_texts), to=LIST),
    ),
    fault(
        "annotations-misshapen",
        "Annotations have a title or file name that is a number.",
        "item.schema.annotation.url-citation item.schema.annotation.file-citation "
        "item.schema.annotation.container-file-citation item.schema.annotation.file-path",
        item=in_parts(in_each("annotations", spoil_annotation)),
        events=edit("response.output_text.annotation.added", "response.content_part.done", by=spoil_annotation_event),
    ),
    fault(
        "tools-misshapen",
        "Tools in the reply have a member that is a number.",
        "item.schema.tool.mcp item.schema.tool.function item.schema.tool.hosted item.schema.tool.custom",
        response=in_each("tools", spoil_members(TOOLS)),
        implies="modes.settings-kept",
    ),
    fault(
        "tool-choice-name-number",
        "A tool_choice that names a server names a tool by a number.",
        "item.schema.tool-choice",
        response=spoil_choice,
    ),
    fault(
        "logprob-bytes-text",
        "The bytes of a log probability are a text.",
        "item.schema.logprob",
        item=in_parts(in_each("logprobs", put(bytes="Hello"))),
    ),
)
