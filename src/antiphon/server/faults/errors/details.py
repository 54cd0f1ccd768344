"""Refusals with a wrong param, code or status."""

from __future__ import annotations

from antiphon.contract.triggers import Trigger, triggers
from antiphon.server.behaviour.fault import OutgoingReply
from antiphon.server.behaviour.rules import SocketRules
from antiphon.server.faults.base import fault
from antiphon.server.faults.replies import at_param, edit_error, put_error


def blur_chat_refusals(reply: OutgoingReply) -> OutgoingReply:
    if "chat-completion" in reply.operation and reply.status >= 400:
        edit_error(reply, param=None, code=None)
    return reply


def blur_conversation_refusals(reply: OutgoingReply) -> OutgoingReply:
    """No param or code where there should be one, and a param where there should be none."""
    if reply.status >= 400 and reply.operation in ("create-conversation", "add-conversation-items"):
        edit_error(reply, param=None)
    if reply.status == 400 and reply.body["error"]["code"] in ("mutually_exclusive_parameters", "conversation_locked"):
        edit_error(reply, code=None)
    if reply.status == 404 and "Conversation" in reply.body["error"]["message"]:
        edit_error(reply, param="conversation")
    return reply


def spoil_status(reply: OutgoingReply) -> OutgoingReply:
    """Refusals with a status that is another one of the documented ones."""
    if reply.status in (400, 401, 404, 415) and isinstance(reply.body, dict):
        reply.status = 422
    return reply


UNKNOWN_MODEL = "errors.trigger.chat-unknown-model.detail"


def is_pullable(trigger: Trigger) -> bool:
    """It can be pulled against this server, by HTTP, and has details."""
    here = trigger.portable or trigger.for_thinkers or trigger.id == "conversation-locked"
    return bool(trigger.detail) and here and trigger.operation != "websocket" and trigger.id != "chat-unknown-model"


def details_of(member: str, but: str = "") -> str:
    """The details of the refusals of this server that name a member, those of one trigger left out."""
    pulled = (each for each in triggers() if is_pullable(each) and each.id != but)
    return " ".join(each.detail for each in pulled if member in each.expected)


FAULTS = (
    fault(
        "refusal-code-wrong",
        "Every refusal has the code oops.",
        details_of("code"),
        reply=put_error(code="oops"),
        implies="create.unknown-fields errors.trigger.chat-unknown-model.detail limits.context-too-long",
    ),
    fault(
        "refusal-param-wrong",
        "Every refusal names another place.",
        f"{UNKNOWN_MODEL} {details_of('param')}",
        reply=put_error(param="elsewhere"),
    ),
    fault(
        "refusal-status-wrong",
        "Every refusal has the status 422.",
        details_of("status"),
        reply=spoil_status,
        implies="cancel.unknown-id compact.id-not-readable conversations.locked errors.code-fits-status "
        "errors.unknown-route errors.trigger.no-key errors.trigger.wrong-key "
        "errors.trigger.chat-unknown-model.detail input-items.unknown-response store.unknown-id-get "
        "store.unknown-id-delete store.unknown-id-malformed store.delete-twice store.get-in-flight"
        " create.compressed-requests",
    ),
    fault(
        "conversation-refusals-vague",
        "The refusal of a conversation has a wrong param or code.",
        "errors.trigger.unknown-conversation.detail errors.trigger.previous-response-and-conversation.detail "
        "errors.trigger.conversation-locked.detail",
        reply=blur_conversation_refusals,
        implies="errors.trigger.conversation-items-create.detail errors.trigger.conversation-items-add.detail "
        "errors.trigger.conversation-metadata-pairs.detail",
    ),
    fault(
        "part-type-unlocated",
        "A wrong type of a content part is refused without saying where it stands.",
        "errors.trigger.content-chat-type.detail errors.trigger.content-type.detail",
        reply=at_param("input[0].content[0].type", lambda reply: edit_error(reply, param=None, code=None)),
    ),
    fault(
        "socket-lane-code",
        "A wrong stream_id is refused with the code invalid_value.",
        "errors.trigger.websocket-stream-id.detail",
        policy={"sockets": SocketRules(error_codes={"invalid_stream_id": "invalid_value"})},
    ),
    fault(
        "socket-lane-limit-code",
        "The thirty-third lane is refused with the code too_many_streams.",
        "errors.trigger.websocket-stream-limit.detail",
        policy={"sockets": SocketRules(error_codes={"websocket_stream_limit_reached": "too_many_streams"})},
    ),
    fault(
        "socket-model-code",
        "An unknown model is refused over a WebSocket with the code invalid_model.",
        "errors.trigger.websocket-unknown-model.detail",
        policy={"sockets": SocketRules(error_codes={"model_not_found": "invalid_model"})},
    ),
    fault(
        "chat-refusals-vague",
        "A refusal of a chat request has neither param nor code.",
        "errors.trigger.chat-unknown-field.detail errors.trigger.chat-messages-null.detail "
        "errors.trigger.chat-content-missing.detail errors.trigger.chat-content-null.detail "
        "errors.trigger.chat-tool-calls-empty.detail errors.trigger.chat-role.detail "
        "errors.trigger.chat-tool-without-call.detail errors.trigger.unknown-completion-get.detail",
        reply=blur_chat_refusals,
        implies="errors.trigger.chat-unknown-model.detail errors.trigger.chat-missing-model.detail "
        "errors.trigger.chat-messages-missing.detail errors.trigger.chat-messages-empty.detail "
        "errors.trigger.chat-temperature-type.detail errors.trigger.chat-temperature-above.detail "
        "errors.trigger.chat-choices-zero.detail errors.trigger.chat-stop-five.detail "
        "errors.trigger.chat-penalty-above.detail errors.trigger.chat-tool-flat.detail "
        "errors.trigger.chat-metadata-pairs.detail",
    ),
)
