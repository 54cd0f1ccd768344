"""One chain, from a streamed call to a fork: in few calls what other scenarios show one by one.

A run that plays few scenarios plays this one in their place; a deep one plays them all.
"""

from typing import Any

from antiphon.recording.intent import optional
from antiphon.suite import (
    Answer,
    Api,
    CannotContinue,
    CapabilityDeclined,
    Exchange,
    Transcript,
    any_outcome,
    assume,
    is_taken,
    must_refuse,
    requirement,
    scenario,
)
from antiphon.suite.controls import token_counts
from antiphon.suite.controls.token_counts import RULES, assume_count_moves, cost_of_rules, count_input

weighed = token_counts.weighed

NAME = "look_up"
NAMED = {"type": "function", "name": NAME}
EMPTY = {"type": "object", "properties": {}, "required": [], "additionalProperties": False}
FUNCTION = {"type": "function", "name": NAME, "parameters": EMPTY, "strict": True}
CHOICES: tuple[Any, ...] = (NAMED, "required", "auto")
"""Ways to have a function called, the surest first."""
TUNED: dict[str, Any] = {"instructions": f"{RULES} {RULES}", "metadata": {"turn": "fork"}, "temperature": 0.4}
"""Settings of the fork."""
OUTPUT = f"{RULES} {RULES}"
SAID = {"role": "assistant", "content": "Hi there."}
"""A message as some clients send it back, without its type."""
SHORT: dict[str, Any] = {"max_output_tokens": 64, "store": False}


def message(text: str) -> dict[str, Any]:
    """A message of the user."""
    return {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}


@scenario(needs={"chaining", "streaming", "tools"})
async def one_chain(api: Api) -> None:
    """A streamed call is answered; its chain is continued, forked as an unstored stream that is sought, and cited."""
    answered = await answer_call(api, *await stored_call(api, stream=True))
    if not is_taken(answered.exchange):  # whether it is for the stream
        answered = await answer_call(api, *await stored_call(api))
    if not is_taken(answered.exchange):
        return
    turn: dict[str, Any] = {"previous_response_id": answered.id, **SHORT}
    bare = await first_taken(api, *({"input": [*said, message(RULES)], **turn} for said in ([SAID], [])))
    if is_taken(bare.exchange) and SAID not in bare.exchange.sent["input"]:
        await api.create(input=[SAID, message(RULES)], **SHORT)
    forced = {**turn, "input": [message("Again.")], "tools": [FUNCTION], "tool_choice": NAMED, "stream": True}
    fork = await first_taken(api, {**forced, **TUNED}, forced, {**turn, "input": [message("Again.")], "stream": True})
    routes = api.contract.edition.routes
    if "retrieve" in routes:
        for each in (fork, bare):
            if not is_taken(each.exchange):
                continue
            with api.intending(must_refuse("not-stored")):
                if not (await api.retrieve(each.id)).ok:
                    break  # what streams are kept from, other turns are
    ids = [item.get("id") for item in answered.output if item.get("type") == "message"]
    if ids and ids[-1]:
        await api.create(input=[{"type": "item_reference", "id": ids[-1]}, message("Say hi.")], **SHORT)


async def answer_call(api: Api, called: Answer, call: dict[str, Any]) -> Answer:
    """The turn with the output of a call: it may call nothing, or may where that choice is refused."""
    output = {"type": "function_call_output", "call_id": call.get("call_id"), "output": OUTPUT}
    turn: dict[str, Any] = {"input": [output], "previous_response_id": called.id, "tools": [FUNCTION]}
    turn |= {"store": True, "max_output_tokens": 64}
    return await first_taken(api, {**turn, "tool_choice": "none"}, turn)


async def stored_call(api: Api, **mode: Any) -> tuple[Answer, dict[str, Any]]:
    """A stored response that calls the function, and its call: it is named, or else required, or else asked for."""
    declined: list[CannotContinue] = []
    for choice in CHOICES:
        body: dict[str, Any] = {"input": [message(RULES), message("Call the function look_up.")], "tools": [FUNCTION]}
        try:
            called = await api.create(**body, **mode, tool_choice=choice, store=True, max_output_tokens=200)
        except CapabilityDeclined as refusal:  # that one form of the choice is refused declines no tools
            declined.append(refusal)
            continue
        for item in called.output if is_taken(called.exchange) else ():
            if item.get("type") == "function_call":
                return called, item
    raise declined[0] if len(declined) == len(CHOICES) else CannotContinue("the model did not call the function")


async def first_taken(api: Api, *bodies: dict[str, Any]) -> Answer:
    """The answer to the first of these creates that is taken, or to the last."""
    for body in bodies:
        with api.intending(optional("chaining")):
            answer = await api.create(**body)
        if is_taken(answer.exchange):
            break
    return answer


def creates(transcript: Transcript) -> list[Exchange]:
    return [each for each in transcript if isinstance(each.sent, dict)]


def holds(exchange: Exchange, kind: str) -> bool:
    """An item of this type is among the input."""
    return any(item.get("type") == kind for item in exchange.sent["input"])


def stream_of(transcript: Transcript) -> Exchange:
    """The stream that the chain begins with."""
    streams = [each for each in creates(transcript) if each.sent.get("stream")]
    return [each for each in streams if "previous_response_id" not in each.sent][-1]


def answered_in(transcript: Transcript) -> Exchange:
    """The turn with the output of the call."""
    turns = [each for each in creates(transcript) if holds(each, "function_call_output")]
    assume(turns, "no function was called")
    return turns[-1]


def later_turns(transcript: Transcript, *, forked: bool) -> list[Exchange]:
    """The turns after that: plain, or those of the fork."""
    return [
        each
        for each in creates(transcript)
        if "previous_response_id" in each.sent
        and not holds(each, "function_call_output")
        and bool(each.sent.get("stream")) == forked
    ]


def third_of(transcript: Transcript) -> Exchange:
    """The plain turn after the answered call."""
    turns = later_turns(transcript, forked=False)
    assume(turns and turns[-1].is_success, "the chain was not continued")
    return turns[-1]


def fork_of(transcript: Transcript) -> Exchange:
    """The first create of the fork, where it was taken."""
    turns = later_turns(transcript, forked=True)
    assume(turns and is_taken(turns[0]), "the fork was refused")
    return turns[0]


def answers(transcript: Transcript) -> tuple[Exchange, Exchange | None]:
    """The answer to the call of the stream, and, where that was refused, the one to a call that was not streamed."""
    turns: dict[bool, Exchange] = {}
    is_streamed = False
    for each in creates(transcript):
        if holds(each, "function_call_output"):
            turns[is_streamed] = each
        elif "previous_response_id" not in each.sent:
            is_streamed = bool(each.sent.get("stream"))
    assume(True in turns, "no function was called")
    streamed = turns[True]
    assume(streamed.is_success or streamed.is_client_error, f"no answer came to {streamed.id}")
    return streamed, turns.get(False)


@any_outcome
@requirement("chain.function-output-continues")
def test_an_output_alone_answers_a_call(one_chain: Transcript) -> None:
    """A function call is answered in the next turn by its output alone."""
    streamed, plain = answers(one_chain)
    if is_taken(streamed):
        return
    assume(plain and (plain.is_success or plain.is_client_error), "no other call was answered")

    assert is_taken(plain)  # type: ignore[arg-type]


@any_outcome
@requirement("chain.usable-after-stream")
def test_a_streamed_response_is_continued(one_chain: Transcript) -> None:
    """A response can be continued as soon as its stream has ended."""
    streamed, plain = answers(one_chain)
    assume(is_taken(streamed) or (plain and is_taken(plain)), "what was not streamed is not continued either")

    assert is_taken(streamed)


def weights(one_chain: Transcript, weighed: Transcript) -> tuple[int, int]:
    """The tokens of a short text, and those of the rules, by the server's own count."""
    assume_count_moves(weighed[0], weighed[1], by=20)
    return count_input(weighed[0]), count_input(weighed[1]) - count_input(weighed[0])


def counts_turns(exchange: Exchange, alone: int, rules: int) -> bool:
    """The rules that were sent first are counted, besides the output, which holds them twice."""
    return count_input(exchange) > alone + 2 * rules + rules // 2


@requirement("chain.store-off-continues")
def test_an_unstored_turn_reads_the_stored_ones(one_chain: Transcript, weighed: Transcript) -> None:
    """A response that is not stored may continue a stored one and counts its context."""
    alone, rules = weights(one_chain, weighed)
    third = third_of(one_chain)
    assume(counts_turns(answered_in(one_chain), alone, rules), "a stored turn does not count its context either")

    assert count_input(third) > alone + rules + rules // 2


@requirement("modes.turns-read")
def test_a_stream_reads_the_turns(one_chain: Transcript, weighed: Transcript) -> None:
    """The stream of a continued response counts the turns before it."""
    alone, rules = weights(one_chain, weighed)
    assume(counts_turns(answered_in(one_chain), alone, rules), "a plain turn does not count its context either")
    assume(counts_turns(third_of(one_chain), alone, 4 * rules // 3), "a later turn does not count all of its context")

    assert count_input(fork_of(one_chain)) > count_input(answered_in(one_chain)) - rules


@requirement("modes.instructions-read")
def test_a_stream_reads_instructions(one_chain: Transcript, weighed: Transcript) -> None:
    """The stream of a continued response counts its instructions, which are twice those of which the cost is known."""
    fork, before, cost = fork_of(one_chain), count_input(answered_in(one_chain)), cost_of_rules(weighed)
    assume("instructions" in fork.sent, "it was not taken with instructions")
    assume(count_input(fork) > before - cost, "it does not count its context")

    assert count_input(fork) > before + cost // 2


@requirement("modes.choice-holds")
def test_a_stream_obeys_the_choice(one_chain: Transcript) -> None:
    """The function that is named is called in the stream of a continued response too."""
    first, fork = stream_of(one_chain), fork_of(one_chain)
    names = [item.get("name") for item in first.reply["output"] if item.get("type") == "function_call"]
    assume(first.sent["tool_choice"] == NAMED and names[:1] == [NAME], "it is not called where nothing is continued")
    assume(fork.sent.get("tool_choice") == NAMED and fork.reply.get("status") == "completed", "it did not complete")

    assert [item.get("name") for item in fork.reply["output"] if item.get("type") == "function_call"][:1] == [NAME]


@any_outcome
@requirement("chain.accepts-the-same")
def test_a_chain_takes_the_same(one_chain: Transcript) -> None:
    """What is taken in a create is taken in one that continues a response: a message without its type."""
    turns = later_turns(one_chain, forked=False)
    assume(turns, "the call was not answered")
    first, *others = turns
    if is_taken(first):
        return
    alone = [each for each in creates(one_chain) if SAID in each.sent["input"] and each not in turns]
    assume(others and is_taken(others[-1]), "the chain is not continued without it either")
    assume(alone and is_taken(alone[-1]), "it is not taken in a create of its own either")

    assert is_taken(first)


@requirement("chain.tools-not-inherited")
def test_tools_are_not_carried_over(one_chain: Transcript) -> None:
    """A continued response does not show the tools that only the one before was sent with."""
    second, third = answered_in(one_chain), third_of(one_chain)
    assume(second.is_success and second.body.get("tools"), "the earlier reply does not show its tools")
    assume("tools" in third.body, "the continued response does not show whether it has tools")

    assert not third.body.get("tools")


def reads(one_chain: Transcript) -> list[Exchange]:
    """The reads of what was not stored: of the fork, and where it can be read, of the turn before it."""
    found = [each for each in one_chain if not each.sent]
    assume(found, "the chain was not continued, or nothing can be read")
    return found


@requirement("store.off-not-readable")
def test_an_unstored_turn_cannot_be_read(one_chain: Transcript) -> None:
    """A response with store false cannot be read, also where it continues one that can."""
    found = reads(one_chain)

    assert not all(each.is_success for each in found) or len(found) < 2


@requirement("modes.store-off")
def test_an_unstored_stream_cannot_be_read(one_chain: Transcript) -> None:
    """What is not stored cannot be read when it was streamed either."""
    fork, *others = reads(one_chain)
    assume(not any(each.is_success for each in others), "an unstored turn can be read that was not streamed")

    assert not fork.is_success or not others


@requirement("create.item-reference")
def test_an_item_is_referred_to(one_chain: Transcript, weighed: Transcript) -> None:
    """A reference to an item of a stored response is resolved."""
    cited = [each for each in creates(one_chain) if holds(each, "item_reference")]
    assume(cited, "the model said nothing, or its message has no id")
    assert cited[0].is_success
    assume_count_moves(weighed[0], weighed[1])

    assert count_input(cited[0]) > count_input(weighed[0])
