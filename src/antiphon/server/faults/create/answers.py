"""Creates that are answered wrongly."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from antiphon.server.behaviour.fault import OutgoingReply
from antiphon.server.faults.base import fault
from antiphon.server.faults.edits import in_item, in_parts, without
from antiphon.server.faults.replies import DELETE, at, change_body, in_refusals, refuse
from antiphon.server.faults.rewrites import edit, in_text_part
from antiphon.server.json_values import Json
from antiphon.server.model import tokens


def refuse_odd_headers(reply: OutgoingReply) -> OutgoingReply:
    if reply.operation == "create-response" and reply.request and "x-client-name" in reply.request.headers:
        error = {"message": "There is a header that is not known.", "type": "invalid_request_error"}
        reply.status, reply.body = 400, {"error": {**error, "param": None, "code": None}}
    return reply


def share_id(body: Json) -> Json:
    """The same id for all that set nothing."""
    bare = body.get("max_output_tokens") is None and not body.get("metadata") and not body.get("tools")
    return {**body, "id": "resp_" + "1" * 48} if bare and not body.get("background") else body


def hide_unsupported(body: Json) -> Json:
    """A refusal of what is not supported that does not say what that is."""
    error = body["error"]
    hidden = {**error, "message": "This is not supported here.", "param": None}
    return {"error": hidden} if error.get("code") == "unsupported_parameter" else body


def show_outputs(item: Json) -> Json:
    return {**item, "outputs": [{"type": "logs", "logs": "hello\n"}]} if item["status"] == "completed" else item


def stay_running(body: Json) -> Json:
    calls = any(item["type"] == "function_call" for item in body["output"])
    return {**body, "status": "in_progress", "completed_at": None, "usage": None} if calls else body


def crash_on_delete(reply: OutgoingReply) -> None:
    if reply.status == 404:
        refuse(reply, "Connection to the provider failed: 404.", status=500, code="500")


def refuse_nameless_client(reply: OutgoingReply) -> OutgoingReply:
    """A client that does not name itself is refused."""
    if reply.operation == "create-response" and reply.request and "user-agent" not in reply.request.headers:
        refuse(reply, "Name your client in the header 'User-Agent'.", status=400, code="missing_header")
    return reply


def crash_on_type(reply: OutgoingReply) -> OutgoingReply:
    """500 for what has a wrong type."""
    if reply.status == 400 and isinstance(reply.body, dict) and reply.body["error"]["code"] == "invalid_type":
        reply.status = 500
    return reply


def answer_accepted(reply: OutgoingReply) -> OutgoingReply:
    """202 for a background create."""
    if reply.operation == "create-response" and isinstance(reply.body, dict) and reply.body.get("background"):
        reply.status = 202
    return reply


def omit_cost(cost: Callable[[Json], int]) -> Callable[[Json], Json]:
    """Take what something costs from the usage of every response."""

    def change(response: Json) -> Json:
        usage, less = response.get("usage"), cost(response)
        if not usage or not less:
            return response
        counts = {key: usage[key] - less for key in ("input_tokens", "total_tokens")}
        return {**response, "usage": {**usage, **counts}}

    return change


def instructions_cost(response: Json) -> int:
    text = response.get("instructions")
    return tokens.FRAME + tokens.count(text) if isinstance(text, str) and text else 0


def tools_cost(response: Json) -> int:
    tools: list[Any] = response.get("tools") or []
    return sum(tokens.FRAME + tokens.count(json.dumps(tool, sort_keys=True)) for tool in tools)


def hold_nothing(body: Json) -> Json:
    """An empty output for all that set nothing."""
    bare = body.get("max_output_tokens") is None and not body.get("metadata") and not body.get("tools")
    return {**body, "output": []} if bare and body["status"] == "completed" and not body.get("background") else body


def trim_alternatives(part: Json) -> Json:
    return {**part, "logprobs": [{**token, "top_logprobs": []} for token in part.get("logprobs") or ()]}


FAULTS = (
    fault(
        "answers-empty",
        "A completed response to a create that sets nothing holds nothing.",
        "create.output",
        reply=change_body(hold_nothing),
    ),
    fault(
        "ids-repeat",
        "Responses to creates that set nothing share one id.",
        "create.id-unique",
        reply=change_body(share_id),
    ),
    fault(
        "calls-leave-it-running",
        "A response that calls a function is answered as in progress.",
        "create.foreground-is-finished",
        reply=change_body(stay_running),
        implies="create.same-with-stream",
    ),
    fault(
        "headers-refused",
        "A header of the client's own is refused.",
        "create.unknown-headers-ignored",
        reply=refuse_odd_headers,
    ),
    fault(
        "agent-needed",
        "A create without a user-agent is refused.",
        "create.unknown-headers-ignored",
        reply=refuse_nameless_client,
    ),
    fault(
        "unknown-delete-is-500",
        "Deleting an unknown id is answered with 500.",
        "create.never-500",
        reply=at(DELETE, crash_on_delete),
        implies="errors.server-error-envelope errors.trigger.unknown-response-delete.detail errors.type-fits-status "
        "store.unknown-id-delete store.delete-twice store.off-not-deletable",
    ),
    fault(
        "wrong-type-is-500",
        "A field of a wrong type is answered with 500.",
        "create.never-500",
        reply=crash_on_type,
        implies="errors.type-fits-status errors.code-fits-status errors.server-error-envelope "
        "errors.trigger.model-null errors.trigger.model-number errors.trigger.input-null errors.trigger.input-object "
        "errors.trigger.input-number errors.trigger.temperature-type errors.trigger.top-p-type "
        "errors.trigger.max-output-tokens-type errors.trigger.metadata-value-type errors.trigger.metadata-type "
        "errors.trigger.image-url-object errors.trigger.tools-object errors.trigger.instructions-type "
        "errors.trigger.store-type errors.trigger.stream-type errors.trigger.background-type "
        "errors.trigger.parallel-tool-calls-type errors.trigger.previous-response-id-type "
        "errors.trigger.reasoning-type errors.trigger.text-type errors.trigger.tool-choice-type "
        "errors.trigger.truncation-type errors.trigger.include-type errors.trigger.max-tool-calls-type "
        "errors.trigger.conversation-type errors.trigger.service-tier-type errors.trigger.safety-identifier-type "
        "errors.trigger.prompt-cache-key-type errors.trigger.context-management-type "
        "errors.trigger.stream-options-type errors.trigger.input-tokens-input-type errors.trigger.chat-messages-null "
        "errors.trigger.chat-temperature-type resume.malformed stream.error.refused-before-start",
    ),
    fault(
        "background-accepted", "A background create is answered with 202.", "create.status-200", reply=answer_accepted
    ),
    fault(
        "references-unresolved",
        "A reference to an item of a stored response is not found.",
        "create.item-reference",
        policy={"resolves_references": False},
    ),
    fault(
        "outputs-ungated",
        "The outputs of the code interpreter are shown unasked.",
        "create.gated-fields",
        item=in_item("code_interpreter_call", show_outputs),
    ),
    fault(
        "search-results-withheld",
        "The results of a file search are not shown, though include asks for them.",
        "create.include-refused-or-kept",
        item=in_item("file_search_call", lambda item: {**item, "results": None}),
    ),
    fault(
        "logprobs-withheld",
        "Log probabilities that were asked for are not given.",
        "create.include-refused-or-kept",
        item=in_parts(lambda part: {**part, "logprobs": []}),
        implies="item.schema.logprob",
    ),
    fault(
        "unsupported-unnamed",
        "The refusal of what is not supported does not name it.",
        "create.unsupported-feature-refused",
        reply=in_refusals(hide_unsupported),
        implies="errors.trigger.top-logprobs-reasoning.detail",
    ),
    fault(
        "moderation-without-output",
        "A moderation result tells nothing of the output.",
        "create.moderation-object",
        response=lambda body: (
            {**body, "moderation": without(body["moderation"], "output")} if body.get("moderation") else body
        ),
    ),
    fault(
        "instructions-unread",
        "Instructions are repeated, and the model does not read them.",
        "create.instructions-read",
        response=omit_cost(instructions_cost),
        implies="usage.cached-within-input",  # where they were sent before
    ),
    fault(
        "tools-unread",
        "Tools are listed, and the model does not read them.",
        "create.tools-read",
        response=omit_cost(tools_cost),
        implies="usage.cached-within-input",
    ),
    fault(
        "alternatives-lost",
        "Tokens list no alternatives, whatever top_logprobs says.",
        "create.top-logprobs-listed",
        item=in_parts(trim_alternatives),
        events=edit("response.content_part.done", by=in_text_part(trim_alternatives)),
    ),
)
