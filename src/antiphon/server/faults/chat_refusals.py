"""Chat requests that should be refused and are not."""

from __future__ import annotations

from collections.abc import Mapping

from antiphon.server.faults.base import Fault, one
from antiphon.server.rules import ChatRules

# field that is not checked: what is then not refused
UNCHECKED: Mapping[str, str] = {
    "temperature": "temperature-type temperature-above",
    "n": "choices-zero",
    "stop": "stop-five",
    "frequency_penalty": "penalty-above",
    "tools": "tool-flat",
    "metadata": "metadata-pairs",
    "bogus": "unknown-field",
    "model": "missing-model unknown-model",
    "messages": "messages-null messages-missing messages-empty content-missing content-null tool-calls-empty role "
    "tool-without-call",
}
FAULTS = tuple(
    Fault(
        name=f"chat-{field.replace('_', '-')}-unchecked",
        says=f"Any {field} of a chat request is taken.",
        breaks=one(*(f"errors.trigger.chat-{name}" for name in triggers.split())),
        implies=one(*(f"errors.trigger.chat-{name}.detail" for name in triggers.split())),
        policy={"chat": ChatRules(unchecked=one(field))},
    )
    for field, triggers in UNCHECKED.items()
)
