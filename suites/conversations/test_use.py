"""A response belongs to a conversation: it reads what is there, and what it read and said is added."""

from antiphon.suite import Exchange, Transcript, any_outcome, assume, is_taken, requirement
from antiphon.suite.controls import token_counts, whole_conversation
from antiphon.suite.controls.token_counts import assume_count_moves, count_input
from antiphon.suite.controls.whole_conversation import (
    SECOND,
    WISH,
    ConversationStep,
    creates,
    in_ascii,
    plain_turn,
    texts,
    wish_of,
)

ENDED_OTHERWISE = ("failed", "incomplete", "cancelled", "queued", "in_progress")
WORDS = 4
"""Of each message of the conversation; a format costs less than all of them."""
one_conversation, weighed = whole_conversation.one_conversation, token_counts.weighed


@requirement("conversations.response-appends")
def test_a_response_adds_its_input_and_output(one_conversation: Transcript) -> None:
    """Input and output of a completed response are appended to its conversation."""
    response = plain_turn(one_conversation)
    assert response.is_success
    listed = one_conversation[ConversationStep.LISTED]
    assume(response.body.get("status") not in ENDED_OTHERWISE, "the response did not complete")
    said = [WISH, *texts([item for item in response.body["output"] if item["type"] == "message"])]
    assume(len(said) > 1, "the response says nothing")

    kept = set(map(in_ascii, texts(listed.body["data"])))
    assert [text for text in said if in_ascii(text) not in kept] == []


@requirement("create.text-survives")
def test_text_survives(one_conversation: Transcript) -> None:
    """Characters outside ASCII come back from the conversation as they were sent in a create."""
    listed = one_conversation[ConversationStep.LISTED]
    assume(listed.is_success, "the items are not listed")
    kept = [text for text in texts(listed.body["data"]) if in_ascii(text) == in_ascii(WISH)]
    assume(kept, "the input is not in the list")

    assert WISH in kept


@requirement("conversations.context-included")
def test_what_was_said_before_is_read(one_conversation: Transcript, weighed: Transcript) -> None:
    """The items of the conversation count before the input: with it they cost far more than one alone."""
    answered = plain_turn(one_conversation)
    assume(answered.is_success, "the create was refused")
    assume_count_moves(weighed[0], weighed[1])

    assert count_input(answered) > count_input(weighed[0]) + WORDS * len(SECOND)


def wishes(transcript: Transcript) -> list[Exchange]:
    """The plain creates, in which the conversation is named as an object first."""
    return [each for each in creates(transcript) if wish_of(each) == WISH]


@any_outcome
@requirement("conversations.response-by-object")
def test_a_conversation_is_named_in_two_ways(one_conversation: Transcript) -> None:
    """A response takes its conversation as an id or as an object."""
    by_object = [each for each in wishes(one_conversation) if isinstance(each.sent.get("conversation"), dict)]
    by_id = [each for each in creates(one_conversation) if isinstance(each.sent.get("conversation"), str)]
    assume(any(map(is_taken, by_id)), "it is not taken by its id either")
    assume(all(each.is_success or each.is_client_error for each in by_object), "it was not answered")

    assert any(map(is_taken, by_object))


@any_outcome
@requirement("modes.taken")
def test_settings_are_taken_in_a_conversation(one_conversation: Transcript) -> None:
    """What is taken in a plain create without a conversation is taken in one: a strict format and two settings."""
    first, *others = wishes(one_conversation)
    if is_taken(first):
        return
    assume(others and is_taken(others[0]), "the conversation is not taken without them either")
    assume("conversation" not in others[-1].sent and is_taken(others[-1]), "they are not taken without one either")
    assume(first.is_client_error, "it was not refused")

    assert is_taken(first)
