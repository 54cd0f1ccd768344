"""Valid parts of every kind in the fewest creates, plain and streamed by turns: what other scenarios send by kinds.

A run that plays few scenarios plays this one in their place; a deep one plays them all.
"""

from typing import Any

import pytest

from antiphon.suite import (
    Api,
    Exchange,
    Part,
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
    send_parts_by_turns,
    was_taken,
)
from antiphon.suite.controls import token_counts
from antiphon.suite.valid_parts import functions, rare, settings

weighed = token_counts.weighed
UNPADDED = Part("create.accepts.stream-options", {"stream_options": {"include_obfuscation": False}})
ZIPPED = Part("answers.decodable", headers={"accept-encoding": "gzip, deflate"})
"""Compressed replies, which what clients are written with takes; the checks for any exchange look at them."""
MIDDLE = Part("limits.verbosity-values", {"text": {"verbosity": "medium"}}, by_model=True)


UNSET = ("instructions", "max_tool_calls", "temperature", "top_p", "truncation")
"""Fields that a create with max_output_tokens alone, and one with null, show alike."""


def stands_apart(part: Part) -> bool:
    """It sets the tools, or the mode, which differ from those of other creates."""
    return not part.fields.keys().isdisjoint(("tools", "stream")) or part.fields.get("tool_choice", "") is None


EVERY = (*settings.PARTS, *functions.PARTS, *rare.RARE, MIDDLE)
APART = tuple(part for part in EVERY if stands_apart(part) or part.everywhere)
TOGETHER = (ZIPPED, *(part for part in EVERY if not stands_apart(part)))
PARTS = (*EVERY, UNPADDED)


@scenario()
async def taken_together(api: Api) -> None:
    """Creates have every valid part among them; where one is refused, its parts are tried in halves."""
    await send_parts(api, APART)
    await send_parts_by_turns(api, TOGETHER, [functions.WASH], [ZIPPED, UNPADDED])


def plain(transcript: Transcript) -> list[Exchange]:
    return [each for each in transcript if not each.sent.get("stream")]


def streamed(transcript: Transcript) -> list[Exchange]:
    return [each for each in transcript if each.sent.get("stream")]


@any_outcome
@requirement("{name}")
@pytest.mark.parametrize("name", requirements_of(*EVERY), ids=str)
def test_is_taken(taken_together: Transcript, name: str) -> None:
    """A valid part of a create is taken, plain or in a stream."""
    judged = [part for part in parts_of(name, EVERY) if not was_taken(part, streamed(taken_together))]

    none_of(find_refused_part(judged, PARTS, plain(taken_together)))


@requirement("create.null-is-absent")
def test_null_gives_the_default(taken_together: Transcript, weighed: Transcript) -> None:
    """A field sent as null shows the same value as one that was left out."""
    taken = [each for each in plain(taken_together) if is_taken(each) and isinstance(each.body, dict)]
    assume(taken and is_taken(weighed[0]), "a create was refused")
    absent = weighed[0].body
    shown = [
        (each.id, name, each.body[name], absent[name])
        for each in taken
        for name in UNSET
        if each.sent.get(name, "") is None and name in each.body and name in absent
    ]
    assume(shown, "no reply shows what was sent as null")

    assert [row for row in shown if row[2] != row[3]] == []


@any_outcome
@requirement("stream.accepts-the-same")
def test_a_stream_takes_the_same(taken_together: Transcript) -> None:
    """What is taken in a plain create is taken in a stream."""
    streams = streamed(taken_together)
    sent = [part for part in EVERY if any(part.is_in(each) for each in streams)]
    taken = [part for part in sent if was_taken(part, streams) or was_taken(part, plain(taken_together))]
    assume(taken, "no plain create is taken")

    none_of(find_refused_part(taken, PARTS, streams))


@any_outcome
@requirement("create.accepts.stream-options")
def test_options_of_a_stream_are_taken(taken_together: Transcript) -> None:
    """A stream without obfuscation is taken."""
    none_of(find_refused_part([UNPADDED], PARTS, streamed(taken_together)))


@requirement("stream.obfuscation.off")
def test_nothing_is_padded(taken_together: Transcript) -> None:
    """No event carries obfuscation when the request switches it off."""
    unpadded = [each for each in streamed(taken_together) if UNPADDED.is_in(each) and is_taken(each) and each.events]
    assume(unpadded, "no such stream was taken")
    padded = [event for each in unpadded for event in each.events if "obfuscation" in event]

    assert [event.get("type") for event in padded] == []


@any_outcome
@requirement("tools.taken")
def test_a_function_is_taken(taken_together: Transcript) -> None:
    """A create that offers a function is taken, or declined by the name of tools."""
    offering = [each for each in plain(taken_together) if each.sent.get("tools")]
    assume(any(map(is_taken, plain(taken_together))), "no create without a function is taken either")
    bare = [each for each in offering if not any(part.is_in(each) for part in PARTS) and is_refused(each)]
    assume(bare or any(map(is_taken, offering)), "no create was answered")
    if bare and not any(map(is_taken, [*offering, *streamed(taken_together)])):
        assert is_taken(bare[-1])


def answered(transcript: Transcript, choice: Any) -> list[Exchange]:
    """The creates with this choice that came to their end."""
    asked = [each for each in transcript if each.sent.get("tool_choice") == choice and each.sent.get("tools")]
    return [each for each in asked if is_taken(each) and is_completed(each) and isinstance(each.reply, dict)]


def calls_in(exchange: Exchange) -> list[dict[str, Any]]:
    output = exchange.reply.get("output")
    items = [item for item in output if isinstance(item, dict)] if isinstance(output, list) else []
    return [item for item in items if str(item.get("type")).endswith("_call")]


@requirement("tools.none-no-call")
def test_none_calls_nothing(taken_together: Transcript) -> None:
    """With tool_choice none no tool is called."""
    forbidden = answered(taken_together, "none")
    assume(any(map(calls_in, answered(taken_together, "required"))), "no tool is called otherwise either")
    assume(forbidden, "no create with tool_choice none was answered")

    assert [call for each in forbidden for call in calls_in(each)] == []


@requirement("tools.named-function")
def test_the_named_function_is_called_among_many(taken_together: Transcript) -> None:
    """With a named function that function is called, whatever else is offered and in whichever place it stands."""
    named = answered(taken_together, functions.WASHING)
    assume(named and named[0].reply.get("output"), "no create with a named function was answered to its end")

    assert "wash_it" in {item.get("name") for item in calls_in(named[0]) if item.get("type") == "function_call"}
