"""What one chain of stored and unstored turns, plain and streamed, is taken with, shows and obeys."""

from typing import Any

import pytest

from antiphon.suite import Exchange, Transcript, any_outcome, assume, is_completed, is_taken, requirement
from antiphon.suite.controls import forced_calls, token_counts
from antiphon.suite.controls import one_chain as chain
from antiphon.suite.controls.forced_calls import creates_of, letters_of
from antiphon.suite.controls.one_chain import (
    NAMED,
    SAID,
    TOOLS,
    brings_outputs,
    creates,
    fork_of,
    later_turns,
    stream_of,
    third_of,
    with_outputs,
)
from antiphon.suite.shown_settings import value_of

weighed, named_call, one_chain = token_counts.weighed, forced_calls.named_call, chain.one_chain


def answers(transcript: Transcript) -> tuple[Exchange, Exchange | None]:
    """The last answer to the calls of the stream, and, where that was refused, to calls that were not streamed."""
    turns: dict[bool, Exchange] = {}
    is_streamed = False
    for each in creates(transcript):
        if brings_outputs(each):
            turns[is_streamed] = each
        elif "previous_response_id" not in each.sent:
            is_streamed = bool(each.sent.get("stream"))
    assume(True in turns, "no function was called")
    streamed = turns[True]
    named = [str(item["call_id"]) for item in streamed.sent["input"]]
    assume(len(set(named)) == len(named), "calls share a call_id, so that their outputs cannot be told apart")
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


@requirement("tools.required-calls")
def test_a_required_call_is_made(one_chain: Transcript) -> None:
    """With tool_choice required at least one listed tool is called."""
    required = [each for each in creates(one_chain) if each.sent.get("tool_choice") == "required"]
    assume(required and is_completed(required[0]), "the create was refused, or did not complete")
    output = required[0].reply.get("output")
    assume(isinstance(output, list), "it has no output")

    assert [item.get("name") for item in output if isinstance(item, dict) and item.get("type") == "function_call"]


@requirement("modes.choice-holds")
def test_a_stream_obeys_the_choice(one_chain: Transcript, named_call: Transcript) -> None:
    """The function that is named is called in the stream of a continued response too."""
    alone, fork = creates_of(named_call)[-1], fork_of(one_chain)
    assume("tool_choice" in alone.sent, "it is refused where nothing is continued")
    assume(alone.sent["tool_choice"]["name"] in names(alone), "it is not called where nothing is continued")
    assume(stream_of(one_chain).is_success, "no stream is taken with these functions")
    assume(fork.sent.get("tool_choice") == NAMED and fork.reply.get("status") == "completed", "it did not complete")

    called = names(fork)[:1]
    assume(
        not called or called[0] in KNOWN or letters_of(str(called[0])) not in map(letters_of, KNOWN),
        "a name is misspelled",
    )

    assert called == [NAMED["name"]]


KNOWN = [each["name"] for each in TOOLS]


@requirement("tools.name-letters-kept")
def test_a_function_is_called_by_its_very_name(one_chain: Transcript) -> None:
    """A function is called by the very letters of its name, hyphens, capitals and digits among them."""
    called = names(stream_of(one_chain))
    assume(called, "no function was called")

    assert [name for name in called if name not in KNOWN and letters_of(str(name)) in map(letters_of, KNOWN)] == []


def names(exchange: Exchange) -> list[Any]:
    """The functions that are called."""
    assume(exchange.is_success and isinstance(exchange.reply, dict), f"{exchange.id} has no response")
    output = exchange.reply.get("output")
    items = output if isinstance(output, list) else []
    return [item.get("name") for item in items if isinstance(item, dict) and item.get("type") == "function_call"]


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


SETTINGS = {
    "chain.tools-not-inherited": "tools",
    "chain.temperature-not-inherited": "temperature",
    "chain.text-not-inherited": "text",
    "chain.tool-choice-not-inherited": "tool_choice",
}


@requirement("{name}")
@pytest.mark.parametrize("name", SETTINGS, ids=str)
def test_a_setting_is_not_carried_over(one_chain: Transcript, weighed: Transcript, name: str) -> None:
    """A continued response does not show what only the one before was sent with."""
    field, second, third = SETTINGS[name], with_outputs(one_chain)[-1], third_of(one_chain)
    assume(is_taken(second) and weighed[0].is_success, "no reply shows it")
    unset, shown, then = (value_of(field, each) for each in (weighed[0], second, third))
    assume(field in second.sent and shown is not None, "the earlier reply does not show the setting")
    assume(shown != unset, f"a reply to a create without the setting shows the same: {unset}")
    assume(then is not None, "the continued response does not show the setting")

    assert then != shown
