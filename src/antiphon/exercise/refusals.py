"""Clean refusals of a capability: `spec/capabilities.yaml` as code.

One function for each capability of `spec/capabilities.yaml` gives the reason for which an exchange declines it, or an
empty text. Webhooks have none: deliveries are set up outside the API, so the target's own configuration decides.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from antiphon.contract.model import Contract
from antiphon.exercise.call_evidence import UNKNOWN, UNSUPPORTED, CallEvidence
from antiphon.recording.exchange import Exchange


class CapabilityRefusal(NamedTuple):
    """A capability that the target lacks, and how its refusal reads."""

    capability: str
    reason: str


def find_refusal(
    contract: Contract, needs: Iterable[str], exchange: Exchange, unstored: Collection[str] = ()
) -> CapabilityRefusal | None:
    """The needed capability, or one that it rests on, that an exchange declines; None where it declines none.

    `unkept` are the ids of responses that were to be stored and of which no reply said that they are.
    """
    if exchange.request is None or exchange.response is None:
        return None
    operation = contract.edition.operation(exchange.request.method, exchange.request.path)
    call = CallEvidence(exchange, operation, unstored)
    if call.error.get("code") == "model_not_found":
        return None
    if operation == "create" and not call.is_about_the_request:
        needs = {*needs, "core"}
    for name in sorted(needs):
        if name in REASONS and (reason := REASONS[name](call)):
            return CapabilityRefusal(name, reason)
    return None


def _core(call: CallEvidence) -> str:
    return call.lacks("create")


def _streaming(call: CallEvidence) -> str:
    return call.refuses("stream", True)


def _store(call: CallEvidence) -> str:
    return (
        call.lacks("retrieve", "delete")
        or call.refuses("store", True)
        or call.does_not_store()
        or call.not_stored("retrieve", "delete")
    )


def _chaining(call: CallEvidence) -> str:
    return call.refuses("previous_response_id", codes=UNKNOWN) or call.does_not_store()


def _input_items(call: CallEvidence) -> str:
    return call.lacks("input_items") or call.does_not_store() or call.not_stored("input_items")


def _background(call: CallEvidence) -> str:
    return call.refuses("background", True)


def _cancel(call: CallEvidence) -> str:
    return call.lacks("cancel") or _background(call) or call.not_stored("cancel")


def _resume(call: CallEvidence) -> str:
    return call.lacks("retrieve") or _background(call) or call.refuses_query("stream") or call.not_stored("retrieve")


def _tools(call: CallEvidence) -> str:
    return call.refuses("tools") or call.refuses("tool_choice", codes=UNSUPPORTED)


def _structured_output(call: CallEvidence) -> str:
    return (
        call.refuses("text", codes=UNSUPPORTED)
        or call.refuses("text.format", codes=UNSUPPORTED)
        or call.refuses("text.format.type")
    )


def _reasoning(call: CallEvidence) -> str:
    return (
        call.refuses("reasoning")
        or call.refuses("reasoning.effort")
        or call.refuses("include", "reasoning.encrypted_content")
    )


def _compact(call: CallEvidence) -> str:
    return call.lacks("compact")


def _input_tokens(call: CallEvidence) -> str:
    return call.lacks("input_tokens")


def _conversations(call: CallEvidence) -> str:
    return call.lacks("conversations.create") or call.refuses("conversation", codes=UNKNOWN)


def _websocket(call: CallEvidence) -> str:
    return call.lacks("websocket")


def _chat(call: CallEvidence) -> str:
    return call.lacks("chat.create")


def _chat_stored(call: CallEvidence) -> str:
    return call.lacks("chat.list", "chat.get") or call.refuses("store", True)


REASONS: Mapping[str, Callable[[CallEvidence], str]] = MappingProxyType(
    {
        "core": _core,
        "streaming": _streaming,
        "store": _store,
        "chaining": _chaining,
        "input-items": _input_items,
        "background": _background,
        "cancel": _cancel,
        "resume": _resume,
        "tools": _tools,
        "structured-output": _structured_output,
        "reasoning": _reasoning,
        "compact": _compact,
        "input-tokens": _input_tokens,
        "conversations": _conversations,
        "websocket": _websocket,
        "chat": _chat,
        "chat-stored": _chat_stored,
    }
)
"""By capability."""
