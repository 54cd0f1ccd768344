"""What one chain of stored and unstored turns, plain and streamed, is taken with, shows and obeys."""

from typing import Any

import pytest

from antiphon.suite import Exchange, Transcript, any_outcome, assume, is_completed, is_taken, requirement
from antiphon.suite.controls import forced_calls, token_counts
from antiphon.suite.controls import one_chain as chain
from antiphon.suite.controls.one_chain import (
    NAMED,
    SAID,
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
    alone, fork = names(named_call[0]), fork_of(one_chain)
    assume(named_call[0].sent["tool_choice"]["name"] in alone, "it is not called where nothing is continued")
    assume(stream_of(one_chain).is_success, "no stream is taken with these functions")
    assume(fork.sent.get("tool_choice") == NAMED and fork.reply.get("status") == "completed", "it did not complete")

    assert names(fork)[:1] == [NAMED["name"]]


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


def listed(one_chain: Transcript) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The input of the streamed call without messages, and what its list holds of it. Not testable without a list."""
    pages = [each for each in one_chain if each.request and each.request.path.endswith("/input_items")]
    assume(pages and pages[0].is_success and isinstance(pages[0].body.get("data"), list), "the input cannot be listed")
    sent = [item for item in stream_of(one_chain).sent["input"] if item["type"] != "message"]
    assume(sent, "it was not taken with a call before it")
    ids = {item["call_id"] for item in sent}
    return sent, [each for each in pages[0].body["data"] if isinstance(each, dict) and each.get("call_id") in ids]


@requirement("input-items.calls-as-sent")
def test_calls_and_outputs_are_listed(one_chain: Transcript) -> None:
    """Calls and outputs of the input are listed with the call_id, name, arguments and output that were sent."""
    sent, items = listed(one_chain)
    found = {item["type"]: item for item in items}

    assert [{name: found.get(item["type"], {}).get(name) for name in item} for item in sent] == sent


@requirement("input-items.order-matches-input")
def test_a_call_is_listed_before_its_output(one_chain: Transcript) -> None:
    """Ascending order is the order of the request."""
    sent, items = listed(one_chain)
    wanted, found = [item["type"] for item in sent], [item["type"] for item in items]
    assume(sorted(found) == sorted(wanted), "not all of it is listed")

    assert found == wanted


def all_reads(one_chain: Transcript) -> list[Exchange]:
    return [each for each in one_chain if not each.sent and each.request and each.request.path.count("/") == 2]


def reads_id(exchange: Exchange, id: str) -> bool:
    return bool(exchange.request and exchange.request.path.endswith(f"/{id}"))


@any_outcome
@requirement("tools.message-before-call")
def test_a_call_after_a_message_is_answered(one_chain: Transcript) -> None:
    """A response that says something before it calls reads with both, and its calls are answered in the next turn."""
    called = stream_of(one_chain)
    kinds, id = kinds_of(called), called.reply["id"]
    assume("message" in kinds and "function_call" in kinds[kinds.index("message") :], "nothing was said before a call")
    read = next((each for each in all_reads(one_chain) if reads_id(each, id)), None)
    assume(read and read.is_success, "the response cannot be read")
    streams = [each.reply.get("id") for each in creates(one_chain) if each.sent.get("stream") and is_taken(each)]
    turns = [each for each in with_outputs(one_chain) if each.sent["previous_response_id"] in streams]
    answers = [each for each in turns if each.sent["previous_response_id"] == id]
    assume(any(map(is_taken, turns)), "other calls of streams are not answered either")

    assert kinds_of(read) == kinds  # type: ignore[arg-type]
    assert is_taken(answers[-1])


def kinds_of(exchange: Exchange) -> list[Any]:
    """The types of the output items."""
    output = exchange.reply.get("output") if exchange.is_success and isinstance(exchange.reply, dict) else None
    assume(isinstance(output, list), f"{exchange.id} has no output")
    return [item.get("type") for item in output or () if isinstance(item, dict)]


def reads(one_chain: Transcript) -> list[Exchange]:
    """The reads of what was not stored: of the fork, and where it can be read, of the turn before it."""
    id = stream_of(one_chain).reply["id"]
    found = [each for each in all_reads(one_chain) if not reads_id(each, id)]
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
