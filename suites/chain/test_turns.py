"""What can be continued, and by what."""

from typing import Any

from antiphon.suite import (
    Answer,
    Api,
    CannotContinue,
    CapabilityDeclined,
    Transcript,
    any_outcome,
    assume,
    is_taken,
    must_refuse,
    requirement,
    scenario,
)
from antiphon.suite.controls import token_counts
from antiphon.suite.controls.token_counts import assume_count_moves, count_input

weighed = token_counts.weighed

FUNCTION = {
    "type": "function",
    "name": "look_up",
    "parameters": {"type": "object", "properties": {}, "required": [], "additionalProperties": False},
    "strict": True,
}
LONG = " ".join(f"Fact {number}: the baker bakes bread at dawn." for number in range(1, 13))


CHOICES: tuple[Any, ...] = ({"type": "function", "name": "look_up"}, "required", "auto")
"""Ways to have a function called, the surest first."""


@scenario(needs={"chaining", "tools"})
async def call_answered(api: Api) -> None:
    """A function call is answered by its output alone; it is named, or else required, or else asked for in words."""
    declined: list[CannotContinue] = []
    for choice in CHOICES:
        body = {"input": "Call the function look_up.", "tools": [FUNCTION], "tool_choice": choice}
        try:
            called = await api.create(**body, store=True, max_output_tokens=200)
        except CapabilityDeclined as refusal:  # that one form of the choice is refused declines no tools
            declined.append(refusal)
            continue
        call = called_by(called)
        if call is not None:
            break
    else:
        raise declined[0] if len(declined) == len(CHOICES) else CannotContinue("the model did not call the function")
    output = {"type": "function_call_output", "call_id": call.get("call_id"), "output": "42"}
    await api.create(input=[output], previous_response_id=called.id, tools=[FUNCTION], max_output_tokens=64)


def called_by(answer: Answer) -> dict[str, Any] | None:
    """The function call of an answer; None where there is none, or no answer."""
    output = answer.body.get("output") if answer.ok and isinstance(answer.exchange.body, dict) else None
    items = [item for item in output if isinstance(item, dict)] if isinstance(output, list) else []
    return next((item for item in items if item.get("type") == "function_call"), None)


@scenario(needs={"chaining", "streaming"})
async def stream_continued(api: Api) -> None:
    """A response is continued right after its stream; then its message is referred to by its id."""
    streamed = await api.stream(input="Say hi.", store=True, max_output_tokens=64)
    ids = [item.get("id") for item in streamed.output if item.get("type") == "message"]
    await api.create(input="Again.", previous_response_id=streamed.id, max_output_tokens=64)
    if ids:
        message = {"type": "message", "role": "user", "content": "Say hi."}
        reference = {"type": "item_reference", "id": ids[-1]}
        await api.create(input=[reference, message], store=False, max_output_tokens=32)


@scenario(needs={"chaining"})
async def continued_unstored(api: Api) -> None:
    """A stored response is continued by one with store false, which is sought; the same alone, and stored."""
    root = await api.create(input=LONG, store=True, max_output_tokens=64)
    root_id = root.id
    await api.create(input="Go on.", store=False, max_output_tokens=64)
    await api.create(input="Go on.", store=True, previous_response_id=root_id, max_output_tokens=64)
    unstored = await api.create(input="Go on.", store=False, previous_response_id=root_id, max_output_tokens=64)
    if unstored.ok and "retrieve" in api.contract.edition.routes:
        with api.intending(must_refuse("not-stored")):
            await api.retrieve(unstored.id)


@scenario(needs={"chaining"})
async def model_changed(api: Api) -> None:
    """A response is continued by another model."""
    if not api.target.other_model:
        raise CannotContinue("no other model is configured")
    first = await api.create(input="Say hi.", store=True, max_output_tokens=64)
    await api.create(model=api.target.other_model, input="Again.", previous_response_id=first.id, max_output_tokens=64)


@scenario(needs={"chaining", "tools"})
async def search_continued(api: Api) -> None:
    """A response with a hosted search is continued."""
    search = {"type": "web_search"}
    searched = await api.create(
        input="Search for the word river.", tools=[search], tool_choice=search, store=True, max_output_tokens=1000
    )
    await api.create(input="Thank you.", previous_response_id=searched.id, max_output_tokens=64)


@any_outcome
@requirement("chain.function-output-continues")
def test_an_output_alone_answers_a_call(call_answered: Transcript) -> None:
    """A function call is answered in the next turn by its output alone."""
    answer = call_answered[-1]
    assume("previous_response_id" in answer.sent, "no function was called")
    assume(answer.is_success or answer.is_client_error, f"no answer came to {answer.id}")

    assert is_taken(answer)


@requirement("chain.usable-after-stream")
def test_a_streamed_response_is_continued(stream_continued: Transcript) -> None:
    """A response can be continued as soon as its stream has ended."""
    second = stream_continued[1]

    assert second.is_success


@requirement("create.item-reference")
def test_a_streamed_item_is_referred_to(stream_continued: Transcript, weighed: Transcript) -> None:
    """A reference to an item of a stored response is resolved."""
    first, _, *rest = stream_continued
    assume(rest and rest[0].sent["input"][0]["id"], "the model said nothing, or its message has no id")
    assert rest[0].is_success
    assume_count_moves(weighed[0], weighed[1])

    assert count_input(rest[0]) > count_input(first)


@requirement("chain.store-off-continues")
def test_an_unstored_turn_reads_the_stored_ones(continued_unstored: Transcript) -> None:
    """A response that is not stored may continue a stored one and counts its context."""
    _, alone, stored, unstored, *_ = continued_unstored
    assume(stored.is_success, "the response cannot be continued at all")
    context = count_input(stored) - count_input(alone)
    assume(context > 1, "a stored turn does not count its context either")
    assert unstored.is_success

    assert count_input(unstored) > count_input(alone) + context // 2


@requirement("store.off-not-readable")
def test_an_unstored_turn_cannot_be_read(continued_unstored: Transcript) -> None:
    """A response with store false cannot be read, also where it continues one that can."""
    assume(len(continued_unstored) == 5, "the unstored turn was not made or not asked for")
    *_, sought = continued_unstored

    assert sought.is_client_error


@requirement("chain.model-change")
def test_another_model_goes_on_or_refuses(model_changed: Transcript) -> None:
    """A continued response may use another model or is refused cleanly."""
    _, second = model_changed

    assert second.is_success or second.is_client_error


@requirement("chain.hosted-items-replayed")
def test_a_response_with_a_search_is_continued(search_continued: Transcript) -> None:
    """A response with hosted tool calls can be continued."""
    searched, second = search_continued
    types = {item.get("type") for item in searched.body.get("output") or ()}
    assume("web_search_call" in types, "the model did not search")

    assert second.is_success
