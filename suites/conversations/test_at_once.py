"""Two responses on one conversation at the same moment."""

from antiphon.suite import Exchange, Transcript, assume, is_taken, requirement
from antiphon.suite.controls import whole_conversation
from antiphon.suite.controls.whole_conversation import (
    ConversationStep,
    plain_turn,
    streamed_turn,
    turns_beside,
    wish_of,
)

one_conversation = whole_conversation.one_conversation


def both(transcript: Transcript) -> tuple[Exchange, Exchange]:
    """The stream, and the create that was sent while it ran."""
    beside = turns_beside(transcript)
    assume(beside, "no stream began, so that nothing was sent while it ran")
    return streamed_turn(transcript), beside[0]


@requirement("conversations.locked")
def test_one_of_two_may_be_refused(one_conversation: Transcript) -> None:
    """Two responses at once on one conversation succeed, or one is refused as locked."""
    statuses = sorted(each.status or 0 for each in both(one_conversation))

    assert statuses in ([200, 200], [200, 400], [200, 409])


@requirement("errors.trigger.conversation-locked.detail")
def test_a_lock_is_named(one_conversation: Transcript) -> None:
    """The refusal of a locked conversation has status 400, param conversation and code conversation_locked."""
    _, beside = both(one_conversation)
    assume(beside.is_client_error, "neither of the two was refused")
    assume(is_taken(plain_turn(one_conversation)), "a create alone is refused too")
    error = beside.body["error"]

    assert beside.status == 400
    assert (error.get("param"), error.get("code")) == ("conversation", "conversation_locked")


@requirement("conversations.nothing-lost")
def test_no_item_is_lost(one_conversation: Transcript) -> None:
    """No item is lost when two responses use one conversation at once."""
    said = [wish_of(each) for each in both(one_conversation) if each.is_success]
    listed = one_conversation[ConversationStep.LISTED]
    assume(said, "neither of the two was answered")
    assert listed.is_success
    found = str(listed.body["data"])
    assume(any(wish in found for wish in said), "responses append nothing at all")

    assert [wish for wish in said if wish not in found] == []
