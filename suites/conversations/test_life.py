"""Conversations are read, changed and deleted by their id."""

from antiphon.suite import Api, Transcript, assume, must_refuse, requirement, scenario


@scenario(needs={"conversations"})
async def conversation_life(api: Api) -> None:
    """A conversation is made, read, changed, read again, deleted, and then no longer found."""
    begins = [{"type": "message", "role": "user", "content": "Hello."}]
    body = {"metadata": {"colour": "red", "size": "big"}, "items": begins}
    made = (await api.call("conversations.create", body=body)).id
    await api.call("conversations.get", conversation_id=made)
    await api.call("conversations.update", body={"metadata": {"colour": "blue"}}, conversation_id=made)
    await api.call("conversations.get", conversation_id=made)
    await api.call("conversations.items.list", conversation_id=made)
    await api.call("conversations.delete", conversation_id=made)
    with api.intending(must_refuse("deleted")):
        await api.call("conversations.get", conversation_id=made)
        await api.call("conversations.items.list", conversation_id=made)


@requirement("conversations.get")
def test_a_conversation_is_read(conversation_life: Transcript) -> None:
    """A conversation is read as it was created."""
    created, found, *_ = conversation_life

    assert found.is_success
    assert found.status == 200
    assert found.body == created.body


@requirement("conversations.update")
def test_metadata_are_replaced(conversation_life: Transcript) -> None:
    """New metadata replace the old ones."""
    _, _, updated, after, *_ = conversation_life

    assert updated.is_success
    assert after.body["metadata"] == {"colour": "blue"}


@requirement("conversations.delete")
def test_a_deleted_conversation_is_gone(conversation_life: Transcript) -> None:
    """A deleted conversation cannot be read."""
    _, _, _, before, _, deleted, after, _ = conversation_life
    assume(before.is_success, "it could not be read even before that")

    assert deleted.is_success
    assert after.is_client_error


@requirement("conversations.delete-then-items")
def test_its_items_are_not_listed(conversation_life: Transcript) -> None:
    """The items of a deleted conversation cannot be listed by its id."""
    *_, before, _, after, listed = conversation_life
    assume(after.is_client_error, "the conversation was not deleted")
    assume(before.is_success, "they could not be listed even before that")

    assert listed.is_client_error
