"""What a continued response reads of the turns before it, told by counts of tokens."""

from antiphon.suite import Answer, Api, Transcript, assume, requirement, scenario
from antiphon.suite.controls import token_counts
from antiphon.suite.controls.token_counts import assume_count_moves, cost_of_rules, count_input

STORY = (
    "A baker, a carpenter and a teacher live in three houses by one river. The baker has a red door, the carpenter has "
    "a green door, and the teacher has a blue door. The house with the green door stands upstream of the other two."
)
RULES = f"{token_counts.RULES} {token_counts.RULES}"
"""Instructions so long that carrying them over shows in any count: twice those of which the cost is measured."""
weighed = token_counts.weighed
FOLLOW_UP = "Now say in one short sentence who of the three has the door in the colour of grass."


@scenario(needs={"chaining"})
async def continued(api: Api) -> None:
    """A response is continued twice in a row and once beside; its turns are also sent as a list, and alone."""
    first = [{"role": "user", "content": f"{STORY} Count from 1 to 30, with commas."}]
    root = await api.create(
        input=first, instructions=RULES, metadata={"turn": "root"}, store=True, max_output_tokens=400
    )
    root_id, follow_up = root.id, {"role": "user", "content": FOLLOW_UP}
    answer = {"role": "assistant", "content": said(root)}
    await api.create(input=[follow_up], store=False, max_output_tokens=200)
    second = await api.create(input=[follow_up], previous_response_id=root_id, store=True, max_output_tokens=200)
    await api.create(input=[*first, answer, follow_up], store=False, max_output_tokens=200)
    await api.create(input=[follow_up], previous_response_id=second.id, max_output_tokens=200)
    await api.create(input=[follow_up], previous_response_id=root_id, max_output_tokens=200)


def said(answer: Answer) -> str:
    """The text of an output, all messages joined."""
    contents = [item.get("content") for item in answer.output if item.get("type") == "message"]
    parts = [part for content in contents if isinstance(content, list) for part in content if isinstance(part, dict)]
    return "".join(part.get("text") or part.get("refusal") or "" for part in parts) or "."


@requirement("chain.continues")
def test_a_response_is_continued(continued: Transcript) -> None:
    """A stored response is continued by its id."""
    second = continued[2]

    assert second.is_success


@requirement("chain.context-included")
def test_earlier_turns_are_count_input(continued: Transcript) -> None:
    """A continued response counts the tokens of the earlier turns besides its own input."""
    _, alone, second, replay, *_ = continued
    assume_count_moves(alone, replay)

    earlier = count_input(replay) - count_input(alone)

    assert count_input(second) > count_input(alone) + earlier // 2


@requirement("chain.context-matches-replay")
def test_a_chain_counts_what_a_list_counts(continued: Transcript, weighed: Transcript) -> None:
    """A continued response counts about the tokens of the same turns sent as a list."""
    first, alone, second, replay, *_ = continued
    assume(first.body.get("output"), "the first response holds nothing that a list could repeat")
    assume(count_input(second) > count_input(alone), "nothing of the earlier turns is counted")
    surplus = count_input(second) - count_input(replay)
    assume(surplus < cost_of_rules(weighed), "the instructions seem to be carried over")

    assert abs(surplus) <= 12 + count_input(replay) // 20


@requirement("chain.instructions-not-inherited")
def test_instructions_are_not_carried_over(continued: Transcript, weighed: Transcript) -> None:
    """Instructions of an earlier response are not carried over."""
    first, alone, second, replay, *_ = continued
    rules = cost_of_rules(weighed)
    assume(first.body.get("output"), "the first response holds nothing that a list could repeat")
    assume_count_moves(alone, replay)
    assume_count_moves(alone, first, rules)

    assert count_input(second) < count_input(replay) + rules


@requirement("chain.instructions-null")
def test_no_instructions_are_shown(continued: Transcript) -> None:
    """A continued response without instructions shows none."""
    first, _, second, *_ = continued
    assume(second.is_success, "the response was not continued")
    assume(first.body.get("instructions"), "no reply shows its instructions")
    assume("instructions" in second.body, "the continued response does not show whether it has instructions")

    assert second.body.get("instructions") is None


@requirement("chain.metadata-not-inherited")
def test_no_metadata_are_shown(continued: Transcript) -> None:
    """A continued response without metadata shows none."""
    first, _, second, *_ = continued
    assume(second.is_success, "the response was not continued")
    assume(first.body.get("metadata"), "no reply shows its metadata")
    assume("metadata" in second.body, "the continued response does not show whether it has metadata")

    assert not second.body.get("metadata")


@requirement("chain.grows")
def test_each_turn_counts_more(continued: Transcript) -> None:
    """Input tokens grow along a chain."""
    _, alone, second, _, third, _ = continued
    assume(count_input(second) > count_input(alone), "nothing of the earlier turns is counted")

    assert count_input(third) > count_input(second)


@requirement("chain.fork-succeeds")
def test_a_response_is_continued_twice(continued: Transcript) -> None:
    """Two responses may continue the same one."""
    _, _, second, _, _, fork = continued
    assume(second.is_success, "the response was not continued even once")

    assert fork.is_success


@requirement("chain.fork-separate")
def test_a_branch_counts_nothing_of_its_sister(continued: Transcript) -> None:
    """A branch of a chain counts nothing of its sister branch."""
    _, alone, second, replay, _, fork = continued
    assume(fork.is_success, "the response was not continued twice")
    assume_count_moves(alone, replay)
    assume(count_input(second) > count_input(alone), "nothing of the earlier turns is counted")

    assert count_input(fork) < count_input(second) + count_input(alone) // 2
