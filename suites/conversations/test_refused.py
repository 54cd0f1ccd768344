"""A create that has to be refused is refused in a conversation, and leaves nothing there."""

from antiphon.suite import Exchange, Transcript, assume, is_taken, requirement
from antiphon.suite.controls import whole_conversation
from antiphon.suite.controls.whole_conversation import (
    REFUSED,
    ConversationStep,
    creates,
    plain_turn,
    plain_turn_is_listed,
    texts,
    wish_of,
)

one_conversation = whole_conversation.one_conversation


def refusal_of(transcript: Transcript) -> Exchange:
    """The create with an unknown truncation."""
    return next(each for each in creates(transcript) if wish_of(each) == REFUSED)


@requirement("errors.unchanged-after-refusal")
def test_a_refused_create_leaves_nothing_behind(one_conversation: Transcript) -> None:
    """A refused create leaves nothing behind in its conversation."""
    refusal, listed = refusal_of(one_conversation), one_conversation[ConversationStep.LISTED]
    assume(refusal.is_client_error, "the create was not refused")
    assume(plain_turn_is_listed(one_conversation), "a valid create leaves nothing there either")

    assert REFUSED not in texts(listed.body["data"])


@requirement("errors.trigger.truncation-value")
def test_a_create_in_a_conversation_is_refused(one_conversation: Transcript) -> None:
    """A create with an unknown truncation is refused in a conversation, too."""
    refusal, valid = refusal_of(one_conversation), plain_turn(one_conversation)
    assume(is_taken(valid) and "truncation" in valid.sent, "a valid create with a truncation is not taken either")
    assume(valid.reply.get("truncation") == valid.sent["truncation"], "the truncation of a conversation is not read")

    assert refusal.is_client_error
