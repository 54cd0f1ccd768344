"""Fields of a response that are missing, of a wrong type, or at odds with its status or with what was sent."""

from __future__ import annotations

from typing import Any

from antiphon.server.faults.base import Fault, one
from antiphon.server.faults.bodies import Change, fault, lose, put
from antiphon.server.faults.shaping import EARLY, edit_response
from antiphon.server.faults.store_reach import CANCEL, after, show
from antiphon.server.store import Json


def when(status: str, change: Change) -> Change:
    return lambda response: change(response) if response["status"] == status else response


def error(change: Change) -> Change:
    return lambda response: {**response, "error": change(response["error"])} if response["error"] else response


def verbose(response: Json) -> Json:
    return {**response, "text": {**response["text"], "verbosity": "medium"}}


def reversed_tools(response: Json) -> Json:
    return {**response, "tools": list(reversed(response["tools"]))}


def tool(kind: str, change: Change) -> Change:
    def edit(response: Json) -> Json:
        return {**response, "tools": [change(each) if each["type"] == kind else each for each in response["tools"]]}

    return edit


def with_remote_tools(change: Change) -> Change:
    """A change of responses that a remote tool was offered for."""
    return lambda response: change(response) if any(each["type"] == "mcp" for each in response["tools"]) else response


def conversing(change: Change) -> Change:
    return lambda response: change(response) if response.get("conversation") else response


def acting(response: Json) -> Json:
    calls = any(item["type"] == "function_call" for item in response["output"])
    return {**response, "status": "requires_action"} if calls and response["status"] == "completed" else response


EMPTY: dict[str, Any] = {
    "input_tokens": 1,
    "input_tokens_details": {"cache_write_tokens": 0, "cached_tokens": 0},
    "output_tokens": 1,
    "output_tokens_details": {"reasoning_tokens": 0},
    "total_tokens": 2,
}
MISSING = {
    "top_p": "response.echo.top-p response.all-open-fields response.schema",
    "max_output_tokens": "response.echo.max-output-tokens response.all-open-fields",
    "previous_response_id": "response.echo.previous-response-id response.all-open-fields",
    "store": "response.echo.store response.all-open-fields",
    "background": "response.echo.background response.all-open-fields background.says-background",
}
FAULTS = (
    *(
        fault(
            f"{field.replace('_', '-')}-unsaid",
            f"The reply does not say {field}.",
            f"response.field.{field.replace('_', '-')}",
            lose(field),
            implied,
        )
        for field, implied in MISSING.items()
    ),
    fault("id-null", "A failed response has no id.", "response.field.id", when("failed", put(id=None))),
    Fault(
        name="output-null",
        says="The output of a response that is cancelled is null.",
        breaks=one("response.field.output"),
        reply=after(CANCEL, lambda reply: show(reply, output=None)),
    ),
    fault("error-message-null", "The error of a failed response has no message.", "response.field.error-strings",
          error(lambda given: {**given, "message": None})),
    fault("failed-silently", "A failed response has no error.", "response.error.when-failed",
          when("failed", put(error=None))),
    fault("reason-unknown", "A response is incomplete for a reason that no source knows.",
          "response.incomplete.known-reason",
          when("incomplete", put(incomplete_details={"reason": "tired"}))),
    fault("conversation-as-text", "The conversation of a response is an id alone.", "response.field.conversation",
          conversing(lambda response: {**response, "conversation": response["conversation"]["id"]})),
    fault("conversation-other", "A response names another conversation than was sent.",
          "response.echo.conversation",
          conversing(put(conversation={"id": "conv_" + "1" * 48}))),
    fault("retention-number", "The retention of the prompt cache is a number.", "response.schema",
          put(prompt_cache_retention=5)),
    fault("requires-action", "A response that calls a function requires an action.",
          "response.status.no-requires-action", acting),
    fault("background-with-remote-tools", "A response with remote tools says that it is in the background.",
          "response.echo.background", with_remote_tools(put(background=True))),
    fault("instructions-as-reference", "Beside remote tools the instructions are a reference whose id is a number.",
          "item.schema.item-reference",
          with_remote_tools(put(instructions=[{"type": "item_reference", "id": 5}]))),
    fault("verbosity-not-echoed", "The reply shows the default verbosity, whatever was sent.",
          "response.echo.text-verbosity", verbose),
    fault("tools-reversed", "Tools come back in the reverse order.", "response.echo.tools-order", reversed_tools),
    fault("tool-strict-flipped", "The strict of a function tool comes back as its opposite.",
          "response.echo.tools-strict", tool("function", lambda each: {**each, "strict": not each["strict"]})),
    Fault(
        name="usage-before-the-end",
        says="A response that is queued or in progress has usage.",
        breaks=one("usage.null-until-finished"),
        response=lambda r: {**r, "usage": EMPTY} if r["status"] in ("queued", "in_progress") else r,
    ),
    Fault(
        name="early-output-filled",
        says="The response in response.created has output.",
        breaks=one("stream.lifecycle.early-output-empty"),
        events=edit_response(*EARLY, output=[{"id": "msg_0", "type": "message", "role": "assistant", "content": [],
                                              "status": "completed"}]),
    ),
    Fault(
        name="early-completed-at",
        says="The response in the early events has a time of completion.",
        breaks=one("stream.lifecycle.early-nulls"),
        events=edit_response(*EARLY, completed_at=1_800_000_000),
    ),
    Fault(
        name="queued-in-progress",
        says="The response in response.queued is in progress.",
        breaks=one("stream.lifecycle.queued-status"),
        events=edit_response("response.queued", status="in_progress"),
    ),
)  # fmt: skip
