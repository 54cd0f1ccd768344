"""Chat requests that should be refused and are not, and refusals that do not say why."""

from __future__ import annotations

from collections.abc import Mapping

from antiphon.server.faults.base import Fault, Reply, one
from antiphon.server.rules import ChatRules

# field that is not checked: what is then not refused
UNCHECKED: Mapping[str, str] = {
    "temperature": "temperature-type temperature-above",
    "n": "choices-zero",
    "stop": "stop-five",
    "frequency_penalty": "penalty-above",
    "tools": "tool-flat",
    "metadata": "metadata-pairs",
    "model": "missing-model unknown-model",
    "messages": "messages-null messages-missing messages-empty content-missing content-null tool-calls-empty role "
    "tool-without-call",
}
REFUSED = frozenset(f"errors.trigger.chat-{name}.detail" for names in UNCHECKED.values() for name in names.split())
NAMED = (
    "messages-null",
    "content-missing",
    "content-null",
    "tool-calls-empty",
    "role",
    "tool-without-call",
    "unknown-field",
)
TOLD = one(
    *(f"errors.trigger.chat-{name}.detail" for name in NAMED),
    "errors.trigger.unknown-completion-get.detail",
)
"""Refusals whose param and code a server should give."""


def vague(reply: Reply) -> Reply:
    if "chat-completion" in reply.operation and reply.status >= 400:
        reply.body = {"error": {**reply.body["error"], "param": None, "code": None}}
    return reply


TAKEN = tuple(
    Fault(
        name=f"chat-{field.replace('_', '-')}-unchecked",
        says=f"Any {field} of a chat request is taken.",
        breaks=one(*(f"errors.trigger.chat-{name}" for name in triggers.split())),
        implies=one(*(f"errors.trigger.chat-{name}.detail" for name in triggers.split())),
        policy={"chat": ChatRules(unchecked=one(field))},
    )
    for field, triggers in UNCHECKED.items()
)
FAULTS = (
    *TAKEN,
    Fault(
        name="chat-refusals-vague",
        says="A refusal of a chat request has neither param nor code.",
        breaks=TOLD,
        implies=REFUSED - TOLD,
        reply=vague,
    ),
)
