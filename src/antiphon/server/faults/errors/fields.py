"""Fields of a create that are not validated."""

from __future__ import annotations

from antiphon.server.faults.base import OPEN_STANDARD, fault

FAULTS = (
    fault(
        "bogus-unchecked",
        "Any bogus is taken.",
        "errors.trigger.unknown-field",
        policy={"unchecked": frozenset({"bogus"})},
        implies="errors.trigger.unknown-field.detail",
    ),
    fault(
        "model-unchecked",
        "Any model is taken.",
        "errors.trigger.missing-model errors.trigger.model-number errors.trigger.model-empty "
        "errors.trigger.unknown-model",
        policy={"unchecked": frozenset({"model"})},
        implies="errors.trigger.missing-model.detail errors.trigger.model-number.detail "
        "errors.trigger.model-empty.detail errors.trigger.unknown-model.detail "
        "errors.trigger.missing-model-and-input.detail errors.trigger.model-null",
    ),
    fault(
        "temperature-unchecked",
        "Any temperature is taken.",
        "errors.trigger.temperature-below errors.trigger.temperature-above errors.trigger.temperature-type",
        policy={"unchecked": frozenset({"temperature"})},
        implies="errors.trigger.temperature-below.detail errors.trigger.temperature-above.detail "
        "errors.trigger.temperature-type.detail response.echo.temperature",
    ),
    fault(
        "top-p-unchecked",
        "Any top_p is taken.",
        "errors.trigger.top-p-below errors.trigger.top-p-above errors.trigger.top-p-type",
        policy={"unchecked": frozenset({"top_p"})},
        implies="errors.trigger.top-p-below.detail errors.trigger.top-p-above.detail "
        "errors.trigger.top-p-type.detail response.echo.top-p",
    ),
    fault(
        "top-logprobs-unchecked",
        "Any top_logprobs is taken.",
        "errors.trigger.top-logprobs-below errors.trigger.top-logprobs-above",
        policy={"unchecked": frozenset({"top_logprobs"})},
        implies="errors.trigger.top-logprobs-below.detail errors.trigger.top-logprobs-above.detail "
        "response.echo.top-logprobs",
    ),
    fault(
        "max-output-tokens-unchecked",
        "Any max_output_tokens is taken.",
        "errors.trigger.max-output-tokens-zero errors.trigger.max-output-tokens-fifteen "
        "errors.trigger.max-output-tokens-type",
        policy={"unchecked": frozenset({"max_output_tokens"})},
        implies="errors.trigger.max-output-tokens-zero.detail errors.trigger.max-output-tokens-fifteen.detail "
        "errors.trigger.max-output-tokens-type.detail response.echo.max-output-tokens limits.output-within-limit "
        "stream.error.refused-before-start",
    ),
    fault(
        "metadata-unchecked",
        "Any metadata is taken.",
        "errors.trigger.metadata-pairs errors.trigger.metadata-value-length errors.trigger.metadata-key-length "
        "errors.trigger.metadata-value-type errors.trigger.metadata-type",
        policy={"unchecked": frozenset({"metadata"})},
        implies="errors.trigger.metadata-pairs.detail errors.trigger.metadata-value-length.detail "
        "errors.trigger.metadata-key-length.detail errors.trigger.metadata-value-type.detail "
        "errors.trigger.metadata-type.detail response.echo.metadata",
    ),
    fault(
        "truncation-unchecked",
        "Any truncation is taken.",
        "errors.trigger.truncation-value errors.trigger.truncation-type",
        policy={"unchecked": frozenset({"truncation"})},
        implies="errors.trigger.truncation-value.detail errors.trigger.truncation-type.detail response.echo.truncation",
    ),
    fault(
        "service-tier-unchecked",
        "Any service_tier is taken.",
        "errors.trigger.service-tier-value errors.trigger.service-tier-type",
        policy={"unchecked": frozenset({"service_tier"})},
        implies="errors.trigger.service-tier-value.detail errors.trigger.service-tier-type.detail "
        "response.echo.service-tier",
    ),
    fault(
        "include-unchecked",
        "Any include is taken.",
        "errors.trigger.include-value errors.trigger.include-type",
        policy={"unchecked": frozenset({"include"})},
        implies="errors.trigger.include-value.detail errors.trigger.include-type.detail",
    ),
    fault(
        "tool-choice-unchecked",
        "Any tool_choice is taken.",
        "errors.trigger.tool-choice-value errors.trigger.tool-choice-type errors.trigger.tool-choice-absent-tool",
        policy={"unchecked": frozenset({"tool_choice"})},
        implies="errors.trigger.tool-choice-value.detail errors.trigger.tool-choice-type.detail "
        "errors.trigger.tool-choice-absent-tool.detail response.echo.tool-choice "
        "errors.trigger.tool-choice-without-name errors.trigger.tool-choice-chat-shape",
    ),
    fault(
        "stream-options-unchecked",
        "Any stream_options is taken.",
        "errors.trigger.stream-option-usage errors.trigger.stream-options-alone errors.trigger.stream-options-type",
        policy={"unchecked": frozenset({"stream_options"})},
        implies="errors.trigger.stream-option-usage.detail errors.trigger.stream-options-alone.detail "
        "errors.trigger.stream-options-type.detail create.never-500 errors.server-error-envelope",
    ),
    fault(
        "calls-unpaired",
        "A call without an output, and an output without a call, are taken.",
        "errors.trigger.output-without-call errors.trigger.call-without-output",
        policy={"pairs_calls": False},
        implies="errors.trigger.reasoning-without-item errors.trigger.output-without-call.detail "
        "errors.trigger.call-without-output.detail",
    ),
    fault(
        "seal-unchecked",
        "Tampered encrypted content is taken.",
        "errors.trigger.encrypted-content-tampered",
        policy={"verifies_sealed": False},
        implies="errors.trigger.encrypted-content-tampered.detail",
    ),
    fault(
        "safety-identifier-unchecked",
        "Any safety_identifier is taken.",
        "errors.trigger.safety-identifier-type errors.trigger.safety-identifier-length",
        policy={"unchecked": frozenset({"safety_identifier"})},
        implies="errors.trigger.safety-identifier-type.detail errors.trigger.safety-identifier-length.detail "
        "response.echo.safety-identifier",
    ),
    fault(
        "prompt-cache-key-unchecked",
        "A prompt_cache_key of any length is taken.",
        "errors.trigger.prompt-cache-key-length",
        policy={"unchecked": frozenset({"prompt_cache_key"})},
        implies="errors.trigger.prompt-cache-key-length.detail errors.trigger.prompt-cache-key-type "
        "errors.trigger.prompt-cache-key-type.detail response.echo.prompt-cache-key",
        needs=OPEN_STANDARD,
    ),
)
