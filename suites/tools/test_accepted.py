"""Valid parts of a create that offers a function: every choice, every form of a tool, of a call and of its output."""

from typing import Any

import pytest

from antiphon.suite import (
    Api,
    Exchange,
    Transcript,
    any_outcome,
    assume,
    find_refused_part,
    is_completed,
    is_refused,
    is_taken,
    none_of,
    parts_of,
    requirement,
    requirements_of,
    scenario,
    send_parts,
    was_taken,
)
from antiphon.suite.controls import token_counts
from antiphon.suite.controls.token_counts import assume_count_moves, count_input
from antiphon.suite.valid_parts.functions import IMAGE, PARTS, WASH, WASHING, call, call_output

LEAST = 30
"""Tokens that a long text costs at least."""
BOUNDS: dict[str, Any] = {"store": False, "max_output_tokens": 64}
weighed = token_counts.weighed


@scenario(needs={"tools"})
async def tools_accepted(api: Api) -> None:
    """Creates offer a function and have every valid part among them; the parts of a refused one are tried in halves."""
    await send_parts(api, PARTS, [WASH], **BOUNDS)


@any_outcome
@requirement("{name}")
@pytest.mark.parametrize("name", requirements_of(*PARTS))
def test_is_taken(tools_accepted: Transcript, name: str) -> None:
    """A valid part of a create that offers a function is taken."""
    none_of(find_refused_part(parts_of(name, PARTS), PARTS, tools_accepted))


@any_outcome
@requirement("tools.taken")
def test_a_function_is_taken(tools_accepted: Transcript, weighed: Transcript) -> None:
    """A create that offers a function is taken, or declined by the name of tools."""
    assume(is_taken(weighed[0]), "no create without a function is taken either")
    bare = [each for each in tools_accepted if not any(part.is_in(each) for part in PARTS)]
    refused = [each for each in bare if is_refused(each)]
    assume(refused or any(map(is_taken, tools_accepted)), "no create was answered")
    if refused and not any(map(is_taken, tools_accepted)):
        control = refused[-1]
        assert is_taken(control)


@requirement("tools.none-no-call")
def test_none_calls_nothing(tools_accepted: Transcript) -> None:
    """With tool_choice none no tool is called."""
    answered = [each for each in tools_accepted if each.is_success and isinstance(each.body, dict)]
    forbidden = [each for each in answered if each.sent.get("tool_choice") == "none"]
    assume(any(calls_in(each) for each in answered if each not in forbidden), "no tool is called otherwise either")
    assume(forbidden, "no create with tool_choice none was answered")

    assert [kind for each in forbidden for kind in calls_in(each)] == []


@requirement("tools.named-function")
def test_the_named_function_is_called_among_many(tools_accepted: Transcript) -> None:
    """With a named function that function is called, whatever else is offered and in whichever place it stands."""
    named = [each for each in tools_accepted if each.is_success and each.sent.get("tool_choice") == WASHING]
    assume(named and is_completed(named[0]), "no create with a named function was answered to its end")
    called = {item.get("name") for item in output_of(named[0]) if item.get("type") == "function_call"}

    assert "wash_it" in called


def output_of(answered: Exchange) -> list[dict[str, Any]]:
    output = answered.body.get("output")
    return [item for item in output if isinstance(item, dict)] if isinstance(output, list) else []


def calls_in(answered: Exchange) -> list[str]:
    """The types of the calls in an answer."""
    return [kind for item in output_of(answered) if (kind := str(item.get("type"))).endswith("_call")]


@scenario(needs={"tools", "streaming"})
async def tools_accepted_streamed(api: Api) -> None:
    """Streamed creates offer a function and have every valid part among them."""
    await send_parts(api, PARTS, [WASH], **BOUNDS, stream=True)


@any_outcome
@requirement("stream.accepts-the-same")
def test_a_stream_takes_the_same(tools_accepted_streamed: Transcript, tools_accepted: Transcript) -> None:
    """What is taken in a plain create is taken in a stream."""
    taken = [part for part in PARTS if was_taken(part, tools_accepted)]
    assume(taken, "no plain create is taken")

    none_of(find_refused_part(taken, PARTS, tools_accepted_streamed))


CHAINED: dict[str, Any] = {"max_output_tokens": 64}


@scenario(needs={"tools", "chaining"})
async def tools_accepted_chained(api: Api) -> None:
    """Creates that continue a stored response offer a function and have every valid part among them."""
    root = await api.create(input="Say hi.", store=True, **CHAINED)
    await send_parts(api, PARTS, [WASH], **CHAINED, previous_response_id=root.id)


@any_outcome
@requirement("chain.accepts-the-same")
def test_a_chain_takes_the_same(tools_accepted_chained: Transcript, tools_accepted: Transcript) -> None:
    """What is taken in a create is taken in one that continues a response: calls and their outputs among it."""
    taken = [part for part in PARTS if was_taken(part, tools_accepted)]
    assume(taken, "no plain create is taken")

    none_of(find_refused_part(taken, PARTS, tools_accepted_chained[1:]))


LONG = " ".join(f"Room {number}: the floor is dry, the windows are shut and the light is out." for number in range(12))


@scenario(needs={"tools"})
async def outputs_weighed(api: Api) -> None:
    """The output of a function is one part, then the same with a long second part, then with an image."""
    short, long = ({"type": "input_text", "text": text} for text in ("It is clean.", LONG))
    wish = {"type": "message", "role": "user", "content": "Wash the floor."}
    for parts in ([short], [short, long], [short, IMAGE]):
        turns = [wish, call("call_weighed", id="fc_weighed"), call_output("call_weighed", parts)]
        await api.create(input=turns, tools=[WASH], tool_choice="none", **BOUNDS)


@requirement("tools.output-parts-read")
def test_every_part_of_an_output_is_read(outputs_weighed: Transcript, weighed: Transcript) -> None:
    """Every text part of an output costs input tokens."""
    one, two, _ = outputs_weighed
    assume(one.is_success and two.is_success, "outputs of parts are refused")
    assume_count_moves(weighed[0], weighed[1])

    assert count_input(two) > count_input(one) + LEAST


@requirement("tools.output-image-or-refusal")
def test_an_image_of_an_output_is_not_dropped(outputs_weighed: Transcript, weighed: Transcript) -> None:
    """An image in an output is read or refused, and not dropped."""
    one, _, seen = outputs_weighed
    if seen.is_client_error:
        return
    assume(one.is_success and seen.is_success, "there is no reply to compare")
    assume_count_moves(weighed[0], weighed[1])

    assert count_input(seen) > count_input(one)
