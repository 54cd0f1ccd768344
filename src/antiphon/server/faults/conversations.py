"""Conversations that are kept, listed, read by responses and deleted wrongly."""

from __future__ import annotations

from typing import Any

from antiphon.server.faults.base import Fault, Reply, one
from antiphon.server.faults.chat_stored import answer, each, unknown
from antiphon.server.faults.shaping import without
from antiphon.server.rules import ConversationRules, Paging
from antiphon.server.store import Json

SHOWN = ("create-conversation", "get-conversation", "update-conversation", "drop-conversation-item")
ITEM: Json = {"id": "msg_none", "type": "message", "status": "completed", "role": "user", "content": []}


def rule(name: str, says: str, breaks: str, implies: str = "", **rules: Any) -> Fault:
    """A fault that turns switches of conversations."""
    return Fault(
        name=f"conversation-{name}",
        says=says,
        breaks=one(*breaks.split()),
        implies=one(*implies.split()),
        policy={"conversations": ConversationRules(**rules)},
    )


def thread(reply: Reply) -> Reply:
    if reply.operation in SHOWN and reply.status == 200:
        reply.body = {**reply.body, "object": "thread"}
    return reply


def vague(reply: Reply) -> Reply:
    """No param where a conversation is refused for what it brings, and one where it is unknown."""
    if reply.status >= 400 and reply.operation in ("create-conversation", "add-conversation-items"):
        reply.body = {"error": {**reply.body["error"], "param": None}}
    if reply.status == 404 and "Conversation" in reply.body["error"]["message"]:
        reply.body = {"error": {**reply.body["error"], "param": "conversation"}}
    return reply


def swap_ends(body: Json) -> Json:
    return {**body, "first_id": body["last_id"], "last_id": body["first_id"]}


FAULTS = (
    rule(
        "items-dropped",
        "The items that come with a new conversation are lost.",
        "conversations.create",
        "conversations.context-included",
        keeps_items=False,
    ),
    Fault(
        name="conversation-object-wrong",
        says="The object of a conversation is thread.",
        breaks=one("conversations.object"),
        reply=thread,
    ),
    answer(
        "conversation-reads-younger",
        "A conversation has another created_at when it is read.",
        "conversations.get",
        "get-conversation",
        lambda body: {**body, "created_at": body["created_at"] + 1},
    ),
    rule("update-ignored", "New metadata are confirmed and forgotten.", "conversations.update", updates=False),
    rule(
        "delete-ignored",
        "A deletion is confirmed, and the conversation stays.",
        "conversations.delete",
        "conversations.delete-then-items",
        deletes=False,
    ),
    answer(
        "conversation-deleted-object-wrong",
        "The answer to a deletion has the object conversation.",
        "conversations.deleted-object",
        "delete-conversation",
        lambda body: {**body, "object": "conversation"},
    ),
    rule(
        "ten-items",
        "More than ten items at once are refused.",
        "conversations.twenty-items",
        "conversations.default-order conversations.default-limit conversations.pages-complete",
        most_items=10,
    ),
    rule(
        "hundred-items",
        "A hundred items are taken at once.",
        "conversations.twenty-one-items",
        "errors.trigger.conversation-items-create.detail errors.trigger.conversation-items-add.detail",
        most_items=100,
    ),
    answer(
        "conversation-adds-one",
        "The answer to added items lists only the first.",
        "conversations.add-items",
        "add-conversation-items",
        lambda body: {**body, "data": body["data"][:1], "last_id": body["first_id"]},
    ),
    answer(
        "conversation-item-other-id",
        "An item of a conversation has another id when it is read.",
        "conversations.get-item",
        "get-conversation-item",
        lambda body: {**body, "id": body["id"] + "0"},
    ),
    rule(
        "item-stays",
        "The deletion of an item is confirmed, and the item stays.",
        "conversations.delete-item",
        deletes_items=False,
    ),
    rule(
        "unknown-is-empty",
        "The items of an unknown conversation are an empty list.",
        "conversations.unknown-id",
        "conversations.delete-then-items",
        lists_unknown=True,
    ),
    unknown(
        "conversation-unknown-item-read",
        "An unknown item of a conversation is made up.",
        "conversations.unknown-item",
        "get-conversation-item",
        ITEM,
        "conversations.delete-item",
    ),
    rule(
        "items-outlive",
        "The items of a deleted conversation can still be listed by its id.",
        "conversations.delete-then-items",
        items_outlive=True,
    ),
    rule(
        "appends-nothing",
        "A response leaves nothing in its conversation.",
        "conversations.response-appends",
        "conversations.nothing-lost",
        appends=False,
    ),
    rule(
        "by-id-only",
        "A conversation that is named by an object is refused.",
        "conversations.response-by-object",
        takes_object=False,
    ),
    rule(
        "not-read",
        "A response does not read its conversation.",
        "conversations.context-included",
        in_context=False,
    ),
    rule(
        "busy-crashes", "A second response at once is answered with 500.", "conversations.locked", when_busy="crashes"
    ),
    rule(
        "busy-overwrites",
        "Of two responses at once the later forgets what the earlier appended.",
        "conversations.nothing-lost",
        when_busy="overwritten",
    ),
    answer(
        "conversation-list-without-more",
        "The answer to added items does not say whether there are more.",
        "conversations.list-shape",
        "add-conversation-items",
        lambda body: without(body, "has_more"),
    ),
    rule(
        "order-ascending",
        "Items are listed oldest first when no order is asked for.",
        "conversations.default-order",
        pages=Paging("asc"),
    ),
    rule(
        "after-inclusive",
        "A page of items begins with the one it was asked to begin after.",
        "conversations.pages-complete",
        pages=Paging(after_inclusive=True),
    ),
    rule(
        "limit-ten",
        "A page holds ten items when no limit is asked for.",
        "conversations.default-limit",
        pages=Paging(default_limit=10),
    ),
    answer(
        "conversation-ends-swapped",
        "first_id and last_id are swapped.",
        "conversations.first-last-ids",
        "list-conversation-items",
        swap_ends,
    ),
    answer(
        "conversation-message-without-status",
        "The messages of a list have no status.",
        "conversations.item-message-shape",
        "list-conversation-items",
        each(lambda item: without(item, "status") if item["type"] == "message" else item),
    ),
    rule(
        "metadata-unchecked",
        "Any metadata of a conversation are taken.",
        "errors.trigger.conversation-metadata-pairs",
        "errors.trigger.conversation-metadata-pairs.detail",
        checks_metadata=False,
    ),
    rule(
        "unknown-ignored",
        "A response takes an unknown conversation as none.",
        "errors.trigger.unknown-conversation",
        "errors.trigger.unknown-conversation.detail",
        refuses_unknown=False,
    ),
    Fault(
        name="conversation-refusals-vague",
        says="The refusal of a conversation names no param or a wrong one.",
        breaks=one(
            "errors.trigger.conversation-items-create.detail",
            "errors.trigger.conversation-items-add.detail",
            "errors.trigger.conversation-metadata-pairs.detail",
            "errors.trigger.unknown-conversation.detail",
        ),
        reply=vague,
    ),
)
