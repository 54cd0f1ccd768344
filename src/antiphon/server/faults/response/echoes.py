"""Parameters that a response does not echo as they were sent."""

from __future__ import annotations

from antiphon.server.faults.base import fault
from antiphon.server.faults.edits import in_each, in_item, lose, put, when_conversation, when_remote_tools
from antiphon.server.faults.requests import change_request
from antiphon.server.json_values import Json


def show_medium_verbosity(response: Json) -> Json:
    return {**response, "text": {**response["text"], "verbosity": "medium"}}


def reverse_tools(response: Json) -> Json:
    return {**response, "tools": list(reversed(response["tools"]))}


def give_keys_away(body: Json) -> Json:
    """The key of a remote tool becomes its description, which a reply shows."""
    given = body.get("tools")
    return {**body, "tools": [describe_by_key(tool) for tool in given]} if isinstance(given, list) else body


def describe_by_key(tool: Json) -> Json:
    given = tool.get("headers") if isinstance(tool, dict) and tool.get("type") == "mcp" else None
    keys = list(given.values()) if isinstance(given, dict) else []
    return {**tool, "server_description": keys[0]} if keys else tool


FAULTS = (
    fault(
        "background-with-remote-tools",
        "A response with remote tools says that it is in the background.",
        "response.echo.background",
        response=when_remote_tools(put(background=True)),
    ),
    fault(
        "conversation-other",
        "A response names another conversation than was sent.",
        "response.echo.conversation",
        response=when_conversation(put(conversation={"id": "conv_" + "1" * 48})),
        implies="modes.settings-kept",
    ),
    fault(
        "instructions-not-echoed",
        "The reply shows the default for instructions, whatever was sent.",
        "response.echo.instructions",
        response=put(instructions=None),
        implies="modes.settings-kept",
    ),
    fault(
        "max-output-tokens-not-echoed",
        "The reply shows the default for max_output_tokens, whatever was sent.",
        "response.echo.max-output-tokens",
        response=put(max_output_tokens=None),
        implies="modes.settings-kept",
    ),
    fault(
        "max-tool-calls-not-echoed",
        "The reply shows the default for max_tool_calls, whatever was sent.",
        "response.echo.max-tool-calls",
        response=put(max_tool_calls=None),
    ),
    fault(
        "metadata-not-echoed",
        "The reply shows the default for metadata, whatever was sent.",
        "response.echo.metadata",
        response=put(metadata={}),
        implies="metadata.maximum-accepted metadata.kept-on-get metadata.in-stream metadata.characters-not-bytes "
        "concurrency.replies-not-mixed concurrency.stored-not-mixed store.get-equals-create",
    ),
    fault(
        "parallel-tool-calls-not-echoed",
        "The reply shows the default for parallel_tool_calls, whatever was sent.",
        "response.echo.parallel-tool-calls",
        response=put(parallel_tool_calls=True),
        implies="modes.settings-kept",
    ),
    fault(
        "previous-response-id-not-echoed",
        "The reply shows the default for previous_response_id, whatever was sent.",
        "response.echo.previous-response-id",
        response=put(previous_response_id=None),
        implies="modes.settings-kept",
    ),
    fault(
        "prompt-cache-key-not-echoed",
        "The reply shows the default for prompt_cache_key, whatever was sent.",
        "response.echo.prompt-cache-key",
        response=put(prompt_cache_key=None),
        implies="modes.settings-kept",
    ),
    fault(
        "reasoning-not-echoed",
        "The reply shows the default for reasoning, whatever was sent.",
        "response.echo.reasoning-effort",
        response=put(reasoning={"effort": None, "summary": None}),
        implies="response.echo.reasoning-summary",
    ),
    fault(
        "safety-identifier-not-echoed",
        "The reply shows the default for safety_identifier, whatever was sent.",
        "response.echo.safety-identifier",
        response=put(safety_identifier=None),
        implies="modes.settings-kept",
    ),
    fault(
        "store-not-echoed",
        "The reply shows the default for store, whatever was sent.",
        "response.echo.store",
        response=put(store=True),
        implies="store.echo-tells-truth",
    ),
    fault(
        "temperature-not-echoed",
        "The reply shows the default for temperature, whatever was sent.",
        "response.echo.temperature",
        response=put(temperature=1.0),
    ),
    fault(
        "text-not-echoed",
        "The reply shows the default for text, whatever was sent.",
        "response.echo.text-format",
        response=put(text={"format": {"type": "text"}, "verbosity": "medium"}),
        implies="response.echo.text-verbosity",
    ),
    fault(
        "verbosity-not-echoed",
        "The reply shows the default verbosity, whatever was sent.",
        "response.echo.text-verbosity",
        response=show_medium_verbosity,
    ),
    fault(
        "tool-choice-not-echoed",
        "The reply shows the default for tool_choice, whatever was sent.",
        "response.echo.tool-choice",
        response=put(tool_choice="auto"),
        implies="modes.settings-kept tools.calls-obey-choice",
    ),
    fault(
        "tools-not-echoed",
        "The reply shows the default for tools, whatever was sent.",
        "response.echo.tools",
        response=put(tools=[]),
        implies="modes.settings-kept response.echo.tools-function response.echo.tools-strict tools.allowed-lists-all "
        "item.function-name-listed tools.calls-obey-choice",
    ),
    fault(
        "tools-reversed", "Tools come back in the reverse order.", "response.echo.tools-order", response=reverse_tools
    ),
    fault(
        "tool-description-missing",
        "A function tool in the reply has no description.",
        "response.echo.tools-function",
        response=in_each("tools", in_item("function", lose("description"))),
        implies="modes.settings-kept",
    ),
    fault(
        "tool-strict-null",
        "The strict of a function tool is null in the reply.",
        "response.echo.tools-strict-boolean",
        response=in_each("tools", in_item("function", put(strict=None))),
        implies="modes.settings-kept response.echo.tools-strict",
    ),
    fault(
        "tool-strict-flipped",
        "The strict of a function tool comes back as its opposite.",
        "response.echo.tools-strict",
        response=in_each("tools", in_item("function", lambda tool: {**tool, "strict": not tool["strict"]})),
        implies="modes.settings-kept",
    ),
    fault(
        "top-logprobs-not-echoed",
        "The reply shows the default for top_logprobs, whatever was sent.",
        "response.echo.top-logprobs",
        response=put(top_logprobs=0),
        implies="modes.settings-kept",
    ),
    fault(
        "top-p-not-echoed",
        "The reply shows the default for top_p, whatever was sent.",
        "response.echo.top-p",
        response=put(top_p=1.0),
    ),
    fault(
        "truncation-not-echoed",
        "The reply shows the default for truncation, whatever was sent.",
        "response.echo.truncation",
        response=put(truncation="disabled"),
    ),
    fault(
        "remote-key-shown",
        "A reply describes a remote tool by its key.",
        "response.echo.secrets-redacted",
        request=change_request(give_keys_away),
    ),
)
