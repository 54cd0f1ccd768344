"""Completions with many features are sent whole and as a stream: what is done for one is done for the other."""

from typing import Any

import pytest

from antiphon.contract.crossing import CrossingRow
from antiphon.effects.create_record import CreateRecord
from antiphon.judge.registry import Violation
from antiphon.suite import Api, Transcript, any_outcome, assume, is_taken, none_of, requirement, scenario
from antiphon.suite.controls import completions, token_counts
from antiphon.suite.controls.token_counts import RULES, cost_of_rules
from antiphon.suite.crossing.completions import missing_count, other_ending
from antiphon.suite.crossing.relations import lost_effect, missing_weight, refused_together
from antiphon.suite.crossing.surfaces import MODES, ROOM
from antiphon.suite.crossing.turns import CrossedTurn
from antiphon.suite.crossing.twins import TwinControls, play_twins, refused_feature, twin_row, twins_of

weighed, chatted = token_counts.weighed, completions.chatted
ROWS = (
    twin_row("chat", 1, "unused", "json-schema", "instructed", "logprobs"),
    twin_row("chat", 2, "named"),
    twin_row("chat", 3, "stop", "texts", "two-choices"),
    twin_row("chat", 4, "earlier-turns", "cut-older", "texts", "instructed"),
)
LAST = "300"
"""Where the count ends that is to be cut."""
HOLDING = (
    "chat.modes.choice-holds", "chat.modes.format-holds", "chat.modes.stop-holds", "chat.modes.limit-holds",
    "chat.modes.logprobs-hold",
)  # fmt: skip
READ = ("chat.modes.tools-read", "chat.modes.parts-read", "chat.modes.turns-read")


@scenario(each=ROWS, needs={"chat"})
async def chat_twins(api: Api, row: CrossingRow) -> None:
    """A completion with many features is sent whole, then as a stream."""
    await play_twins(api, row, ("plain", "streamed"))


def streamed(transcript: Transcript) -> tuple[CrossedTurn, TwinControls]:
    return twins_of(transcript, transcript.case, "streamed")


@any_outcome
@requirement("chat.modes.taken")
def test_what_is_taken_whole_is_taken_as_a_stream(chat_twins: Transcript) -> None:
    """What is taken in a plain completion is taken in a stream."""
    none_of(refused_together(*streamed(chat_twins)))


@any_outcome
@requirement("{name}")
@pytest.mark.parametrize("name", HOLDING, ids=str)
def test_a_feature_has_its_effect(chat_twins: Transcript, name: str) -> None:
    """A feature that has an effect in a plain completion has it in a stream."""
    none_of(lost_effect(name, *streamed(chat_twins)))


@any_outcome
@requirement("{name}")
@pytest.mark.parametrize("name", READ, ids=str)
def test_what_is_sent_is_read(chat_twins: Transcript, name: str) -> None:
    """A stream counts the input tokens of its plain twin: none of what is sent is left unread."""
    turn, controls = streamed(chat_twins)
    none_of(missing_weight(name, turn, *controls.weights(turn), estimated=True))


@any_outcome
@requirement("chat.modes.finish-holds")
def test_a_choice_ends_for_the_same_reason(chat_twins: Transcript) -> None:
    """A choice of a stream ends with the reason of its plain twin."""
    none_of(other_ending(*streamed(chat_twins)))


@any_outcome
@requirement("chat.modes.usage-counted")
def test_tokens_are_counted(chat_twins: Transcript) -> None:
    """Tokens that a plain completion counts are counted in a stream."""
    none_of(missing_count(*streamed(chat_twins)))


@any_outcome
@requirement("chat.modes.instructions-read")
def test_instructions_are_read_before_earlier_turns(
    chat_twins: Transcript, chatted: Transcript, weighed: Transcript
) -> None:
    """A system message counts beside earlier turns: its letters cost what those of instructions cost in a create."""
    _, whole = streamed(chat_twins)
    row = whole.turn.row
    assume(row.has("earlier-turns") and row.has("no-tools"), "the row has no earlier turns, or more than words")
    assume(completions.counts_alike(chatted, weighed), "tokens of a completion count otherwise than those of a create")
    base, weights = whole.weights(whole.turn, cost_of_rules(weighed) / len(RULES))

    none_of(missing_weight("chat.modes.instructions-read", whole.turn, base, weights, estimated=True))


@any_outcome
@requirement("chat.accepts.stream")
def test_a_stream_is_taken(chat_twins: Transcript) -> None:
    """A stream that is to count its tokens is taken where a plain completion is."""
    turn, whole = streamed(chat_twins)
    assume(whole.record.choices, "no plain completion was answered")
    assume(turn.creates, "no stream was asked for")
    last = turn.creates[-1]
    features = [value for value in turn.row.values if value.is_feature and value.factor not in MODES]
    assume(not any(turn.surface.sends(each, last.sent) for each in features) or is_taken(last), "more was asked for")

    assert last.is_success


def named_call(transcript: Transcript) -> tuple[CreateRecord, list[Any]]:
    """The plain completion that had to call a function by its name, and its choices."""
    record, choices = choices_of(transcript, "named")
    assume(choices and not any(each.get("finish_reason") == "length" for each in choices), "the call was cut")
    return record, choices


@any_outcome
@requirement("chat.forced-call")
def test_the_named_tool_is_called(chat_twins: Transcript) -> None:
    """A named tool is called by that name."""
    none_of(refused_feature("named", streamed(chat_twins)[1].turn))
    record, choices = named_call(chat_twins)
    expected = [record.sent["tool_choice"]["function"]["name"]] * len(choices)
    if record.calls != expected:
        none_of(Violation("/choices", f"calls of {expected}", f"{record.calls}", exchange=record.exchange.id))


@requirement("chat.forced-call-finish")
def test_a_forced_call_finishes_as_one(chat_twins: Transcript) -> None:
    """A choice with a forced call finishes with tool_calls or stop."""
    record, choices = named_call(chat_twins)
    assume(record.calls, "no tool was called")
    reasons = [each["finish_reason"] for each in choices]
    if not set(reasons) <= {"tool_calls", "stop"}:
        none_of(Violation("/choices", "finish_reason tool_calls or stop", f"{reasons}", exchange=record.exchange.id))


@any_outcome
@requirement("chat.accepts.max-tokens")
def test_the_older_limit_is_taken(chat_twins: Transcript) -> None:
    """The older limit max_tokens is taken, or refused as unsupported by the model."""
    _, whole = streamed(chat_twins)
    none_of(refused_feature("cut-older", whole.turn))


def choices_of(transcript: Transcript, feature: str) -> tuple[CreateRecord, list[Any]]:
    """The plain completion that was taken with a feature, and its choices."""
    _, whole = streamed(transcript)
    assume(whole.turn.row.has(feature), f"the row has no {feature}")
    assume(any(value.name == feature for value in whole.turn.features), f"{feature} was refused")
    return whole.record, [choice for choice in whole.record.choices if isinstance(choice.get("message"), dict)]


def texts_of(choices: list[Any]) -> list[str]:
    return [text for choice in choices if isinstance(text := choice["message"].get("content"), str) and text]


@requirement("chat.length-cut")
def test_a_cut_answer_says_length(chat_twins: Transcript) -> None:
    """A completion that reaches its limit finishes with length."""
    record, choices = choices_of(chat_twins, "cut-older")
    made = record.tokens("output")
    assume(made is not None and made >= record.sent["max_tokens"], "the model stopped before its limit")
    assume(not any(LAST in text for text in texts_of(choices)), "it came to its end just at the limit")

    assert [choice["finish_reason"] for choice in choices] == ["length"] * len(choices)


@requirement("chat.stop-sequence")
def test_no_text_has_a_stop_sequence(chat_twins: Transcript) -> None:
    """A stop sequence is not part of the text."""
    record, choices = choices_of(chat_twins, "stop")
    texts = texts_of(choices)
    assume(texts, "the completion has no text")

    assert [stop for stop in record.sent["stop"] for text in texts if stop in text] == []


@requirement("chat.stop-finish")
def test_a_stopped_answer_says_stop(chat_twins: Transcript) -> None:
    """A completion that meets a stop sequence finishes with stop."""
    record, choices = choices_of(chat_twins, "stop")
    texts, made = texts_of(choices), record.tokens("output")
    assume(texts and not any(stop in text for stop in record.sent["stop"] for text in texts), "no text was cut there")
    assume(made is not None and made < ROOM, "it may have met its limit")
    reasons = {choice.get("finish_reason") for choice in choices}
    assume(reasons <= {"stop", "length"}, "it ended for a reason that has nothing to do with its text")

    assert [choice["finish_reason"] for choice in choices] == ["stop"] * len(choices)
