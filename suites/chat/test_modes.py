"""Modes, contexts and features of a completion, crossed: what a feature does in a plain one it does in a stream."""

import pytest

from antiphon.contract.crossing import CrossingRow, crossings
from antiphon.suite import Api, Transcript, any_outcome, none_of, requirement, scenario
from antiphon.suite.crossing import play as crossing
from antiphon.suite.crossing.completions import missing_count, other_ending
from antiphon.suite.crossing.relations import lost_effect, refused_together, unread_input
from antiphon.suite.crossing.surfaces import CHAT
from antiphon.suite.crossing.turns import CrossedTurn, PlainControls

ROWS = crossings()["chat"].rows
HOLDING = (
    "chat.modes.choice-holds", "chat.modes.format-holds", "chat.modes.stop-holds", "chat.modes.limit-holds",
    "chat.modes.logprobs-hold",
)  # fmt: skip
READ = ("chat.modes.instructions-read", "chat.modes.tools-read", "chat.modes.parts-read", "chat.modes.turns-read")


def needs(row: CrossingRow) -> frozenset[str]:
    return row.needs


@scenario(needs={"chat"})
async def chat_features_alone(api: Api) -> None:
    """Each feature and each context is sent alone in a plain completion, and twice there is none."""
    for chosen in ([], *([value] for value in (*CHAT.single_features(), *CHAT.contexts())), []):
        body = {"model": api.model, **CHAT.fields_of(chosen, api.target), "messages": CHAT.turns_of(chosen)}
        await api.call("chat.create", body=body)


@scenario(each=ROWS, needs=needs)
async def chat_crossed(api: Api, row: CrossingRow) -> None:
    """A completion of one mode and context with several features."""
    await crossing.play(api, row)


turn_of = CrossedTurn.in_transcript


def plain(transcript: Transcript) -> PlainControls:
    return PlainControls.in_transcript(transcript, CHAT)


@any_outcome
@requirement("chat.modes.taken")
def test_what_is_taken_alone_is_taken_together(chat_crossed: Transcript, chat_features_alone: Transcript) -> None:
    """What is taken in a plain completion, and in a mode and context without it, is taken in that mode and context."""
    none_of(refused_together(turn_of(chat_crossed), plain(chat_features_alone)))


@any_outcome
@requirement("{name}")
@pytest.mark.parametrize("name", HOLDING, ids=str)
def test_a_feature_has_its_effect(chat_crossed: Transcript, chat_features_alone: Transcript, name: str) -> None:
    """A feature that has an effect in a plain completion has it in every mode and context."""
    none_of(lost_effect(name, turn_of(chat_crossed), plain(chat_features_alone)))


@any_outcome
@requirement("{name}")
@pytest.mark.parametrize("name", READ, ids=str)
def test_what_is_sent_is_read(chat_crossed: Transcript, chat_features_alone: Transcript, name: str) -> None:
    """What costs input tokens in a plain completion costs them in every mode and context."""
    none_of(unread_input(name, turn_of(chat_crossed), plain(chat_features_alone)))


@any_outcome
@requirement("chat.modes.finish-holds")
def test_a_choice_ends_for_the_same_reason(chat_crossed: Transcript, chat_features_alone: Transcript) -> None:
    """A choice ends in every mode and context with the reason that the same end has in a plain completion."""
    none_of(other_ending(turn_of(chat_crossed), plain(chat_features_alone)))


@any_outcome
@requirement("chat.modes.usage-counted")
def test_tokens_are_counted(chat_crossed: Transcript, chat_features_alone: Transcript) -> None:
    """Tokens that a plain completion counts are counted in every mode and context."""
    none_of(missing_count(turn_of(chat_crossed), plain(chat_features_alone)))
