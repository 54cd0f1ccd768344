"""Fields of a response that are at odds with its status or with each other."""

from __future__ import annotations

from antiphon.server.faults.base import fault
from antiphon.server.faults.edits import put, when_status
from antiphon.server.json_values import Json


def stamp_incomplete(response: Json) -> Json:
    ends = response["status"] == "incomplete"
    return {**response, "completed_at": response["created_at"]} if ends else response


def complete_early(response: Json) -> Json:
    return {**response, "completed_at": response["created_at"] - 1} if response["completed_at"] else response


def require_action(response: Json) -> Json:
    calls = any(item["type"] == "function_call" for item in response["output"])
    return {**response, "status": "requires_action"} if calls and response["status"] == "completed" else response


FAULTS = (
    fault(
        "retention-number",
        "The retention of the prompt cache is a number.",
        "response.schema",
        response=put(prompt_cache_retention=5),
    ),
    fault(
        "error-when-completed",
        "A completed response has an error.",
        "response.error.only-when-failed",
        response=lambda r: (
            {**r, "error": {"code": "server_error", "message": "Oops."}} if r["status"] == "completed" else r
        ),
    ),
    fault(
        "failed-silently",
        "A failed response has no error.",
        "response.error.when-failed",
        response=when_status("failed", put(error=None)),
        implies="stream.failed.has-error",
    ),
    fault(
        "incomplete-details-always",
        "A completed response has incomplete_details.",
        "response.incomplete.only-when-incomplete",
        response=lambda r: (
            {**r, "incomplete_details": {"reason": "max_output_tokens"}} if r["status"] == "completed" else r
        ),
    ),
    fault(
        "incomplete-without-reason",
        "An incomplete response does not say why.",
        "response.incomplete.when-incomplete",
        response=put(incomplete_details=None),
        implies="stream.incomplete.has-reason limits.output-cut-is-incomplete",
    ),
    fault(
        "reason-unknown",
        "A response is incomplete for a reason that no source knows.",
        "response.incomplete.known-reason",
        response=when_status("incomplete", put(incomplete_details={"reason": "tired"})),
        implies="limits.output-cut-is-incomplete",
    ),
    fault(
        "completed-at-when-cut",
        "An incomplete response has a completed_at.",
        "response.completed-at.only-when-completed",
        response=stamp_incomplete,
    ),
    fault(
        "completed-before-created",
        "A response was completed before it was created.",
        "response.completed-at.not-before-created",
        response=complete_early,
    ),
    fault(
        "created-at-milliseconds",
        "created_at counts milliseconds.",
        "response.created-at.near-now",
        response=lambda response: {**response, "created_at": response["created_at"] * 1000},
        implies="response.completed-at.not-before-created response.field.created-at",
    ),
    fault(
        "requires-action",
        "A response that calls a function requires an action.",
        "response.status.no-requires-action",
        response=require_action,
        implies="stream.terminal.type-fits-status",
    ),
)
