"""A stream in a conversation: it is cut at its limit, and what it read and said is appended."""

from antiphon.suite import Transcript, assume, requirement
from antiphon.suite.controls import output_cuts, whole_conversation
from antiphon.suite.controls.output_cuts import is_cut, usage
from antiphon.suite.controls.whole_conversation import (
    ConversationStep,
    plain_turn_is_listed,
    streamed_turn,
    turns_beside,
)
from antiphon.suite.item_faces import missing_items

one_conversation, plain_cut = whole_conversation.one_conversation, output_cuts.plain_cut


@requirement("modes.limit-holds")
def test_a_limit_holds_in_a_conversation(one_conversation: Transcript, plain_cut: Transcript) -> None:
    """A limit of output holds in a conversation as it does in a plain create."""
    streamed, control = streamed_turn(one_conversation), plain_cut[-1]
    limit = control.sent["max_output_tokens"]
    assume(is_cut(control) and (usage(control).get("output_tokens") or 0) <= limit, "no plain create is cut either")
    assume(streamed.is_success, "the stream was refused")
    made = usage(streamed).get("output_tokens")
    assume(made, "it does not count its tokens")

    assert made <= streamed.sent["max_output_tokens"]


@requirement("modes.turn-appended")
def test_a_streamed_turn_is_appended(one_conversation: Transcript) -> None:
    """What a streamed response read, calls too, and what it said are appended to its conversation."""
    streamed, listed = streamed_turn(one_conversation), one_conversation[ConversationStep.LISTED]
    assume(streamed.is_success and streamed.reply.get("status") in ("completed", "incomplete"), "it did not complete")
    assume(listed.is_success, "the items are not listed")
    assume(plain_turn_is_listed(one_conversation), "what is not streamed is not appended either")
    roles = {item.get("role") for item in streamed.reply["output"] if item.get("type") == "message"}
    assume(roles <= {"assistant"}, f"its messages have another role than assistant: {sorted(map(str, roles))}")
    lost = missing_items([*streamed.sent["input"], *streamed.reply["output"]], listed.body["data"])
    taken = [each for each in turns_beside(one_conversation) if each.is_success]
    assume(not (lost and taken), "another response used the conversation at the same moment")

    assert lost == []
