"""Invalid creates that are answered, by the place of what is wrong."""

from __future__ import annotations

from collections.abc import Callable

from antiphon.server.behaviour.fault import OutgoingReply
from antiphon.server.faults.base import fault
from antiphon.server.faults.replies import CREATE, at_param, refuse, service_of
from antiphon.server.faults.requests import MODEL
from antiphon.server.json_values import Json
from antiphon.server.responses import active_responses


def crash_on_tool_server(reply: OutgoingReply) -> None:
    refuse(reply, "The server had an error while it called a tool server.", status=500, code="server_error")


def place_of(param: object) -> str:
    """The field that a param begins with, an item of the input apart."""
    text = str(param)
    if text.startswith("input["):
        return "item"
    return text.split("[")[0].split(".")[0]


def take(reply: OutgoingReply) -> None:
    """Answer with an ordinary response to an ordinary request."""
    from antiphon.server.responses.creation import accept

    service = service_of(reply)
    record = accept(service, {"model": MODEL, "input": "hi"})
    active_responses.complete(service, record)
    reply.status, reply.body = 200, service.show_response(record.response)


def take_when(when: Callable[[Json], bool]) -> Callable[[OutgoingReply], OutgoingReply]:
    """Take the creates whose refusal says this."""

    def hook(reply: OutgoingReply) -> OutgoingReply:
        error = reply.body.get("error") if isinstance(reply.body, dict) and reply.status >= 400 else None
        if reply.operation == CREATE and isinstance(error, dict) and when(error):
            take(reply)
        return reply

    return hook


def at_place(name: str) -> Callable[[Json], bool]:
    wrong = {"previous_response_id": "invalid_type", "prompt_cache_key": "invalid_type"}.get(name)
    return lambda error: place_of(error["param"]) == name and (wrong is None or error["code"] == wrong)


def has_message(*words: str) -> Callable[[Json], bool]:
    """The refusal names neither a field nor a code, and says one of these."""
    return lambda error: error["param"] is None and any(word in error["message"] for word in words)


FAULTS = (
    fault(
        "model-taken-anyhow",
        "Nobody looks at the model: a create is answered as if it were right.",
        "errors.trigger.missing-model errors.trigger.missing-model-and-input errors.trigger.model-null "
        "errors.trigger.model-number errors.trigger.model-empty errors.trigger.unknown-model",
        reply=take_when(at_place("model")),
    ),
    fault(
        "input-taken-anyhow",
        "Nobody looks at the input: a create is answered as if it were right.",
        "errors.trigger.missing-input errors.trigger.input-null errors.trigger.input-object "
        "errors.trigger.input-number errors.trigger.json-word-missing errors.trigger.duplicate-item-id "
        "errors.trigger.output-without-call errors.trigger.call-without-output",
        reply=take_when(at_place("input")),
        implies="response.echo.max-output-tokens response.echo.text-format response.echo.tools structured.json-object",
    ),
    fault(
        "empty-input-taken",
        "A create without any input is answered.",
        "errors.trigger.input-empty-list errors.trigger.input-empty-text",
        reply=take_when(lambda error: error["param"] is None and error["code"] == "missing_required_parameter"),
    ),
    fault(
        "max-tool-calls-taken-anyhow",
        "Nobody looks at max_tool_calls: a create is answered as if it were right.",
        "errors.trigger.max-tool-calls-zero errors.trigger.max-tool-calls-type",
        reply=take_when(at_place("max_tool_calls")),
        implies="response.echo.max-tool-calls",
    ),
    fault(
        "reasoning-taken-anyhow",
        "Nobody looks at the reasoning: a create is answered as if it were right.",
        "errors.trigger.reasoning-effort-value errors.trigger.reasoning-summary-value errors.trigger.reasoning-type",
        reply=take_when(at_place("reasoning")),
        implies="errors.trigger.reasoning-effort-unsupported response.echo.reasoning-effort "
        "response.echo.reasoning-summary",
    ),
    fault(
        "tool-choice-taken-anyhow",
        "Nobody looks at the tool_choice: a create is answered as if it were right.",
        "errors.trigger.tool-choice-value errors.trigger.tool-choice-without-name "
        "errors.trigger.tool-choice-chat-shape errors.trigger.tool-choice-absent-tool "
        "errors.trigger.tool-choice-type",
        reply=take_when(at_place("tool_choice")),
        implies="response.echo.tool-choice response.echo.tools",
    ),
    fault(
        "prompt-cache-retention-taken-anyhow",
        "Nobody looks at prompt_cache_retention: a create is answered as if it were right.",
        "errors.trigger.prompt-cache-retention-value",
        reply=take_when(at_place("prompt_cache_retention")),
    ),
    fault(
        "unknown-prompt-taken",
        "A stored prompt that does not exist is taken as none.",
        "errors.trigger.unknown-prompt",
        reply=take_when(has_message("Prompt with id")),
    ),
    fault(
        "unknown-item-taken",
        "A reference to an item that does not exist is left out.",
        "errors.trigger.unknown-item-reference",
        reply=take_when(has_message("Item with id")),
    ),
    fault(
        "item-taken-anyhow",
        "Nobody looks at an input item: a create is answered as if it were right.",
        "errors.trigger.item-type errors.trigger.item-extra-member errors.trigger.message-without-content "
        "errors.trigger.message-role errors.trigger.content-type errors.trigger.content-chat-type "
        "errors.trigger.content-role errors.trigger.image-url-object errors.trigger.phase-on-user "
        "errors.trigger.call-id-prefix errors.trigger.call-without-arguments",
        reply=take_when(at_place("item")),
        implies="create.input-audio",
    ),
    fault(
        "unreadable-image-taken",
        "An image without a usable address is left out.",
        "errors.trigger.image-url",
        reply=take_when(lambda error: error["param"] == "url"),
    ),
    fault(
        "tools-taken-anyhow",
        "Nobody looks at a tool: a create is answered as if it were right.",
        "errors.trigger.tools-object errors.trigger.tool-without-type errors.trigger.tool-without-name "
        "errors.trigger.tool-chat-shape errors.trigger.tool-type errors.trigger.tool-name-length "
        "errors.trigger.tool-name-characters errors.trigger.strict-function-schema errors.trigger.mcp-without-server "
        "errors.trigger.file-search-without-store",
        reply=take_when(at_place("tools")),
        implies="response.echo.tools",
    ),
    fault(
        "mcp-refused-as-broken",
        "A remote tool without a server is answered with 500.",
        "create.never-500",
        reply=at_param("tools[0].server_url", crash_on_tool_server),
        implies="errors.server-error-envelope errors.trigger.mcp-without-server "
        "errors.trigger.mcp-without-server.detail errors.type-fits-status",
    ),
    fault(
        "unreadable-body-taken",
        "A body that is no JSON object is read as an ordinary request.",
        "errors.trigger.broken-json errors.trigger.body-not-object errors.trigger.wrong-content-type",
        reply=take_when(has_message("could not parse", "must be an object", "Unsupported content type")),
    ),
    fault(
        "instructions-taken-anyhow",
        "Nobody looks at the instructions: a create is answered as if it were right.",
        "errors.trigger.instructions-type",
        reply=take_when(at_place("instructions")),
        implies="response.echo.instructions",
    ),
    fault(
        "store-taken-anyhow",
        "Nobody looks at store: a create is answered as if it were right.",
        "errors.trigger.store-type",
        reply=take_when(at_place("store")),
        implies="response.echo.store",
    ),
    fault(
        "stream-taken-anyhow",
        "Nobody looks at stream: a create is answered as if it were right.",
        "errors.trigger.stream-type",
        reply=take_when(at_place("stream")),
    ),
    fault(
        "background-taken-anyhow",
        "Nobody looks at background: a create is answered as if it were right.",
        "errors.trigger.background-type",
        reply=take_when(at_place("background")),
    ),
    fault(
        "parallel-tool-calls-taken-anyhow",
        "Nobody looks at parallel_tool_calls: a create is answered as if it were right.",
        "errors.trigger.parallel-tool-calls-type",
        reply=take_when(at_place("parallel_tool_calls")),
        implies="response.echo.parallel-tool-calls",
    ),
    fault(
        "previous-response-id-taken-anyhow",
        "Nobody looks at the type of previous_response_id: a create is answered as if it were right.",
        "errors.trigger.previous-response-id-type",
        reply=take_when(at_place("previous_response_id")),
        implies="response.echo.previous-response-id",
    ),
    fault(
        "prompt-cache-key-taken-anyhow",
        "Nobody looks at the type of prompt_cache_key: a create is answered as if it were right.",
        "errors.trigger.prompt-cache-key-type",
        reply=take_when(at_place("prompt_cache_key")),
        implies="response.echo.prompt-cache-key",
    ),
    fault(
        "context-management-taken-anyhow",
        "Nobody looks at the context_management: a create is answered as if it were right.",
        "errors.trigger.context-management-type errors.trigger.context-management-empty "
        "errors.trigger.context-management-threshold",
        reply=take_when(at_place("context_management")),
    ),
    fault(
        "any-key-taken",
        "Nobody looks at the key.",
        "errors.trigger.no-key errors.trigger.wrong-key",
        reply=take_when(has_message("API key")),
    ),
)
