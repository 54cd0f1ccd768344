"""Items of a conversation that are taken, listed, read and deleted wrongly."""

from __future__ import annotations

from antiphon.server.faults.chat_stored import answer, each, unknown
from antiphon.server.faults.conversations import rule
from antiphon.server.faults.shaping import without
from antiphon.server.rules import Paging
from antiphon.server.store import Json

ITEM: Json = {"id": "msg_none", "type": "message", "status": "completed", "role": "user", "content": []}


def swap_ends(body: Json) -> Json:
    return {**body, "first_id": body["last_id"], "last_id": body["first_id"]}


FAULTS = (
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
)
