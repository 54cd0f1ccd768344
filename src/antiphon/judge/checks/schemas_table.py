"""Where a schema error belongs: the one table from places to requirements.

A value of the API is a tree of responses, items, parts, annotations and so on. An error belongs to the innermost of
them that it lies in, and there to the requirement of its field, if the field has one, else to the whole. So one wrong
field is one violation. Requirements that a check of their own judges appear here all the same: an error that belongs
to such a one is left to that check.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

LISTS: Final[Mapping[str, Mapping[str, str]]] = {
    "response": {"output": "item", "instructions": "item", "tools": "tool"},
    "page": {"data": "item"},
    "compaction": {"output": "item"},
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
        for name in (
            "id object created_at status output model tools tool_choice parallel_tool_calls metadata instructions "
            "temperature top_p truncation reasoning max_output_tokens previous_response_id store background "
            "service_tier completed_at max_tool_calls top_logprobs prompt_cache_key safety_identifier user"
        ).split()
    },
    "usage": {"input_tokens": "usage.counts", "output_tokens": "usage.counts", "total_tokens": "usage.counts"}
    | {
        "input_tokens_details/cache_write_tokens": "usage.cache-write-tokens",
    },
    "item": {"id": "item.id-present", "type": "item.type-known"},
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
    "tool/function": {
        "name": "response.echo.tools-function",
        "parameters": "response.echo.tools-function",
        "strict": "response.echo.tools-strict-boolean",
    },
}
"""Fields with a requirement of their own, by the way to them; `*` stands for any one step."""

ABSENT: Final[Mapping[str, Mapping[str, str]]] = {
    "item/message": {"status": "item.message-status"},
    "tool/function": {"strict": "response.echo.tools-function"},
}
"""Fields whose absence is another requirement than their value."""
