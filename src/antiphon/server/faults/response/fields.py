"""Fields of a response that are missing or of a wrong type."""

from __future__ import annotations

from antiphon.server.faults.base import OPEN_STANDARD, fault
from antiphon.server.faults.edits import Edit, in_member, lose, put, when_conversation, when_status
from antiphon.server.faults.replies import CANCEL, after, show


def swap_status(old: str, new: str) -> Edit:
    return lambda response: {**response, "status": new} if response["status"] == old else response


FAULTS = (
    fault(
        "id-null",
        "A failed response has no id.",
        "response.field.id",
        response=when_status("failed", put(id=None)),
        implies="stream.lifecycle.constant-id",
    ),
    fault(
        "object-wrong",
        "The object of a response is named text_completion.",
        "response.field.object",
        response=put(object="text_completion"),
        implies="stream.schema.lifecycle store.get-object cancel.reply-is-response",
    ),
    fault(
        "created-at-float",
        "created_at has decimals.",
        "response.field.created-at",
        response=lambda response: {**response, "created_at": response["created_at"] + 0.5},
    ),
    fault(
        "status-complete",
        "A completed response says complete.",
        "response.field.status",
        response=swap_status("completed", "complete"),
        implies="chain.after-cut stream.terminal.type-fits-status create.foreground-is-finished background.reaches-end "
        "response.status.no-requires-action create.completes",
    ),
    fault(
        "output-null",
        "The output of a response that is cancelled is null.",
        "response.field.output",
        reply=after(CANCEL, lambda reply: show(reply, output=None)),
        implies="cancel.output-partial",
    ),
    fault(
        "model-missing",
        "The reply has no model.",
        "response.field.model",
        response=lose("model"),
        implies="modes.settings-kept response.all-open-fields response.schema",
    ),
    fault(
        "error-missing",
        "The reply has no error.",
        "response.field.error",
        response=lose("error"),
        implies="response.all-open-fields response.schema stream.failed.has-error response.error.when-failed",
    ),
    fault(
        "error-message-null",
        "The error of a failed response has no message.",
        "response.field.error-strings",
        response=in_member("error", put(message=None)),
        implies="stream.failed.has-error",
    ),
    fault(
        "incomplete-details-missing",
        "The reply has no incomplete_details.",
        "response.field.incomplete-details",
        response=lose("incomplete_details"),
        implies="response.all-open-fields response.schema stream.incomplete.has-reason "
        "response.incomplete.when-incomplete limits.output-cut-is-incomplete",
    ),
    fault(
        "usage-missing",
        "A finished response has no usage.",
        "response.field.usage",
        response=put(usage=None),
        implies="stream.usage.in-terminal usage.counts usage.total limits.output-within-limit",
    ),
    fault(
        "tools-missing",
        "The reply has no tools.",
        "response.field.tools",
        response=lose("tools"),
        implies="modes.settings-kept response.all-open-fields response.schema response.echo.tools "
        "response.echo.tools-function "
        "tools.allowed-lists-all chain.tools-not-inherited",
    ),
    fault(
        "tool-choice-missing",
        "The reply has no tool_choice.",
        "response.field.tool-choice",
        response=lose("tool_choice"),
        implies="modes.settings-kept response.all-open-fields response.schema response.echo.tool-choice "
        "chain.tool-choice-not-inherited",
    ),
    fault(
        "parallel-tool-calls-missing",
        "The reply has no parallel_tool_calls.",
        "response.field.parallel-tool-calls",
        response=lose("parallel_tool_calls"),
        implies="modes.settings-kept response.all-open-fields response.schema response.echo.parallel-tool-calls",
    ),
    fault(
        "metadata-null",
        "metadata is null when none was sent.",
        "response.field.metadata",
        response=lambda r: {**r, "metadata": r["metadata"] or None},
        implies="metadata.empty-by-default response.echo.metadata response.all-open-fields",
    ),
    fault(
        "instructions-missing",
        "The reply has no instructions.",
        "response.field.instructions",
        response=lose("instructions"),
        implies="modes.settings-kept response.all-open-fields response.schema response.echo.instructions "
        "chain.instructions-null",
    ),
    fault(
        "temperature-missing",
        "The reply has no temperature.",
        "response.field.temperature",
        response=lose("temperature"),
        implies="modes.settings-kept response.all-open-fields response.schema response.echo.temperature "
        "chain.temperature-not-inherited "
        "limits.temperature-range",
    ),
    fault(
        "top-p-unsaid",
        "The reply does not say top_p.",
        "response.field.top-p",
        response=lose("top_p"),
        implies="modes.settings-kept response.echo.top-p response.all-open-fields response.schema",
    ),
    fault(
        "truncation-missing",
        "The reply has no truncation.",
        "response.field.truncation",
        response=lose("truncation"),
        implies="modes.settings-kept response.all-open-fields response.schema response.echo.truncation",
    ),
    fault(
        "text-missing",
        "The reply has no text.",
        "response.field.text",
        response=lose("text"),
        implies="modes.settings-kept response.all-open-fields response.schema response.echo.text-format "
        "response.echo.text-verbosity "
        "response.echo.format-default",
    ),
    fault(
        "reasoning-missing",
        "The reply has no reasoning.",
        "response.field.reasoning",
        response=lose("reasoning"),
        implies="modes.settings-kept response.all-open-fields response.schema response.echo.reasoning-effort "
        "response.echo.reasoning-summary",
    ),
    fault(
        "max-output-tokens-unsaid",
        "The reply does not say max_output_tokens.",
        "response.field.max-output-tokens",
        response=lose("max_output_tokens"),
        implies="modes.settings-kept response.echo.max-output-tokens response.all-open-fields",
    ),
    fault(
        "previous-response-id-unsaid",
        "The reply does not say previous_response_id.",
        "response.field.previous-response-id",
        response=lose("previous_response_id"),
        implies="modes.settings-kept response.echo.previous-response-id response.all-open-fields",
    ),
    fault(
        "store-unsaid",
        "The reply does not say store.",
        "response.field.store",
        response=lose("store"),
        implies="modes.settings-kept response.echo.store response.all-open-fields",
    ),
    fault(
        "background-unsaid",
        "The reply does not say background.",
        "response.field.background",
        response=lose("background"),
        implies="response.echo.background response.all-open-fields background.says-background",
    ),
    fault(
        "service-tier-unknown",
        "The reply names a tier that no source knows.",
        "response.field.service-tier",
        response=put(service_tier="economy"),
        implies="response.echo.service-tier",
    ),
    fault(
        "completed-at-missing",
        "The reply has no completed_at.",
        "response.field.completed-at",
        response=lose("completed_at"),
        implies="response.all-open-fields response.schema",
    ),
    fault(
        "open-max-tool-calls-unsaid",
        "A response of the open standard does not have max_tool_calls.",
        "response.field.max-tool-calls response.all-open-fields",
        response=lose("max_tool_calls"),
        implies="response.echo.max-tool-calls",
        needs=OPEN_STANDARD,
    ),
    fault(
        "open-top-logprobs-unsaid",
        "A response of the open standard does not have top_logprobs.",
        "response.field.top-logprobs response.all-open-fields",
        response=lose("top_logprobs"),
        implies="response.echo.top-logprobs",
        needs=OPEN_STANDARD,
    ),
    fault(
        "open-prompt-cache-key-unsaid",
        "A response of the open standard does not have prompt_cache_key.",
        "response.field.prompt-cache-key response.all-open-fields",
        response=lose("prompt_cache_key"),
        implies="response.echo.prompt-cache-key",
        needs=OPEN_STANDARD,
    ),
    fault(
        "open-safety-identifier-unsaid",
        "A response of the open standard does not have safety_identifier.",
        "response.field.safety-identifier response.all-open-fields",
        response=lose("safety_identifier"),
        implies="response.echo.safety-identifier",
        needs=OPEN_STANDARD,
    ),
    fault(
        "open-penalty-as-text",
        "The penalty of a response is a text.",
        "response.field.penalties",
        response=put(presence_penalty="0"),
        needs=OPEN_STANDARD,
    ),
    fault(
        "output-text-sent",
        "A response has an output_text of its own.",
        "response.field.output-text",
        response=put(output_text="Hello"),
    ),
    fault(
        "conversation-as-text",
        "The conversation of a response is an id alone.",
        "response.field.conversation",
        response=when_conversation(lambda response: {**response, "conversation": response["conversation"]["id"]}),
        implies="modes.settings-kept",
    ),
)
