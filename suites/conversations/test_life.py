"""Conversations are made, read, changed and deleted by their id."""

from antiphon.suite import Api, Transcript, assume, requirement, scenario
from antiphon.suite.controls import whole_conversation
from antiphon.suite.controls.whole_conversation import FIRST, LATER_METADATA, METADATA, ConversationStep, texts

one_conversation = whole_conversation.one_conversation


@scenario(needs={"conversations"})
async def conversation_empty(api: Api) -> None:
    """A conversation is made with nothing in it."""
    await api.call("conversations.create", body={})


@requirement("conversations.create")
def test_a_conversation_begins_with_what_is_sent(one_conversation: Transcript) -> None:
    """A conversation is created with metadata and items."""
    created = one_conversation[ConversationStep.MADE]
    assert created.is_success
    listed = one_conversation[ConversationStep.LISTED]

    assert created.body["metadata"] == METADATA
    assert FIRST[0] in texts(listed.body["data"])


@requirement("conversations.create")
def test_an_empty_conversation_is_created(conversation_empty: Transcript) -> None:
    """A conversation is created with nothing in it."""
    (made,) = conversation_empty

    assert made.is_success


@requirement("conversations.get")
def test_a_conversation_is_read(one_conversation: Transcript) -> None:
    """A conversation is read as it was created, but for its metadata, which were changed meanwhile."""
    created, found = one_conversation[ConversationStep.MADE], one_conversation[ConversationStep.READ]

    assert found.is_success
    assert found.status == 200
    assert {**found.body, "metadata": METADATA} == {**created.body, "metadata": METADATA}
    assert found.body["metadata"] in (created.body["metadata"], LATER_METADATA)


@requirement("conversations.update")
def test_metadata_are_replaced(one_conversation: Transcript) -> None:
    """New metadata replace the old ones."""
    updated, after = one_conversation[ConversationStep.UPDATED], one_conversation[ConversationStep.READ]

    assert updated.is_success
    assert after.body["metadata"] == LATER_METADATA


@requirement("conversations.delete")
def test_a_deleted_conversation_is_gone(one_conversation: Transcript) -> None:
    """A deleted conversation cannot be read."""
    assume(one_conversation[ConversationStep.READ].is_success, "it could not be read even before that")

    assert one_conversation[ConversationStep.DELETED].is_success
    assert one_conversation[ConversationStep.SOUGHT].is_client_error


@requirement("conversations.delete-then-items")
def test_its_items_are_not_listed(one_conversation: Transcript) -> None:
    """The items of a deleted conversation cannot be listed by its id."""
    assume(one_conversation[ConversationStep.SOUGHT].is_client_error, "the conversation was not deleted")
    assume(one_conversation[ConversationStep.LISTED].is_success, "they could not be listed even before that")

    assert one_conversation[ConversationStep.LISTED_AFTER].is_client_error
