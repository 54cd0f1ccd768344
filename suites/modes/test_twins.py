"""Creates with many features are sent plain and in another mode: what is done for one is done for the other.

A run that plays few scenarios plays these in place of crossed rows; a deep one plays them all.
"""

from dataclasses import dataclass

import pytest

from antiphon.contract.crossing import CrossingRow
from antiphon.recording.intent import must_refuse
from antiphon.suite import Api, Transcript, any_outcome, assume, none_of, requirement, scenario
from antiphon.suite.crossing.relations import lost_effect, missing_weight, refused_together, setting_not_shown
from antiphon.suite.crossing.turns import CrossedTurn, ended_well
from antiphon.suite.crossing.twins import TwinControls, play_twins, twin_row, twins_of


@dataclass(frozen=True)
class TwinCase:
    """A row, and the mode in which it is sent besides the plain one."""

    id: str
    mode: str
    row: CrossingRow
    needs: tuple[str, ...]


CALLED = twin_row("responses", 1, "named", "texts", "instructed", "labelled", "unstored")
FORMED = twin_row("responses", 2, "unused", "json-schema", "instructed", "logprobs", "unstored")
CONTINUED = twin_row("responses", 3, "chained", "named", "instructed", "unstored")
CASES = (
    TwinCase("over-socket", "websocket", CALLED, ("websocket",)),
    TwinCase("unstored", "streamed", FORMED, ("streaming",)),
    TwinCase("continued", "streamed", CONTINUED, ("chaining", "streaming")),
)
HOLDING = ("modes.choice-holds", "modes.format-holds", "modes.include-holds")
READ = ("modes.instructions-read", "modes.parts-read", "modes.turns-read")


@scenario(each=CASES, needs=lambda case: case.needs)
async def twins(api: Api, case: TwinCase) -> None:
    """A create is sent plain and in another mode; an unstored one is sought."""
    *_, other = await play_twins(api, case.row, ("plain", case.mode))
    if not ended_well(other.exchange) or not isinstance(other.exchange.reply, dict):
        return
    if case.row is FORMED:
        with api.intending(must_refuse("not-stored")):
            await api.retrieve(other.id)


def pair_of(transcript: Transcript) -> tuple[CrossedTurn, TwinControls]:
    return twins_of(transcript, transcript.case.row, transcript.case.mode)


@any_outcome
@requirement("modes.taken")
def test_what_is_taken_plain_is_taken(twins: Transcript) -> None:
    """What is taken in a plain create is taken in another mode."""
    none_of(refused_together(*pair_of(twins)))


@any_outcome
@requirement("{name}")
@pytest.mark.parametrize("name", HOLDING, ids=str)
def test_a_feature_has_its_effect(twins: Transcript, name: str) -> None:
    """A feature that has an effect in a plain create has it in another mode."""
    none_of(lost_effect(name, *pair_of(twins)))


@any_outcome
@requirement("{name}")
@pytest.mark.parametrize("name", READ, ids=str)
def test_what_is_sent_is_read(twins: Transcript, name: str) -> None:
    """A create counts the input tokens of its plain twin: none of what is sent is left unread."""
    turn, controls = pair_of(twins)
    assume(turn.record.calls or not controls.record.calls, "nothing is called: what tools weigh may be missing too")
    none_of(missing_weight(name, turn, *controls.weights(turn), estimated=True))


@any_outcome
@requirement("modes.settings-shown")
def test_settings_are_shown(twins: Transcript) -> None:
    """A setting that the reply to a plain create shows is shown in another mode."""
    none_of(setting_not_shown(*pair_of(twins)))


@requirement("modes.store-off")
def test_what_is_not_stored_cannot_be_read(twins: Transcript) -> None:
    """A response with store false cannot be read."""
    *_, read = twins
    assume(not read.sent, "the response was not sought")
    assume(twins.case.row is FORMED and pair_of(twins)[0].created.sent.get("store") is False, "it was to be stored")

    assert not read.is_success
