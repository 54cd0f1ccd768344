"""Token counts: what adds to them, what leaves them as they are, and where they can be read."""

from typing import Any

import pytest

from antiphon.recording.outcome import Outcome, outcome
from antiphon.suite import PROBE, Api, Transcript, any_outcome, assume, names_field, requirement, scenario
from antiphon.suite.controls import token_counts
from antiphon.suite.controls.token_counts import RULES, assume_count_moves, count_input

weighed = token_counts.weighed

NEAR = 1
"""Tokens by which a count of the whole may differ from the sum of its parts."""
TEXT = "My wall is blue."
MESSAGE = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": TEXT}]}
TOOL: dict[str, Any] = {
    "type": "function", "name": "paint_the_wall", "description": "Paints the wall in the given colour.", "strict": True,
    "parameters": {
        "type": "object", "properties": {"colour": {"type": "string"}}, "required": ["colour"],
        "additionalProperties": False,
    },
}  # fmt: skip


@scenario(needs={"input-tokens"})
async def counted(api: Api) -> None:
    """One text is counted twice, as a message, longer, and with instructions."""
    if api.routes_by_response("input_tokens"):
        return
    await api.input_tokens(input=TEXT)
    await api.input_tokens(input=TEXT)
    await api.input_tokens(input=[MESSAGE])
    await api.input_tokens(input=TEXT * 10)
    await api.input_tokens(input=TEXT, instructions="Answer in one short sentence, and be polite.")


@requirement("input-tokens.repeatable")
def test_the_same_counts_the_same(counted: Transcript) -> None:
    """The same input counts the same twice."""
    first, second, _, longer, _ = counted
    assume_count_moves(first, longer)

    assert count_input(first) == count_input(second)


@requirement("input-tokens.string-is-user-message")
def test_a_text_counts_as_a_message(counted: Transcript) -> None:
    """A string counts as one user message."""
    text, _, message, longer, _ = counted
    assert message.is_success
    assume_count_moves(text, longer)

    assert count_input(text) == count_input(message)


@requirement("input-tokens.grows-with-input")
def test_more_input_counts_more(counted: Transcript) -> None:
    """A longer input counts more."""
    text, _, _, longer, _ = counted

    assert count_input(longer) > count_input(text)


@requirement("input-tokens.grows-with-instructions")
def test_instructions_count(counted: Transcript) -> None:
    """Instructions count."""
    text, _, _, longer, instructed = counted
    assert instructed.is_success
    assume_count_moves(text, longer)

    assert count_input(instructed) > count_input(text)


@scenario(needs={"input-tokens", "tools"})
async def counted_whole(api: Api) -> None:
    """A longer input is counted with instructions and a tool, each of which was sent in a create of its own."""
    if api.routes_by_response("input_tokens"):
        return
    await api.input_tokens(input=f"{token_counts.TEXT} {RULES}", instructions=RULES, tools=[token_counts.TOOL])


ADDED = {
    "input-tokens.grows-with-input": 1,
    "input-tokens.grows-with-instructions": 2,
    "input-tokens.grows-with-tools": 3,
}
"""The create that tells what each part of the whole weighs."""
TOLD = ("input-tokens.grows-with-instructions", "input-tokens.grows-with-tools")
"""Parts that are counted whole or not at all; of a text, a part may be counted."""


@requirement("{name}")
@pytest.mark.parametrize("name", TOLD, ids=str)
def test_every_part_counts(counted_whole: Transcript, weighed: Transcript, name: str) -> None:
    """A count holds the tokens of each part, which are those that the part adds to a create."""
    alone = count_input(weighed[0])
    weights = {each: count_input(weighed[place]) - alone for each, place in ADDED.items()}
    assume(min(weights.values()) > 2 * NEAR, "the count of a create does not move with one of the parts")
    assume(len({weight // (2 * NEAR) for weight in weights.values()}) == len(weights), "two parts weigh the same")
    whole = alone + sum(weights.values())
    counted = count_input(counted_whole[0])
    assume(
        any(abs(counted + lost - whole) <= NEAR for lost in (0, *weights.values())),
        f"it counts {counted} tokens, and all parts are {whole}: what it lacks is none of the parts",
    )

    assert abs(counted + weights[name] - whole) > NEAR


@scenario(needs={"input-tokens", "tools"})
async def tools_counted(api: Api) -> None:
    """One text is counted with a tool and without."""
    if api.routes_by_response("input_tokens"):
        return
    await api.input_tokens(input=TEXT)
    await api.input_tokens(input=TEXT, tools=[TOOL])


@requirement("input-tokens.grows-with-tools")
def test_tools_count(tools_counted: Transcript, counted: Transcript) -> None:
    """Tools count."""
    text, tooled = tools_counted
    assert tooled.is_success
    assume_count_moves(counted[0], counted[3])

    assert count_input(tooled) > count_input(text)


@scenario(needs={"input-tokens", "chaining"})
async def chain_counted(api: Api) -> None:
    """One text is counted on its own and as the continuation of a response."""
    if api.routes_by_response("input_tokens"):
        return
    response = await api.create(input=TEXT, store=True, max_output_tokens=32)
    await api.input_tokens(input=TEXT)
    await api.input_tokens(response.id, input=TEXT)


@requirement("input-tokens.grows-with-previous")
def test_earlier_turns_count(chain_counted: Transcript, counted: Transcript) -> None:
    """The turns before count."""
    _, alone, continued = chain_counted
    assume(not names_field(continued, "previous_response_id", "not found"), "the response cannot be continued")
    assert continued.is_success
    assume_count_moves(counted[0], counted[3])

    assert count_input(continued) > count_input(alone)


@scenario(needs={"store"})
async def counted_by_id(api: Api) -> None:
    """The count of a stored response is read at a route under its id."""
    response = await api.create(input=TEXT, store=True, max_output_tokens=32)
    await api.send("GET", f"/responses/{response.id}/input_tokens")


@requirement("input-tokens.by-response-id")
def test_a_stored_response_may_be_counted_under_its_id(counted_by_id: Transcript) -> None:
    """The count of a stored response can be read at a route under its id."""
    _, read = counted_by_id

    assert read.is_success
    assert read.body["input_tokens"] > 0


@scenario()
async def count_asked(api: Api) -> None:
    """A count is asked of a server that may have none."""
    with api.intending(PROBE):
        await api.input_tokens("resp_" + "0" * 48, input=TEXT)


@any_outcome
@requirement("input-tokens.declined-cleanly")
def test_no_counting_is_said_cleanly(count_asked: Transcript) -> None:
    """A server without token counting answers with an error object."""
    (asked,) = count_asked
    assume(outcome(asked) in (Outcome.REFUSED, Outcome.UNROUTED), "the server counts, or gave no answer")

    assert isinstance(asked.body.get("error"), dict)
