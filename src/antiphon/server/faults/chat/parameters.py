"""Parameters of a chat request that are not followed."""

from __future__ import annotations

from antiphon.server.behaviour.rules import ChatRules
from antiphon.server.faults.base import fault

FAULTS = (
    fault(
        "chat-call-finish-deprecated",
        "A choice that calls a tool finishes with function_call.",
        "chat.forced-call-finish",
        policy={"chat": ChatRules(call_finish="function_call")},
        implies="chat.tool-calls-finish chat.calls-finish chat.stream.calls-finish",
    ),
    fault(
        "chat-none-ignored",
        "A tool is called with tool_choice none.",
        "chat.none-no-call",
        policy={"chat": ChatRules(model={"obeys_none": False})},
        implies="chat.calls-obey-choice",
    ),
    fault(
        "chat-name-ignored",
        "Another tool than the named one is called.",
        "chat.calls-obey-choice",
        policy={"chat": ChatRules(model={"obeys_name": False})},
    ),
    fault(
        "chat-cut-as-stop",
        "A choice that was cut says stop.",
        "chat.length-cut",
        policy={"chat": ChatRules(length_finish="stop")},
    ),
    fault(
        "chat-limit-overrun",
        "A completion has more tokens than its limit.",
        "chat.within-limit",
        policy={"chat": ChatRules(model={"overruns_limit": 8})},
    ),
    fault(
        "chat-stop-ignored",
        "Stop sequences are ignored.",
        "chat.stop-sequence",
        policy={"chat": ChatRules(cuts_at_stop=False)},
        implies="chat.stop-finish",
    ),
    fault(
        "chat-stop-as-length",
        "A choice that met a stop sequence says length.",
        "chat.stop-finish",
        policy={"chat": ChatRules(stop_finish="length")},
    ),
    fault(
        "chat-format-ignored",
        "The answer to a strict schema is plain text.",
        "chat.json-schema",
        policy={"chat": ChatRules(model={"obeys_format": False})},
        implies="chat.parity.text",
    ),
    fault(
        "chat-tool-output-refused",
        "Tool messages are refused.",
        "chat.tool-output",
        policy={"chat": ChatRules(takes_tool_outputs=False)},
    ),
    fault(
        "chat-empty-content-refused",
        "Empty content is refused.",
        "chat.empty-content",
        policy={"chat": ChatRules(refuses_empty=True)},
    ),
    fault(
        "chat-parameters-ignored",
        "The arguments of a strict function do not fit its parameters.",
        "chat.parity.tool-call",
        policy={"chat": ChatRules(model={"obeys_parameters": False})},
    ),
)
