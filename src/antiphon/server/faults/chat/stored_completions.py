"""Faults of stored chat completions: how they are kept, listed, changed and deleted."""

from __future__ import annotations

from antiphon.server.behaviour.rules import ChatRules, PageRules
from antiphon.server.faults.base import fault
from antiphon.server.faults.chat.completions import in_message
from antiphon.server.faults.edits import in_each, in_member, lose, put, without
from antiphon.server.faults.replies import change_body
from antiphon.server.faults.requests import change_request
from antiphon.server.json_values import Json


def keep_first_pair(completion: Json) -> Json:
    pairs = list((completion.get("metadata") or {}).items())
    return {**completion, "metadata": dict(pairs[:1])} if len(pairs) > 1 else completion


def unlabel_stream(body: Json) -> Json:
    return without(body, "metadata") if body.get("stream") else body


FAULTS = (
    fault(
        "chat-stream-unlabelled",
        "A completion that is streamed loses its metadata.",
        "chat.stored.metadata",
        request=change_request(
            lambda body: lose("metadata")(body) if body.get("stream") else body, at="/chat/completions"
        ),
    ),
    fault(
        "chat-stored-unasked",
        "A completion is stored when store is left out.",
        "chat.stored.default-off",
        policy={"chat": ChatRules(stores_by_default=True)},
    ),
    fault(
        "chat-read-under-other-id",
        "A stored completion has another id when it is read.",
        "chat.stored.get",
        reply=change_body(lambda body: {**body, "id": body["id"] + "0"}, to="get-chat-completion"),
    ),
    fault(
        "chat-stream-not-stored",
        "A streamed completion is not stored.",
        "chat.stored.after-stream",
        policy={"chat": ChatRules(keeps_streams=False)},
    ),
    fault(
        "chat-read-without-second-call",
        "A stored completion reads without its second call.",
        "chat.stored.after-stream",
        reply=change_body(in_message(in_member("tool_calls", lambda calls: calls[:1])), to="get-chat-completion"),
    ),
    fault(
        "chat-update-ignored",
        "New metadata are confirmed and forgotten.",
        "chat.stored.update",
        policy={"chat": ChatRules(updates=False)},
    ),
    fault(
        "chat-never-listed",
        "The list of stored completions is always empty.",
        "chat.stored.list",
        policy={"chat": ChatRules(lists=False)},
        implies="chat.stored.order chat.stored.pages chat.stored.metadata-filter",
    ),
    fault(
        "chat-list-without-first-id",
        "The list of stored completions has no first_id.",
        "chat.stored.list-shape",
        reply=change_body(lose("first_id"), to="list-chat-completions"),
    ),
    fault(
        "chat-delete-ignored",
        "A deletion is confirmed, and the completion stays.",
        "chat.stored.delete",
        policy={"chat": ChatRules(deletes=False)},
    ),
    fault(
        "chat-deleted-object-wrong",
        "The answer to a deletion has the object chat.completion.",
        "chat.stored.deleted-object",
        reply=change_body(put(object="chat.completion"), to="delete-chat-completion"),
    ),
    fault(
        "chat-order-descending",
        "Stored completions are listed newest first when no order is asked for.",
        "chat.stored.order",
        policy={"chat": ChatRules(pages=PageRules("desc"))},
    ),
    fault(
        "chat-after-inclusive",
        "A page of completions begins with the one it was asked to begin after.",
        "chat.stored.pages",
        policy={"chat": ChatRules(pages=PageRules("asc", after_inclusive=True))},
    ),
    fault(
        "chat-messages-without-ids",
        "The messages of a stored completion are listed without ids.",
        "chat.stored.messages",
        reply=change_body(in_each("data", lose("id")), to="list-chat-messages"),
    ),
    fault(
        "chat-metadata-cut",
        "A stored completion shows one pair of its metadata.",
        "chat.stored.metadata",
        completion=keep_first_pair,
        implies="chat.stored.update",
    ),
    fault(
        "chat-filter-ignored",
        "Metadata do not narrow the list.",
        "chat.stored.metadata-filter",
        policy={"chat": ChatRules(filters=False)},
    ),
)
