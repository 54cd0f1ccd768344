"""Items of a conversation are added, read and taken out one by one."""

from typing import Any

from antiphon.suite import Exchange, Transcript, assume, requirement
from antiphon.suite.controls import whole_conversation
from antiphon.suite.controls.whole_conversation import SECOND, ConversationStep, texts

one_conversation = whole_conversation.one_conversation


def first(added: Exchange) -> Any:
    """The first of the items that were added."""
    assume(added.is_success and added.body.get("data"), "no item was added")
    return added.body["data"][0]


@requirement("conversations.add-items")
def test_added_items_come_back(one_conversation: Transcript) -> None:
    """Added items come back as a list with ids."""
    added = one_conversation[ConversationStep.ADDED]
    assume(not added.is_client_error, "twenty items are refused at once, which is another requirement's")

    assert added.is_success
    assert added.status == 200
    assert texts(added.body["data"]) == SECOND
    assert [item for item in added.body["data"] if not isinstance(item.get("id"), str)] == []


@requirement("conversations.get-item")
def test_an_item_is_read(one_conversation: Transcript) -> None:
    """An item is read by its id."""
    found = one_conversation[ConversationStep.ITEM_READ]
    item = first(one_conversation[ConversationStep.ADDED])

    assert found.status == 200
    assert found.body["id"] == item["id"]


@requirement("conversations.delete-item")
def test_a_deleted_item_is_gone(one_conversation: Transcript) -> None:
    """Deleting an item answers the conversation, and the item is gone."""
    assume(one_conversation[ConversationStep.ITEM_READ].is_success, "the item could not be read even before that")

    assert (
        one_conversation[ConversationStep.ITEM_DELETED].body["id"] == one_conversation[ConversationStep.MADE].body["id"]
    )
    assert one_conversation[ConversationStep.ITEM_SOUGHT].is_client_error
