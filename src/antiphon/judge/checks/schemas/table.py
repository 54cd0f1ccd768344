"""Where a schema error belongs: the one table from places to requirements.

A value of the API is a tree of responses, items, parts, annotations and so on. An error belongs to the innermost of
them that it lies in, and there to the requirement of its field, if the field has one, else to the whole. So one wrong
field is one violation. Requirements that a check of their own judges appear here all the same: an error that belongs
to such a one is left to that check.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from antiphon.judge.values import words

LISTS: Final[Mapping[str, Mapping[str, str]]] = {
    "response": {"output": "item", "instructions": "given", "tools": "tool"},
    "item": {"content": "part", "summary": "part"},
    "item/function_call_output": {"output": "part"},
    "item/custom_tool_call_output": {"output": "part"},
    "item/tool_search_output": {"tools": "tool"},
    "item/additional_tools": {"tools": "tool"},
    "part/output_text": {"annotations": "annotation", "logprobs": "logprob"},
}
"""For each place, the fields that are lists of places, and what they hold. `item/TYPE` is an item of that type."""

OBJECTS: Final[Mapping[str, Mapping[str, str]]] = {"response": {"tool_choice": "tool-choice", "usage": "usage"}}
"""For each place, the fields that are places themselves."""

WHOLE: Final[Mapping[str, str]] = {
    "response": "response.schema",
    "usage": "usage.details",
    "part/output_text": "item.schema.part.output-text",
    "part/refusal": "item.schema.part.refusal",
    "part/reasoning_text": "item.schema.part.reasoning-text",
    "part/summary_text": "item.schema.part.summary-text",
    "part/input_text": "item.schema.part.input",
    "part/input_image": "item.schema.part.input",
    "part/input_file": "item.schema.part.input",
    "part/input_video": "item.schema.part.input",
    "part/input_audio": "item.schema.part.input",
    "part/computer_screenshot": "item.schema.part.input",
    "part/text": "item.schema.part.input",
    "tool/function": "item.schema.tool.function",
    "tool/custom": "item.schema.tool.custom",
    "tool/mcp": "item.schema.tool.mcp",
    "tool": "item.schema.tool.hosted",
    "tool-choice": "item.schema.tool-choice",
    "logprob": "item.schema.logprob",
}
"""The requirement of a whole place; of items and annotations it is made from the type."""

FIELDS: Final[Mapping[str, Mapping[str, str]]] = {
    "response": {
        "error": "response.field.error",
        "error/code": "response.error.known-code",
        "error/message": "response.field.error-strings",
        "incomplete_details": "response.field.incomplete-details",
        "incomplete_details/reason": "response.incomplete.known-reason",
        "metadata/*": "response.field.metadata",
        "text": "response.field.text",
        "text/format": "response.field.text",
        "usage": "response.field.usage",
        "frequency_penalty": "response.field.penalties",
        "presence_penalty": "response.field.penalties",
        "conversation": "response.field.conversation",
        "conversation/id": "response.field.conversation",
        "moderation": "create.moderation-object",
        "moderation/input": "create.moderation-object",
        "moderation/output": "create.moderation-object",
        "output_text": "response.field.output-text",
    }
    | {
        name: f"response.field.{name.replace('_', '-')}"
        for name in words(
            "id object created_at status output model tools tool_choice parallel_tool_calls metadata instructions "
            "temperature top_p truncation reasoning max_output_tokens previous_response_id store background "
            "service_tier completed_at max_tool_calls top_logprobs prompt_cache_key safety_identifier user"
        )
    },
    "usage": {"input_tokens": "usage.counts", "output_tokens": "usage.counts", "total_tokens": "usage.counts"}
    | {
        "input_tokens_details/cache_write_tokens": "usage.cache-write-tokens",
    },
    "item": {"id": "item.id-present", "type": "item.type-known", "status": "item.status-known"},
    "item/message": {
        "role": "item.message-role",
        "content": "item.message-content-list",
        "phase": "item.phase",
    },
    "item/function_call": {"call_id": "item.call-id-present", "arguments": "item.arguments-string"},
    "item/custom_tool_call": {"call_id": "item.call-id-present"},
    "item/shell_call": {"call_id": "item.call-id-present"},
    "item/reasoning": {
        "summary": "item.reasoning-summary-list",
        "summary/*": "reasoning.summary-parts",
        "summary/*/type": "reasoning.summary-parts",
    },
    "item/web_search_call": {"action": "item.web-search-action"},
    "item/compaction": {"encrypted_content": "item.compaction-encrypted"},
    "part/output_text": {"annotations": "item.annotations-list", "logprobs": "item.logprobs-list"},
    "tool/function": {"strict": "response.echo.tools-strict-boolean"},
    "given": {"type": "item.type-known", "status": "item.status-known"},
    "listed": {"id": "input-items.item-ids", "type": "item.type-known", "status": "item.status-known"},
    "listed/message": {"content": "input-items.content-parts", "content/*": "input-items.content-parts"},
    "kept": {"type": "item.type-known", "status": "item.status-known"},
    "kept/message": {
        "id": "conversations.item-message-shape",
        "role": "conversations.item-message-shape",
        "content": "conversations.item-message-shape",
    },
    "compacted": {"id": "item.id-present", "type": "item.type-known", "status": "item.status-known"},
    "compacted/compaction": {"encrypted_content": "compact.encrypted"},
}
"""Fields with a requirement of their own, by the way to them; `*` stands for any one step."""

ABSENT: Final[Mapping[str, Mapping[str, str]]] = {
    "item": {"status": "WHOLE"},
    "given": {"status": "WHOLE"},
    "listed": {"status": "WHOLE"},
    "kept": {"status": "WHOLE"},
    "compacted": {"status": "WHOLE"},
    "item/message": {"status": "item.message-status"},
    "kept/message": {"status": "conversations.item-message-shape"},
    "tool/function": dict.fromkeys(("name", "description", "parameters", "strict"), "response.echo.tools-function"),
}
"""Fields whose absence is another requirement than their value; WHOLE is that of the whole place."""

ITEMS: Final = frozenset(
    words(
        "message function_call function_call_output custom_tool_call custom_tool_call_output reasoning web_search_call "
        "file_search_call code_interpreter_call image_generation_call computer_call computer_call_output "
        "local_shell_call local_shell_call_output shell_call shell_call_output apply_patch_call "
        "apply_patch_call_output mcp_list_tools mcp_call mcp_approval_request mcp_approval_response tool_search_call "
        "tool_search_output compaction item_reference additional_tools configuration_update "
        "program program_output"
    )
)
ANNOTATIONS: Final = frozenset(("url_citation", "file_citation", "container_file_citation", "file_path"))
ITEM_PLACES: Final = frozenset(("item", "given", "listed", "kept", "compacted"))
"""An item of a response, of its instructions, of input_items, of a conversation and of a compaction."""


def whole(place: str, name: str) -> str | None:
    """The requirement of a place that holds a value of the type `name`; None for a type of which nothing is known."""
    if place in ITEM_PLACES:
        return f"item.schema.{name.replace('_', '-')}" if name in ITEMS else None
    if place == "annotation":
        return f"item.schema.annotation.{name.replace('_', '-')}" if name in ANNOTATIONS else None
    return WHOLE.get(f"{place}/{name}", WHOLE.get(place))


SCHEMA_REQUIREMENTS: Final = frozenset(
    ["response.schema", "item.status-known"]
    + [f"item.schema.{name.replace('_', '-')}" for name in ITEMS]
    + [f"item.schema.annotation.{name.replace('_', '-')}" for name in ANNOTATIONS]
    + [name for name in WHOLE.values() if name.startswith("item.schema.")]
)
"""The requirements that the schemas alone judge."""
