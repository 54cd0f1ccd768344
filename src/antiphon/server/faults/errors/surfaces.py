"""Invalid requests to other surfaces that are answered: chat, conversations, WebSocket, counts."""

from __future__ import annotations

from collections.abc import Callable

from antiphon.server.behaviour.fault import OutgoingReply
from antiphon.server.behaviour.rules import ChatRules, ConversationRules, SocketRules
from antiphon.server.faults.base import fault
from antiphon.server.faults.replies import EMPTY_PAGE, answer_unknown, at_param
from antiphon.server.faults.requests import COMPACT_PATH, COUNT_PATH, MODEL, change_request
from antiphon.server.json_values import Json
from antiphon.server.settings import ServerSettings

COMPLETION: Json = {
    "id": "chatcmpl-none",
    "object": "chat.completion",
    "created": 1_785_542_400,
    "model": "antiphon-1",
    "choices": [],
}
COMPACTION: Json = {
    "id": "resp_none",
    "object": "response.compaction",
    "created_at": 1_785_542_400,
    "output": [],
    "usage": None,
}


def mend_compact(body: Json) -> Json:
    wrong = body.get("model") not in ServerSettings().models or len(str(body.get("prompt_cache_key") or "")) > 64
    return {"model": MODEL, "input": "hi"} if wrong else body


def mend_count(body: Json) -> Json:
    wrong = not isinstance(body.get("input"), str | list | None)
    return {"model": MODEL, "input": "hi"} if wrong else body


def answer_lost(operation: str, body: Json) -> Callable[[OutgoingReply], OutgoingReply]:
    """Answer with this body where the previous response is unknown."""

    def change(reply: OutgoingReply) -> None:
        if reply.operation == operation and reply.body["error"]["code"] == "previous_response_not_found":
            reply.status, reply.body = 200, body

    return at_param("previous_response_id", change)


FAULTS = (
    fault(
        "conversation-unknown-ignored",
        "A response takes an unknown conversation as none.",
        "errors.trigger.unknown-conversation",
        policy={"conversations": ConversationRules(refuses_unknown=False)},
        implies="errors.trigger.unknown-conversation.detail",
    ),
    fault(
        "conversation-unchecked",
        "Any conversation is taken, next to a previous response too.",
        "errors.trigger.conversation-type errors.trigger.previous-response-and-conversation",
        policy={"unchecked": frozenset({"conversation"})},
        implies="errors.trigger.conversation-type.detail errors.trigger.previous-response-and-conversation.detail "
        "response.echo.conversation",
    ),
    fault(
        "compact-mends",
        "What is wrong in a request to compact is left out.",
        "errors.trigger.compact-unknown-model errors.trigger.compact-cache-key-length "
        "errors.trigger.compact-unknown-previous",
        request=change_request(mend_compact, at=COMPACT_PATH),
        reply=answer_lost("compact-context", COMPACTION),
        implies="compact.keeps-user-messages compact.model-required",
    ),
    fault(
        "count-mends",
        "What is wrong in a request to count is left out.",
        "errors.trigger.input-tokens-unknown-previous errors.trigger.input-tokens-input-type",
        request=change_request(mend_count, at=COUNT_PATH),
        reply=answer_lost("count-input-tokens", {"object": "response.input_tokens", "input_tokens": 8}),
    ),
    fault(
        "conversation-metadata-unchecked",
        "Any metadata of a conversation are taken.",
        "errors.trigger.conversation-metadata-pairs",
        policy={"conversations": ConversationRules(checks_metadata=False)},
        implies="errors.trigger.conversation-metadata-pairs.detail",
    ),
    fault(
        "socket-any-model",
        "Any model is taken over a WebSocket.",
        "errors.trigger.websocket-unknown-model",
        policy={"sockets": SocketRules(takes_any_model=True)},
        implies="errors.trigger.websocket-unknown-model.detail",
    ),
    fault(
        "socket-takes-unknown",
        "A message of an unknown type is answered with a response.",
        "errors.trigger.websocket-unknown-message",
        policy={"sockets": SocketRules(takes=frozenset({"unknown-message"}))},
    ),
    fault(
        "socket-takes-broken",
        "A message that is not JSON is answered with a response.",
        "errors.trigger.websocket-broken-json",
        policy={"sockets": SocketRules(takes=frozenset({"broken-json"}))},
    ),
    fault(
        "chat-model-unchecked",
        "Any model of a chat request is taken.",
        "errors.trigger.chat-missing-model errors.trigger.chat-unknown-model",
        policy={"chat": ChatRules(unchecked=frozenset({"model"}))},
        implies="errors.trigger.chat-missing-model.detail errors.trigger.chat-unknown-model.detail",
    ),
    fault(
        "chat-messages-unchecked",
        "Any messages of a chat request is taken.",
        "errors.trigger.chat-messages-null errors.trigger.chat-messages-missing errors.trigger.chat-messages-empty "
        "errors.trigger.chat-content-missing errors.trigger.chat-content-null errors.trigger.chat-tool-calls-empty "
        "errors.trigger.chat-role errors.trigger.chat-tool-without-call",
        policy={"chat": ChatRules(unchecked=frozenset({"messages"}))},
        implies="errors.trigger.chat-messages-null.detail errors.trigger.chat-messages-missing.detail "
        "errors.trigger.chat-messages-empty.detail errors.trigger.chat-content-missing.detail "
        "errors.trigger.chat-content-null.detail errors.trigger.chat-tool-calls-empty.detail "
        "errors.trigger.chat-role.detail errors.trigger.chat-tool-without-call.detail",
    ),
    fault(
        "chat-temperature-unchecked",
        "Any temperature of a chat request is taken.",
        "errors.trigger.chat-temperature-type errors.trigger.chat-temperature-above",
        policy={"chat": ChatRules(unchecked=frozenset({"temperature"}))},
        implies="errors.trigger.chat-temperature-type.detail errors.trigger.chat-temperature-above.detail",
    ),
    fault(
        "chat-n-unchecked",
        "Any n of a chat request is taken.",
        "errors.trigger.chat-choices-zero",
        policy={"chat": ChatRules(unchecked=frozenset({"n"}))},
        implies="errors.trigger.chat-choices-zero.detail",
    ),
    fault(
        "chat-stop-unchecked",
        "Any stop of a chat request is taken.",
        "errors.trigger.chat-stop-five",
        policy={"chat": ChatRules(unchecked=frozenset({"stop"}))},
        implies="errors.trigger.chat-stop-five.detail",
    ),
    fault(
        "chat-frequency-penalty-unchecked",
        "Any frequency_penalty of a chat request is taken.",
        "errors.trigger.chat-penalty-above",
        policy={"chat": ChatRules(unchecked=frozenset({"frequency_penalty"}))},
        implies="errors.trigger.chat-penalty-above.detail",
    ),
    fault(
        "chat-tools-unchecked",
        "Any tools of a chat request is taken.",
        "errors.trigger.chat-tool-flat",
        policy={"chat": ChatRules(unchecked=frozenset({"tools"}))},
        implies="errors.trigger.chat-tool-flat.detail",
    ),
    fault(
        "chat-metadata-unchecked",
        "Any metadata of a chat request is taken.",
        "errors.trigger.chat-metadata-pairs",
        policy={"chat": ChatRules(unchecked=frozenset({"metadata"}))},
        implies="errors.trigger.chat-metadata-pairs.detail",
    ),
    fault(
        "chat-unknown-read",
        "An unknown completion is made up when it is read.",
        "errors.trigger.unknown-completion-get",
        reply=answer_unknown(COMPLETION, to="get-chat-completion"),
        implies="errors.trigger.unknown-completion-get.detail errors.trigger.unstored-completion chat.stored.delete "
        "chat.stored.default-off",
    ),
    fault(
        "chat-unknown-updated",
        "An unknown completion is made up when it is changed.",
        "errors.trigger.unknown-completion-update",
        reply=answer_unknown(COMPLETION, to="update-chat-completion"),
    ),
    fault(
        "chat-unknown-deleted",
        "The deletion of an unknown completion is confirmed.",
        "errors.trigger.unknown-completion-delete",
        reply=answer_unknown(
            {"object": "chat.completion.deleted", "id": "chatcmpl-" + "0" * 24, "deleted": True},
            to="delete-chat-completion",
        ),
    ),
    fault(
        "chat-unknown-messages",
        "The messages of an unknown completion are an empty list.",
        "errors.trigger.unknown-completion-messages",
        reply=answer_unknown(EMPTY_PAGE, to="list-chat-messages"),
    ),
    fault(
        "chat-stored-against-wish",
        "A completion is stored though store is false.",
        "errors.trigger.unstored-completion",
        policy={"chat": ChatRules(keeps_unstored=True)},
    ),
)
