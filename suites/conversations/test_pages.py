"""The items of a conversation are listed newest first, page by page."""

from antiphon.suite import Exchange, Transcript, assume, requirement
from antiphon.suite.controls import whole_conversation
from antiphon.suite.controls.whole_conversation import FIRST, SECOND, ConversationStep, texts

one_conversation = whole_conversation.one_conversation
PAGES = (ConversationStep.FIRST_PAGE, ConversationStep.NEXT_PAGE)


def listed(transcript: Transcript) -> Exchange:
    """The list that was asked for without any wish, of a conversation that has all items."""
    made, added, page = (
        transcript[step] for step in (ConversationStep.MADE, ConversationStep.ADDED, ConversationStep.FIRST_PAGE)
    )
    assume(made.is_success and added.is_success and page.is_success, "the items were not taken")
    return page


@requirement("conversations.twenty-items")
def test_twenty_items_are_taken(one_conversation: Transcript) -> None:
    """Twenty items are taken at once."""
    assert one_conversation[ConversationStep.ADDED].is_success


@requirement("conversations.default-order")
def test_the_newest_items_come_first(one_conversation: Transcript) -> None:
    """Items are listed newest first when no order is asked for."""
    assert one_conversation[ConversationStep.FIRST_PAGE].is_success
    shown = texts(listed(one_conversation).body["data"])
    places = [[*FIRST, *SECOND].index(each) for each in shown if each in [*FIRST, *SECOND]]
    assume(len(set(places)) > 1, "fewer than two of the items are listed")

    assert places == sorted(places, reverse=True)


@requirement("conversations.default-limit")
def test_a_page_has_twenty_items(one_conversation: Transcript) -> None:
    """A page holds twenty items when no limit is asked for and more are there."""
    plain = listed(one_conversation)

    assert len(plain.body["data"]) == 20


@requirement("conversations.pages-complete")
def test_pages_give_every_item_once(one_conversation: Transcript) -> None:
    """Walking the pages gives every item once."""
    listed(one_conversation)
    whole = one_conversation[ConversationStep.LISTED]
    assume(whole.is_success and FIRST[0] in texts(whole.body["data"]), "what it began with is not listed at all")
    walked = [text for step in PAGES for text in texts(one_conversation[step].body["data"])]
    assume(
        not one_conversation[ConversationStep.NEXT_PAGE].body.get("has_more"),
        "there are more pages than were asked for",
    )

    assert sorted(walked) == sorted([*FIRST, *SECOND])
