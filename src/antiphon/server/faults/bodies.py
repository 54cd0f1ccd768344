"""Response objects of a wrong shape, the same in streams, replies and later readings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from antiphon.server.faults.base import Fault, breaking
from antiphon.server.faults.shaping import without
from antiphon.server.store import Json

Change = Callable[[Json], Json]


def fault(name: str, says: str, breaks: str, change: Change, implies: str = "") -> Fault:
    return breaking(name, says, breaks, implies, response=change)


def put(**values: Any) -> Change:
    return lambda response: {**response, **values}


def lose(name: str) -> Change:
    return lambda response: without(response, name)


def status(old: str, new: str) -> Change:
    return lambda response: {**response, "status": new} if response["status"] == old else response


def tools(change: Change) -> Change:
    def edit(response: Json) -> Json:
        shown = [change(tool) if tool["type"] == "function" else tool for tool in response["tools"]]
        return {**response, "tools": shown}

    return edit


def stamped(response: Json) -> Json:
    ends = response["status"] == "incomplete"
    return {**response, "completed_at": response["created_at"]} if ends else response


def premature(response: Json) -> Json:
    return {**response, "completed_at": response["created_at"] - 1} if response["completed_at"] else response


FAULTS = (
    fault(
        "created-at-float",
        "created_at has decimals.",
        "response.field.created-at",
        lambda response: {**response, "created_at": response["created_at"] + 0.5},
    ),
    fault(
        "created-at-milliseconds",
        "created_at counts milliseconds.",
        "response.created-at.near-now",
        lambda response: {**response, "created_at": response["created_at"] * 1000},
        "response.completed-at.not-before-created",
    ),
    fault(
        "object-wrong",
        "The object of a response is named text_completion.",
        "response.field.object",
        put(object="text_completion"),
        "stream.schema.lifecycle store.get-object cancel.reply-is-response",
    ),
    fault(
        "status-complete",
        "A completed response says complete.",
        "response.field.status",
        status("completed", "complete"),
        "stream.terminal.type-fits-status create.foreground-is-finished background.reaches-end "
        "response.status.no-requires-action",
    ),
    fault(
        "error-when-completed",
        "A completed response has an error.",
        "response.error.only-when-failed",
        lambda r: {**r, "error": {"code": "server_error", "message": "Oops."}} if r["status"] == "completed" else r,
    ),
    fault(
        "incomplete-details-always",
        "A completed response has incomplete_details.",
        "response.incomplete.only-when-incomplete",
        lambda r: {**r, "incomplete_details": {"reason": "max_output_tokens"}} if r["status"] == "completed" else r,
    ),
    fault(
        "incomplete-without-reason",
        "An incomplete response does not say why.",
        "response.incomplete.when-incomplete",
        put(incomplete_details=None),
        "stream.incomplete.has-reason limits.output-cut-is-incomplete",
    ),
    fault(
        "completed-at-when-cut",
        "An incomplete response has a completed_at.",
        "response.completed-at.only-when-completed",
        stamped,
    ),
    fault(
        "completed-before-created",
        "A response was completed before it was created.",
        "response.completed-at.not-before-created",
        premature,
    ),
    fault(
        "output-text-sent",
        "A response has an output_text of its own.",
        "response.field.output-text",
        put(output_text="Hello"),
    ),
    fault(
        "metadata-null",
        "metadata is null when none was sent.",
        "response.field.metadata",
        lambda r: {**r, "metadata": r["metadata"] or None},
        "metadata.empty-by-default response.echo.metadata response.all-open-fields",
    ),
    fault(
        "tool-strict-null",
        "The strict of a function tool is null in the reply.",
        "response.echo.tools-strict-boolean",
        tools(lambda tool: {**tool, "strict": None}),
        "response.echo.tools-strict",
    ),
    fault(
        "tool-description-missing",
        "A function tool in the reply has no description.",
        "response.echo.tools-function",
        tools(lambda tool: without(tool, "description")),
    ),
    fault(
        "service-tier-unknown",
        "The reply names a tier that no source knows.",
        "response.field.service-tier",
        put(service_tier="economy"),
        "response.echo.service-tier",
    ),
)
