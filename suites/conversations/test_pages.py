"""The items of a conversation are listed newest first, page by page."""

from typing import Any

from antiphon.suite import Api, Exchange, Transcript, assume, requirement, scenario

FIRST = [f"first batch, message {number}" for number in range(20)]
SECOND = [f"second batch, message {number}" for number in range(20)]


def messages(said: list[str]) -> list[dict[str, Any]]:
    """One message of a user for each text."""
    return [{"type": "message", "role": "user", "content": text} for text in said]


@scenario(needs={"conversations"})
async def conversation_filled(api: Api) -> None:
    """A conversation gets twenty items, then twenty more, and is listed with no wishes, then by pages."""
    made = (await api.call("conversations.create", body={})).id
    for said in (FIRST, SECOND):
        await api.call("conversations.items.create", body={"items": messages(said)}, conversation_id=made)
    await api.call("conversations.items.list", conversation_id=made)
    after: dict[str, str] = {}
    for _ in range(6):
        query = {"limit": 15, **after}
        page = await api.call("conversations.items.list", conversation_id=made, query=query)
        if not page.ok or not page.body.get("has_more"):
            break
        after = {"after": page.body["data"][-1]["id"]}


def text(item: dict[str, Any]) -> str:
    """The text of a message."""
    return "".join(part.get("text", "") for part in item.get("content") or () if isinstance(part, dict))


def listed(transcript: Transcript) -> Exchange:
    """The list that was asked for without any wish, of a conversation that has all items."""
    _, first, second, plain, *_ = transcript
    assume(first.is_success and second.is_success and plain.is_success, "forty items were not taken")
    return plain


@requirement("conversations.twenty-items")
def test_twenty_items_are_taken(conversation_filled: Transcript) -> None:
    """Twenty items are taken at once."""
    _, first, second, *_ = conversation_filled

    assert first.is_success
    assert second.is_success


@requirement("conversations.create")
def test_an_empty_conversation_is_created(conversation_filled: Transcript) -> None:
    """A conversation is created with nothing in it."""
    made = conversation_filled[0]

    assert made.is_success


@requirement("conversations.default-order")
def test_the_newest_items_come_first(conversation_filled: Transcript) -> None:
    """Items are listed newest first when no order is asked for."""
    assert conversation_filled[3].is_success
    shown = [text(item) for item in listed(conversation_filled).body["data"]]
    places = [[*FIRST, *SECOND].index(each) for each in shown if each in [*FIRST, *SECOND]]
    assume(len(set(places)) > 1, "fewer than two of the items are listed")

    assert places == sorted(places, reverse=True)


@requirement("conversations.default-limit")
def test_a_page_has_twenty_items(conversation_filled: Transcript) -> None:
    """A page holds twenty items when no limit is asked for and more are there."""
    plain = listed(conversation_filled)

    assert len(plain.body["data"]) == 20


@requirement("conversations.pages-complete")
def test_pages_give_every_item_once(conversation_filled: Transcript) -> None:
    """Walking the pages gives every item once."""
    listed(conversation_filled)
    walked = [text(item) for page in conversation_filled[4:] for item in page.body["data"]]

    assert sorted(walked) == sorted([*FIRST, *SECOND])
