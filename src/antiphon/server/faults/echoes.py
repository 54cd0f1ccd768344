"""Fields of a response that are not what was sent, or are not there."""

from __future__ import annotations

from typing import Any

from antiphon.server.faults.bodies import fault, lose, put

# field, wrong value, requirement: what is shown though something else was sent
NOT_ECHOED: tuple[tuple[str, Any, str], ...] = (
    ("temperature", 1.0, "response.echo.temperature"),
    ("top_p", 1.0, "response.echo.top-p"),
    ("metadata", {}, "response.echo.metadata"),
    ("instructions", None, "response.echo.instructions"),
    ("max_output_tokens", None, "response.echo.max-output-tokens"),
    ("max_tool_calls", None, "response.echo.max-tool-calls"),
    ("parallel_tool_calls", True, "response.echo.parallel-tool-calls"),
    ("previous_response_id", None, "response.echo.previous-response-id"),
    ("prompt_cache_key", None, "response.echo.prompt-cache-key"),
    ("reasoning", {"effort": None, "summary": None}, "response.echo.reasoning-effort"),
    ("safety_identifier", None, "response.echo.safety-identifier"),
    ("store", True, "response.echo.store"),
    ("tool_choice", "auto", "response.echo.tool-choice"),
    ("tools", [], "response.echo.tools"),
    ("top_logprobs", 0, "response.echo.top-logprobs"),
    ("truncation", "disabled", "response.echo.truncation"),
    ("text", {"format": {"type": "text"}, "verbosity": "medium"}, "response.echo.text-format"),
)
IMPLIED = {
    "metadata": "metadata.maximum-accepted metadata.kept-on-get metadata.in-stream metadata.characters-not-bytes "
    "concurrency.replies-not-mixed concurrency.stored-not-mixed store.get-equals-create",
    "store": "store.echo-tells-truth",
    "tools": "response.echo.tools-function response.echo.tools-strict tools.allowed-lists-all "
    "item.function-name-listed tools.calls-obey-choice",
    "tool_choice": "tools.calls-obey-choice",
    "reasoning": "response.echo.reasoning-summary",
    "text": "response.echo.text-verbosity",
}
# field, requirement: a key that is not there at all
MISSING: tuple[tuple[str, str], ...] = (
    ("completed_at", "response.field.completed-at"),
    ("error", "response.field.error"),
    ("incomplete_details", "response.field.incomplete-details"),
    ("instructions", "response.field.instructions"),
    ("model", "response.field.model"),
    ("tools", "response.field.tools"),
    ("tool_choice", "response.field.tool-choice"),
    ("parallel_tool_calls", "response.field.parallel-tool-calls"),
    ("temperature", "response.field.temperature"),
    ("truncation", "response.field.truncation"),
    ("text", "response.field.text"),
    ("reasoning", "response.field.reasoning"),
)
UNSHOWN = {
    "error": "stream.failed.has-error response.error.when-failed",
    "incomplete_details": "stream.incomplete.has-reason response.incomplete.when-incomplete "
    "limits.output-cut-is-incomplete",
    "instructions": "response.echo.instructions chain.instructions-null",
    "tools": "response.echo.tools response.echo.tools-function tools.allowed-lists-all chain.tools-not-inherited",
    "tool_choice": "response.echo.tool-choice chain.tool-choice-not-inherited",
    "parallel_tool_calls": "response.echo.parallel-tool-calls",
    "temperature": "response.echo.temperature chain.temperature-not-inherited limits.temperature-range",
    "truncation": "response.echo.truncation",
    "text": "response.echo.text-format response.echo.text-verbosity response.echo.format-default",
    "reasoning": "response.echo.reasoning-effort response.echo.reasoning-summary",
}
FAULTS = (
    *(
        fault(
            f"{field.replace('_', '-')}-not-echoed",
            f"The reply shows the default for {field}, whatever was sent.",
            broken,
            put(**{field: value}),
            IMPLIED.get(field, ""),
        )
        for field, value, broken in NOT_ECHOED
    ),
    *(
        fault(
            f"{field.replace('_', '-')}-missing",
            f"The reply has no {field}.",
            broken,
            lose(field),
            f"response.all-open-fields response.schema {UNSHOWN.get(field, '')}",
        )
        for field, broken in MISSING
    ),
)
