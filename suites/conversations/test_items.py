"""Items of a conversation are added, read and taken out one by one."""

from typing import Any

from antiphon.suite import Api, CannotContinue, Exchange, Transcript, assume, must_refuse, requirement, scenario

SAID = ["What is a cube?", "A solid with six sides.", "And a sphere?"]


@scenario(needs={"conversations"})
async def conversation_items_added(api: Api) -> None:
    """Three messages are added; the first is read, taken out, and sought in vain."""
    made = (await api.call("conversations.create", body={})).id
    roles = ("user", "assistant", "user")
    items = [{"type": "message", "role": role, "content": text} for role, text in zip(roles, SAID, strict=True)]
    added = await api.call("conversations.items.create", body={"items": items}, conversation_id=made)
    if not added.ok:
        raise CannotContinue("no items can be added", added.exchange.id)
    item = str(added.body["data"][0]["id"])
    for operation in ("conversations.items.get", "conversations.items.delete"):
        await api.call(operation, conversation_id=made, item_id=item)
    with api.intending(must_refuse("deleted")):
        await api.call("conversations.items.get", conversation_id=made, item_id=item)


def texts(items: list[Any]) -> list[str]:
    """The texts of all parts of all messages."""
    return [part.get("text", "") for item in items for part in item.get("content") or () if isinstance(part, dict)]


def first(added: Exchange) -> Any:
    """The first of the items that were added."""
    assume(added.is_success and added.body.get("data"), "no item was added")
    return added.body["data"][0]


@requirement("conversations.add-items")
def test_added_items_come_back(conversation_items_added: Transcript) -> None:
    """Added items come back as a list with ids."""
    added = conversation_items_added[1]

    assert added.is_success
    assert added.status == 200
    assert texts(added.body["data"]) == SAID
    assert [item for item in added.body["data"] if not isinstance(item.get("id"), str)] == []


@requirement("conversations.get-item")
def test_an_item_is_read(conversation_items_added: Transcript) -> None:
    """An item is read by its id."""
    _, added, found, *_ = conversation_items_added

    assert found.status == 200
    assert found.body["id"] == first(added)["id"]


@requirement("conversations.delete-item")
def test_a_deleted_item_is_gone(conversation_items_added: Transcript) -> None:
    """Deleting an item answers the conversation, and the item is gone."""
    made, _, found, deleted, after = conversation_items_added
    assume(found.is_success, "the item could not be read even before that")

    assert deleted.body["id"] == made.body["id"]
    assert after.is_client_error
