"""What the turns of one chain read of those before, told by counts of tokens."""

from itertools import pairwise

import pytest

from antiphon.suite import Exchange, Transcript, assume, requirement
from antiphon.suite.controls import one_chain as chain
from antiphon.suite.controls import token_counts
from antiphon.suite.controls.one_chain import (
    HELD_COUNTED,
    HELD_FIRST,
    HELD_SECOND,
    HELD_THIRD,
    creates,
    fork_of,
    holds,
    stream_of,
    third_of,
    with_outputs,
)
from antiphon.suite.controls.token_counts import assume_count_moves, cost_of_rules, count_input

weighed, one_chain = token_counts.weighed, chain.one_chain
EARLIER = HELD_FIRST + HELD_SECOND
WHOLE = EARLIER + HELD_THIRD


def weights(weighed: Transcript) -> tuple[int, int]:
    """The tokens of a short text, and those of the rules, by the server's own count."""
    assume_count_moves(weighed[0], weighed[1], by=20)
    return count_input(weighed[0]), count_input(weighed[1]) - count_input(weighed[0])


def counts(exchange: Exchange, weighed: Transcript, times: int) -> bool:
    """The rules are counted so often."""
    alone, rules = weights(weighed)
    return count_input(exchange) > alone + times * rules - rules // 2


@requirement("chain.store-off-continues")
def test_an_unstored_turn_reads_the_stored_ones(one_chain: Transcript, weighed: Transcript) -> None:
    """A response that is not stored may continue a stored one and counts its context."""
    third = third_of(one_chain)
    assume(counts(with_outputs(one_chain)[-1], weighed, EARLIER), "a stored turn does not count its context either")

    assert counts(third, weighed, HELD_THIRD + 1)


@requirement("tools.output-parts-read")
def test_every_part_of_an_output_counts(one_chain: Transcript, weighed: Transcript) -> None:
    """The parts of an output are read, the second too, which is by far the longest."""
    first, second, (_, rules) = stream_of(one_chain), with_outputs(one_chain)[-1], weights(weighed)
    assume(isinstance(second.sent["input"][0]["output"], list), "no output was taken in parts")
    added = count_input(second) - count_input(first)
    assume(added > 0, "the turn before is not counted either")

    assert added > (HELD_SECOND - 1) * rules - rules // 2


@requirement("modes.turns-read")
def test_a_stream_reads_the_turns(one_chain: Transcript, weighed: Transcript) -> None:
    """The stream of a continued response counts the turns before it."""
    third = third_of(one_chain)
    assume(counts(third, weighed, WHOLE - HELD_FIRST), "a plain turn does not count all of its context either")

    assert counts(fork_of(one_chain), weighed, HELD_SECOND)


@requirement("modes.instructions-read")
def test_a_stream_reads_instructions(one_chain: Transcript, weighed: Transcript) -> None:
    """The stream of a continued response counts its instructions, which are twice those of which the cost is known."""
    fork, before, cost = fork_of(one_chain), count_input(with_outputs(one_chain)[-1]), cost_of_rules(weighed)
    assume("instructions" in fork.sent, "it was not taken with instructions")
    assume(counts(fork, weighed, EARLIER), "it does not count its context")

    assert count_input(fork) > before + cost // 2


@requirement("create.item-reference")
def test_an_item_is_referred_to(one_chain: Transcript, weighed: Transcript) -> None:
    """A reference to an item of a stored response is resolved."""
    cited = [each for each in creates(one_chain) if holds(each, "item_reference")]
    assume(cited, "the model said nothing, or its message has no id")
    assert cited[0].is_success
    assume_count_moves(weighed[0], weighed[1])

    assert count_input(cited[0]) > count_input(weighed[0])


PARTS = {
    "input-tokens.grows-with-input": "text",
    "input-tokens.grows-with-instructions": "instructions",
    "input-tokens.grows-with-tools": "tools",
    "input-tokens.grows-with-previous": "previous",
}
NEAR = 24
"""Tokens by which the weight of a part is known: two texts in one cost about what they cost alone."""


@requirement("{name}")
@pytest.mark.parametrize("name", PARTS, ids=str)
def test_a_count_holds_every_part(one_chain: Transcript, weighed: Transcript, name: str) -> None:
    """A count of a turn holds the tokens of each part, which are those that the part adds to a create."""
    asked = [each for each in one_chain if each.request and each.request.path.endswith("/input_tokens")]
    assume(asked, "nothing was counted")
    alone, rules = weights(weighed)
    parts = {
        "text": HELD_COUNTED * rules,
        "instructions": 2 * cost_of_rules(weighed),
        "tools": count_input(weighed[3]) - alone,
        "previous": count_input(third_of(one_chain)) - alone - HELD_THIRD * rules,
    }
    by_weight = sorted([0, *parts.values()])
    apart = min(more - less for less, more in pairwise(by_weight))
    assume(apart > 2 * NEAR, "two parts weigh about the same, or one nothing")
    lacking = alone + sum(parts.values()) - count_input(asked[-1])
    assume(any(abs(lacking - weight) <= NEAR for weight in by_weight), f"it lacks {lacking} tokens: that is no part")

    assert abs(lacking - parts[PARTS[name]]) > NEAR
