"""Chat requests that are taken and not obeyed."""

from __future__ import annotations

from typing import Any

from antiphon.server.faults.base import Fault, breaking
from antiphon.server.rules import ChatRules


def rule(name: str, says: str, breaks: str, implies: str = "", **rules: Any) -> Fault:
    """A fault that turns switches of Chat Completions."""
    return breaking(f"chat-{name}", says, breaks, implies, policy={"chat": ChatRules(**rules)})


def model(name: str, says: str, breaks: str, implies: str = "", **switches: Any) -> Fault:
    """A fault of the pseudo-model, as chat uses it."""
    return rule(name, says, breaks, implies, model=switches)


FAULTS = (
    rule(
        "call-finish-deprecated",
        "A choice that calls a tool finishes with function_call.",
        "chat.forced-call-finish",
        "chat.tool-calls-finish",
        call_finish="function_call",
    ),
    model(
        "none-ignored",
        "A tool is called with tool_choice none.",
        "chat.none-no-call",
        "chat.calls-obey-choice",
        obeys_none=False,
    ),
    model("name-ignored", "Another tool than the named one is called.", "chat.calls-obey-choice", obeys_name=False),
    rule("cut-as-stop", "A choice that was cut says stop.", "chat.length-cut", length_finish="stop"),
    model("limit-overrun", "A completion has more tokens than its limit.", "chat.within-limit", overruns_limit=8),
    rule("stop-ignored", "Stop sequences are ignored.", "chat.stop-sequence", "chat.stop-finish", cuts_at_stop=False),
    rule("stop-as-length", "A choice that met a stop sequence says length.", "chat.stop-finish", stop_finish="length"),
    model(
        "format-ignored",
        "The answer to a strict schema is plain text.",
        "chat.json-schema",
        "chat.parity.text",
        obeys_format=False,
    ),
    rule("tool-output-refused", "Tool messages are refused.", "chat.tool-output", takes_tool_outputs=False),
    rule("empty-content-refused", "Empty content is refused.", "chat.empty-content", refuses_empty=True),
)
