"""Faults of conversations and their items: how they are kept, listed, read and deleted."""

from __future__ import annotations

from antiphon.server.behaviour.fault import OutgoingReply
from antiphon.server.behaviour.rules import ConversationRules, PageRules
from antiphon.server.faults.base import fault
from antiphon.server.faults.edits import in_each, in_item, lose, put
from antiphon.server.faults.replies import answer_unknown, change_body
from antiphon.server.json_values import Json

CONVERSATION_REPLIES = ("create-conversation", "get-conversation", "update-conversation", "drop-conversation-item")


def name_thread(reply: OutgoingReply) -> OutgoingReply:
    if reply.operation in CONVERSATION_REPLIES and reply.status == 200:
        reply.body = {**reply.body, "object": "thread"}
    return reply


ITEM: Json = {"id": "msg_none", "type": "message", "status": "completed", "role": "user", "content": []}


def swap_ends(body: Json) -> Json:
    return {**body, "first_id": body["last_id"], "last_id": body["first_id"]}


CONFIRMED = frozenset({"get-conversation", "update-conversation", "delete-conversation", "add-conversation-items"})


def forbid_locked(reply: OutgoingReply) -> OutgoingReply:
    """The refusal of a conversation that is busy has the status of a missing permission."""
    error = reply.body.get("error") if isinstance(reply.body, dict) else None
    if isinstance(error, dict) and error.get("code") == "conversation_locked":
        reply.status = 403
    return reply


def confirm_unknown(reply: OutgoingReply) -> OutgoingReply:
    """What is done with an unknown conversation is confirmed."""
    if reply.operation in CONFIRMED and reply.status == 404:
        reply.status = 200
        id = "conv_" + "0" * 48
        kept = {"id": id, "object": "conversation", "created_at": 1_800_000_000, "metadata": {}}
        gone = {"id": id, "object": "conversation.deleted", "deleted": True}
        reply.body = gone if reply.operation == "delete-conversation" else kept
    return reply


FAULTS = (
    fault(
        "conversation-items-dropped",
        "The items that come with a new conversation are lost.",
        "conversations.create",
        policy={"conversations": ConversationRules(keeps_items=False)},
        implies="modes.turns-read conversations.context-included",
    ),
    fault(
        "conversation-object-wrong",
        "The object of a conversation is thread.",
        "conversations.object",
        reply=name_thread,
    ),
    fault(
        "conversation-reads-younger",
        "A conversation has another created_at when it is read.",
        "conversations.get",
        reply=change_body(lambda body: {**body, "created_at": body["created_at"] + 1}, to="get-conversation"),
    ),
    fault(
        "conversation-update-ignored",
        "New metadata are confirmed and forgotten.",
        "conversations.update",
        policy={"conversations": ConversationRules(updates=False)},
    ),
    fault(
        "conversation-delete-ignored",
        "A deletion is confirmed, and the conversation stays.",
        "conversations.delete",
        policy={"conversations": ConversationRules(deletes=False)},
        implies="conversations.delete-then-items",
    ),
    fault(
        "conversation-deleted-object-wrong",
        "The answer to a deletion has the object conversation.",
        "conversations.deleted-object",
        reply=change_body(put(object="conversation"), to="delete-conversation"),
    ),
    fault(
        "conversation-ten-items",
        "More than ten items at once are refused.",
        "conversations.twenty-items",
        policy={"conversations": ConversationRules(most_items=10)},
        implies="conversations.default-order conversations.default-limit conversations.pages-complete",
    ),
    fault(
        "conversation-hundred-items",
        "A hundred items are taken at once.",
        "conversations.twenty-one-items",
        policy={"conversations": ConversationRules(most_items=100)},
        implies="errors.trigger.conversation-items-create.detail errors.trigger.conversation-items-add.detail",
    ),
    fault(
        "conversation-adds-one",
        "The answer to added items lists only the first.",
        "conversations.add-items",
        reply=change_body(
            lambda body: {**body, "data": body["data"][:1], "last_id": body["first_id"]}, to="add-conversation-items"
        ),
    ),
    fault(
        "conversation-item-other-id",
        "An item of a conversation has another id when it is read.",
        "conversations.get-item",
        reply=change_body(lambda body: {**body, "id": body["id"] + "0"}, to="get-conversation-item"),
    ),
    fault(
        "conversation-item-stays",
        "The deletion of an item is confirmed, and the item stays.",
        "conversations.delete-item",
        policy={"conversations": ConversationRules(deletes_items=False)},
    ),
    fault(
        "conversation-unknown-is-empty",
        "The items of an unknown conversation are an empty list.",
        "conversations.unknown-id",
        policy={"conversations": ConversationRules(lists_unknown=True)},
        implies="conversations.delete-then-items",
    ),
    fault(
        "conversation-unknown-found",
        "What is done with an unknown conversation is confirmed.",
        "conversations.unknown-id",
        reply=confirm_unknown,
        implies="conversations.delete conversations.delete-then-items",
    ),
    fault(
        "conversation-unknown-item-read",
        "An unknown item of a conversation is made up.",
        "conversations.unknown-item",
        reply=answer_unknown(ITEM, to="get-conversation-item"),
        implies="conversations.delete-item",
    ),
    fault(
        "conversation-items-outlive",
        "The items of a deleted conversation can still be listed by its id.",
        "conversations.delete-then-items",
        policy={"conversations": ConversationRules(items_outlive=True)},
    ),
    fault(
        "conversation-appends-nothing",
        "A response leaves nothing in its conversation.",
        "conversations.response-appends",
        policy={"conversations": ConversationRules(appends=False)},
        implies="modes.turn-appended conversations.nothing-lost",
    ),
    fault(
        "conversation-by-id-only",
        "A conversation that is named by an object is refused.",
        "conversations.response-by-object",
        policy={"conversations": ConversationRules(takes_object=False)},
    ),
    fault(
        "conversation-not-read",
        "A response does not read its conversation.",
        "conversations.context-included",
        policy={"conversations": ConversationRules(in_context=False)},
        implies="modes.turns-read",
    ),
    fault(
        "conversation-busy-crashes",
        "A second response at once is answered with 500.",
        "create.never-500",
        policy={"conversations": ConversationRules(when_busy="crashes")},
        implies="conversations.locked errors.trigger.conversation-locked.detail errors.server-error-envelope",
    ),
    fault(
        "conversation-busy-forbidden",
        "A second response at once is answered with 403.",
        "conversations.locked",
        reply=forbid_locked,
        implies="errors.trigger.conversation-locked.detail errors.code-fits-status",
    ),
    fault(
        "conversation-busy-overwrites",
        "Of two responses at once the later forgets what the earlier appended.",
        "conversations.nothing-lost",
        policy={"conversations": ConversationRules(when_busy="overwritten")},
        implies="errors.trigger.conversation-locked.detail",
    ),
    fault(
        "conversation-list-without-more",
        "The answer to added items does not say whether there are more.",
        "conversations.list-shape",
        reply=change_body(lose("has_more"), to="add-conversation-items"),
    ),
    fault(
        "conversation-order-ascending",
        "Items are listed oldest first when no order is asked for.",
        "conversations.default-order",
        policy={"conversations": ConversationRules(pages=PageRules("asc"))},
    ),
    fault(
        "conversation-after-inclusive",
        "A page of items begins with the one it was asked to begin after.",
        "conversations.pages-complete",
        policy={"conversations": ConversationRules(pages=PageRules(after_inclusive=True))},
    ),
    fault(
        "conversation-ends-swapped",
        "first_id and last_id are swapped.",
        "conversations.first-last-ids",
        reply=change_body(swap_ends, to="list-conversation-items"),
    ),
    fault(
        "conversation-limit-ten",
        "A page holds ten items when no limit is asked for.",
        "conversations.default-limit",
        policy={"conversations": ConversationRules(pages=PageRules(default_limit=10))},
    ),
    fault(
        "conversation-message-without-status",
        "The messages of a list have no status.",
        "conversations.item-message-shape",
        reply=change_body(
            in_each("data", in_item("message", lose("status"))),
            to="list-conversation-items",
        ),
    ),
)
