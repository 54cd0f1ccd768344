"""Limits, tools and formats that are taken and not obeyed."""

from __future__ import annotations

from antiphon.server.faults.state import fault

FAULTS = (
    fault(
        "cut-as-completed",
        "An answer that was cut by the limit is completed.",
        "limits.output-cut-is-incomplete",
        "stream.cut-ends-incomplete structured.cut-is-incomplete "
        "structured.valid-json item.arguments-json tools.strict-arguments",
        cut_is_completed=True,
        cut_item_completed=True,
    ),
    fault(
        "cut-item-completed",
        "The item that was cut by the limit is completed.",
        "limits.last-item-incomplete",
        "item.arguments-json tools.strict-arguments",
        cut_item_completed=True,
    ),
    fault(
        "limit-overrun", "The answer has more tokens than its limit.", "limits.output-within-limit", overruns_limit=8
    ),
    fault(
        "choice-ignored",
        "A tool that must be called is not called.",
        "tools.required-calls tools.named-function",
        "tools.calls-obey-choice tools.named-custom tools.streamed-call-complete tools.strict-enum "
        "tools.hosted-refused-or-run",
        obeys_choice=False,
    ),
    fault(
        "none-ignored",
        "A tool is called with tool_choice none.",
        "tools.none-no-call tools.calls-obey-choice",
        obeys_none=False,
    ),
    fault(
        "name-ignored",
        "Another function than the named one is called.",
        "tools.named-function",
        "tools.calls-obey-choice",
        obeys_name=False,
    ),
    fault(
        "allowed-ignored",
        "A tool outside allowed_tools is called.",
        "tools.allowed-limits",
        "tools.calls-obey-choice",
        obeys_allowed=False,
    ),
    fault(
        "parallel-ignored",
        "Two functions are called with parallel_tool_calls false.",
        "tools.parallel-off",
        obeys_parallel=False,
    ),
    fault(
        "parameters-ignored",
        "The arguments of a strict function do not fit its parameters.",
        "tools.strict-arguments tools.strict-enum",
        obeys_parameters=False,
    ),
    fault(
        "format-ignored",
        "The answer to a strict schema is plain text.",
        "structured.valid-json",
        "structured.enum-held structured.types-held structured.streamed-valid structured.json-object "
        "structured.unsupported-refused create.unsupported-feature-refused",
        obeys_format=False,
    ),
    fault(
        "seal-ignored",
        "Encrypted content that was asked for is not given.",
        "reasoning.encrypted-on-request",
        "create.include-refused-or-kept reasoning.encrypted-replay",
        seals_on_request=False,
    ),
    fault(
        "seal-unchecked",
        "Tampered encrypted content is taken.",
        "errors.trigger.encrypted-content-tampered",
        "errors.trigger.encrypted-content-tampered.detail",
        verifies_sealed=False,
    ),
)
