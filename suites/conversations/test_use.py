"""A response belongs to a conversation: it reads what is there, and what it read and said is added."""

from antiphon.suite import Api, Transcript, assume, requirement, scenario
from antiphon.suite.controls import token_counts, whole_conversation
from antiphon.suite.controls.token_counts import assume_count_moves, count_input
from antiphon.suite.controls.whole_conversation import SECOND, WISH, ConversationStep, texts

STORY = (
    "A baker, a carpenter and a teacher live in three houses by one river. The baker has a red door, the carpenter has "
    "a green door, and the teacher has a blue door. The house with the green door stands upstream of the other two."
)

ENDED_OTHERWISE = ("failed", "incomplete", "cancelled", "queued", "in_progress")
one_conversation, weighed = whole_conversation.one_conversation, token_counts.weighed


def in_ascii(text: str) -> str:
    """The letters of a text that are of ASCII: whether others are kept is promised elsewhere."""
    return text.encode("ascii", "ignore").decode().strip()


@requirement("conversations.response-appends")
def test_a_response_adds_its_input_and_output(one_conversation: Transcript) -> None:
    """Input and output of a completed response are appended to its conversation."""
    response = one_conversation[ConversationStep.ANSWERED]
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
    """The items of the conversation count before the input: a short one costs more than alone."""
    answered = one_conversation[ConversationStep.ANSWERED]
    assume(answered.is_success, "the create was refused")
    assume_count_moves(weighed[0], weighed[1])

    assert count_input(answered) > count_input(weighed[0]) + len(SECOND)


@scenario(needs={"conversations"})
async def conversation_read(api: Api) -> None:
    """The same input is sent alone, then with a conversation named by its id, then by an object, then as a list."""
    begins = [{"type": "message", "role": "user", "content": STORY}]
    made = await api.call("conversations.create", body={"items": begins})
    await api.create(input="Say hi.", store=False, max_output_tokens=200)
    await api.create(input="Say hi.", conversation=made.id, max_output_tokens=200)
    await api.create(input="Say hi.", conversation={"id": made.id}, max_output_tokens=200)
    await api.create(input=[*begins, {"role": "user", "content": "Say hi."}], store=False, max_output_tokens=200)


@requirement("conversations.context-included")
def test_the_conversation_is_read(conversation_read: Transcript) -> None:
    """The items of the conversation count before the input."""
    _, alone, together, _, replay = conversation_read
    assume_count_moves(alone, replay)
    items = count_input(replay) - count_input(alone)

    assert count_input(together) > count_input(alone) + items // 2


@requirement("conversations.response-by-object")
def test_a_conversation_is_named_in_two_ways(conversation_read: Transcript) -> None:
    """A response takes its conversation as an id or as an object."""
    _, _, by_id, by_object, _ = conversation_read

    assert by_id.is_success
    assert by_object.is_success
