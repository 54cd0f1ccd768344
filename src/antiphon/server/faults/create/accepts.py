"""Valid parts of a create that are refused, each alone or in company."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from antiphon.server.faults.base import fault
from antiphon.server.faults.requests import Request, input_items, input_parts, offered_tools, refuse_when
from antiphon.server.json_values import Json

RARE = frozenset(
    {
        "background", "context_management", "conversation", "moderation", "prompt_cache_key", "prompt_cache_options",
        "prompt_cache_retention", "safety_identifier", "stream_options", "top_logprobs",
    }
)  # fmt: skip
"""Fields that few clients send as null."""


def refuse_field(name: str, *values: Any) -> Request:
    """Refuse creates in which a field has one of these values; any but null where none is given."""
    return refuse_when(lambda body: body.get(name) in values if values else body.get(name) is not None, param=name)


def refuse_choice(kind: str) -> Request:
    """Refuse creates whose tool_choice is an object of that type."""
    return refuse_when(
        lambda body: isinstance(body.get("tool_choice"), dict) and body["tool_choice"].get("type") == kind,
        param="tool_choice",
    )


def refuse_item(kind: str, when: Callable[[Json], bool]) -> Request:
    """Refuse creates with an item of that type and form in their input."""
    return refuse_when(lambda body: any(when(each) for each in input_items(body, kind)), param="input")


def is_untyped(*roles: str) -> Callable[[Json], bool]:
    """A message of one of these roles has no type."""
    return lambda item: "type" not in item and item.get("role") in roles


def has_rare_null(body: Json) -> bool:
    return any(body[name] is None for name in RARE & body.keys())


FAULTS = (
    fault(
        "instructions-refused",
        "Instructions are refused.",
        "create.accepts.instructions",
        request=refuse_field("instructions"),
    ),
    fault(
        "metadata-refused",
        "Metadata are refused.",
        "create.accepts.metadata",
        request=refuse_field("metadata"),
        implies="background.returns-at-once store.taken stream.completes metadata.characters-not-bytes",
    ),
    fault(
        "output-limit-refused",
        "A max_output_tokens of 40 is refused.",
        "create.accepts.max-output-tokens",
        request=refuse_field("max_output_tokens", 40),
    ),
    fault(
        "store-off-refused",
        "A create that is not to be stored is refused.",
        "create.accepts.store-off",
        request=refuse_field("store", False),
        implies="compact.context-management-taken compact.in-create create.compressed-requests create.item-reference "
        "create.unknown-tool-types limits.reasoning-counts limits.tool-name-128 limits.verbosity-values "
        "structured.json-object-asked tools.hosted-refused-or-run tools.namespace-tools "
        "limits.minimum-output-tokens structured.format-taken",
    ),
    fault(
        "temperature-refused",
        "A temperature of 1 is refused.",
        "create.accepts.temperature",
        request=refuse_field("temperature", 1),
    ),
    fault(
        "top-p-refused",
        "A top_p of 1 is refused.",
        "create.accepts.top-p",
        request=refuse_field("top_p", 1),
        implies="limits.top-p-range",
    ),
    fault(
        "top-logprobs-refused",
        "A top_logprobs of 0 is refused.",
        "create.accepts.top-logprobs",
        request=refuse_when(lambda body: body.get("top_logprobs") == 0, param="top_logprobs"),
    ),
    fault(
        "text-format-refused",
        "The format text is refused.",
        "create.accepts.text-format",
        request=refuse_field("text", {"format": {"type": "text"}}),
    ),
    fault(
        "stream-off-refused",
        "A stream of false is refused.",
        "create.accepts.stream-off",
        request=refuse_field("stream", False),
    ),
    fault(
        "background-off-refused",
        "A background of false is refused.",
        "create.accepts.background-off",
        request=refuse_field("background", False),
    ),
    fault(
        "truncation-refused",
        "A truncation is refused.",
        "create.accepts.truncation",
        request=refuse_field("truncation"),
        implies="limits.truncation-values limits.context-too-long",
    ),
    fault(
        "service-tier-refused",
        "A service tier is refused.",
        "create.accepts.service-tier",
        request=refuse_field("service_tier"),
        implies="limits.service-tier-values",
    ),
    fault(
        "user-refused",
        "A user is refused.",
        "create.accepts.user",
        request=refuse_field("user"),
    ),
    fault(
        "safety-identifier-refused",
        "A safety_identifier is refused.",
        "create.accepts.safety-identifier",
        request=refuse_field("safety_identifier"),
        implies="limits.safety-identifier",
    ),
    fault(
        "prompt-cache-key-refused",
        "A prompt_cache_key is refused.",
        "create.accepts.prompt-cache-key",
        request=refuse_field("prompt_cache_key"),
        implies="limits.prompt-cache-key-64",
    ),
    fault(
        "prompt-cache-retention-refused",
        "A prompt_cache_retention is refused.",
        "create.accepts.prompt-cache-retention",
        request=refuse_field("prompt_cache_retention"),
    ),
    fault(
        "penalties-refused",
        "Penalties are refused.",
        "create.accepts.penalties",
        request=refuse_field("frequency_penalty"),
    ),
    fault(
        "cache-options-refused",
        "Options of the cache are refused.",
        "create.accepts.prompt-cache-options",
        request=refuse_field("prompt_cache_options"),
    ),
    fault(
        "moderation-refused",
        "A create that asks for moderation is refused.",
        "create.accepts.moderation",
        request=refuse_field("moderation"),
    ),
    fault(
        "access-programs-refused",
        "An access programme is refused.",
        "create.accepts.access-programs",
        request=refuse_field("access_programs"),
    ),
    fault(
        "image-settings-refused",
        "Settings for images are refused.",
        "create.accepts.image-settings",
        request=refuse_field("image"),
    ),
    fault(
        "stream-options-refused",
        "Options of a stream are refused.",
        "create.accepts.stream-options",
        request=refuse_field("stream_options"),
    ),
    fault(
        "images-refused",
        "An image is refused, and not for its model.",
        "create.accepts.image",
        request=refuse_when(lambda body: any(input_parts(body, "input_image")), param="input"),
        implies="modes.taken",
    ),
    fault(
        "files-refused",
        "A file is refused, and not for its model.",
        "create.accepts.file",
        request=refuse_when(lambda body: any(input_parts(body, "input_file")), param="input"),
    ),
    fault(
        "phase-refused",
        "A message of the assistant that states its phase is refused.",
        "create.accepts.phase",
        request=refuse_item("message", lambda item: bool(item.get("phase"))),
        implies="create.replay-rich reasoning.encrypted-replay",
    ),
    fault(
        "refusal-part-refused",
        "A message of the assistant that is a refusal is refused as input.",
        "create.accepts.refusal-part",
        request=refuse_when(lambda body: any(input_parts(body, "refusal")), param="input"),
    ),
    fault(
        "nested-null-refused",
        "A verbosity that is null is refused.",
        "create.accepts.nested-nulls",
        request=refuse_field("text", {"verbosity": None}),
    ),
    fault(
        "output-null-refused",
        "An output of a function whose status is null is refused.",
        "create.accepts.output-nulls",
        request=refuse_item("function_call_output", lambda item: item.get("status", "") is None),
    ),
    fault(
        "custom-call-refused",
        "A call of a custom tool is refused as input.",
        "create.accepts.custom-call",
        request=refuse_item("custom_tool_call", lambda item: True),
    ),
    fault(
        "rare-nulls-refused",
        "Null is refused in fields that few clients send.",
        "create.accepts.rare-nulls",
        request=refuse_when(has_rare_null),
    ),
    fault(
        "untyped-assistant-refused",
        "A message of the assistant without a type is refused.",
        "create.accepts.untyped-assistant-message",
        request=refuse_item("message", is_untyped("assistant")),
    ),
    fault(
        "untyped-developer-refused",
        "Messages of the system and the developer are refused without a type.",
        "create.accepts.untyped-developer-message",
        request=refuse_item("message", is_untyped("system", "developer")),
    ),
    fault(
        "message-status-refused",
        "A message that states its status is refused.",
        "create.accepts.whole-assistant-message",
        request=refuse_item("message", lambda item: "status" in item),
        implies="create.replay-rich create.replay-cut "
        "compact.output-is-input create.replay-output reasoning.encrypted-replay",
    ),
    fault(
        "choice-none-refused",
        "The tool_choice none is refused.",
        "create.accepts.tool-choice-none",
        request=refuse_field("tool_choice", "none"),
        implies="create.replay-rich tools.message-before-call "
        "tools.turns-continue create.replay-output limits.tool-name-128 tools.namespace-tools",
    ),
    fault(
        "choice-auto-refused",
        "The tool_choice auto is refused.",
        "create.accepts.tool-choice-auto",
        request=refuse_field("tool_choice", "auto"),
    ),
    fault(
        "choice-required-refused",
        "The tool_choice required is refused.",
        "create.accepts.tool-choice-required",
        request=refuse_field("tool_choice", "required"),
    ),
    fault(
        "choice-named-refused",
        "A tool_choice that names a function is refused.",
        "create.accepts.tool-choice-named",
        request=refuse_choice("function"),
        implies="tools.turns-continue",
    ),
    fault(
        "choice-allowed-refused",
        "A tool_choice of type allowed_tools is refused.",
        "create.accepts.tool-choice-allowed",
        request=refuse_choice("allowed_tools"),
    ),
    fault(
        "parallel-off-refused",
        "Calls one at a time are refused.",
        "create.accepts.parallel-off",
        request=refuse_field("parallel_tool_calls", False),
    ),
    fault(
        "parallel-on-refused",
        "Calls several at once are refused.",
        "create.accepts.parallel-on",
        request=refuse_field("parallel_tool_calls", True),
    ),
    fault(
        "tool-call-limit-refused",
        "A max_tool_calls is refused.",
        "create.accepts.max-tool-calls",
        request=refuse_field("max_tool_calls"),
    ),
    fault(
        "function-nulls-refused",
        "A function whose description is null is refused.",
        "create.accepts.function-nulls",
        request=refuse_when(lambda body: any(tool.get("description", "") is None for tool in offered_tools(body))),
    ),
    fault(
        "call-status-refused",
        "A call that states its status is refused.",
        "create.accepts.call-status",
        request=refuse_item("function_call", lambda item: "status" in item),
        implies="create.replay-rich create.replay-output",
    ),
)
