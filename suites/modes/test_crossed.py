"""Modes, contexts and features of a create, crossed: what a feature does in a plain create it does in all of them."""

import pytest

from antiphon.contract.crossing import CrossingRow, crossings
from antiphon.judge.json_pointer import differences
from antiphon.suite import Api, Transcript, any_outcome, assume, none_of, requirement, scenario
from antiphon.suite.crossing import play as crossing
from antiphon.suite.crossing.relations import lost_effect, refused_together, setting_not_shown, unread_input
from antiphon.suite.crossing.surfaces import RESPONSES, is_usable
from antiphon.suite.crossing.turns import CrossedTurn, PlainControls
from antiphon.suite.item_faces import missing_items, places_of
from antiphon.suite.repeated_streams import changed_events, numbers

ROWS = crossings()["responses"].rows
HOLDING = ("modes.choice-holds", "modes.format-holds", "modes.limit-holds", "modes.include-holds")
READ = ("modes.instructions-read", "modes.tools-read", "modes.parts-read", "modes.turns-read")
SETTINGS = (
    "model", "instructions", "max_output_tokens", "max_tool_calls", "parallel_tool_calls", "previous_response_id",
    "conversation", "prompt_cache_key", "safety_identifier", "reasoning", "store", "temperature", "text", "tool_choice",
    "tools", "top_logprobs", "top_p", "truncation",
)  # fmt: skip
"""Fields of a response that its create decides, and that do not change while it runs."""


def needs(row: CrossingRow) -> frozenset[str]:
    return row.needs


@scenario()
async def features_alone(api: Api) -> None:
    """Each feature is sent alone in a plain create, and twice there is none; then the story of earlier turns."""
    features = [value for value in RESPONSES.single_features() if is_usable(value, api.target)]
    for chosen in ([], *([value] for value in features), [], RESPONSES.contexts()):
        fields = RESPONSES.fields_of(chosen, api.target)
        await api.create(input=RESPONSES.turns_of(chosen), store=False, **fields)


@scenario(each=ROWS, needs=needs)
async def crossed(api: Api, row: CrossingRow) -> None:
    """A create of one mode and context with several features, read again as far as it is stored."""
    await crossing.play(api, row)


turn_of = CrossedTurn.in_transcript


def plain(transcript: Transcript) -> PlainControls:
    return PlainControls.in_transcript(transcript, RESPONSES)


@any_outcome
@requirement("modes.taken")
def test_what_is_taken_alone_is_taken_together(crossed: Transcript, features_alone: Transcript) -> None:
    """What is taken in a plain create, and in a mode and context without it, is taken in that mode and context."""
    none_of(refused_together(turn_of(crossed), plain(features_alone)))


@any_outcome
@requirement("{name}")
@pytest.mark.parametrize("name", HOLDING, ids=str)
def test_a_feature_has_its_effect(crossed: Transcript, features_alone: Transcript, name: str) -> None:
    """A feature that has an effect in a plain create has it in every mode and context."""
    none_of(lost_effect(name, turn_of(crossed), plain(features_alone)))


@any_outcome
@requirement("{name}")
@pytest.mark.parametrize("name", READ, ids=str)
def test_what_is_sent_is_read(crossed: Transcript, features_alone: Transcript, name: str) -> None:
    """What costs input tokens in a plain create costs them in every mode and context."""
    none_of(unread_input(name, turn_of(crossed), plain(features_alone)))


@any_outcome
@requirement("modes.settings-shown")
def test_settings_are_shown(crossed: Transcript, features_alone: Transcript) -> None:
    """A setting that the reply to a plain create shows is shown in every mode and context."""
    none_of(setting_not_shown(turn_of(crossed), plain(features_alone)))


@requirement("modes.settings-kept")
def test_settings_are_read_as_they_were_shown(crossed: Transcript) -> None:
    """A stored response reads with the settings of its reply."""
    turn = turn_of(crossed)
    shown = turn.created.reply
    assume(turn.reads, "the response could not be read")
    read = turn.reads[-1].body
    names = [name for name in SETTINGS if shown.get(name) not in (None, [], {})]
    differing = [name for name in names if any(differences(shown[name], read.get(name)))]

    assert {name: read.get(name) for name in differing} == {name: shown[name] for name in differing}


@requirement("modes.store-off")
def test_what_is_not_stored_cannot_be_read(crossed: Transcript) -> None:
    """A response with store false cannot be read."""
    turn = turn_of(crossed)
    assume(turn.row.has("unstored"), "the row is stored")
    assume(turn.created.sent.get("store") is False, "the create was sent without store")
    *_, read = crossed
    assume(read is not turn.created, "the response was not read")

    assert not read.is_success


@requirement("modes.input-listed")
def test_the_input_is_listed(crossed: Transcript) -> None:
    """The list of a stored response holds every item and part of its input as sent."""
    turn = turn_of(crossed)
    assume(turn.row.has("stored"), "the row is not stored")
    listed = turn.listed("/input_items")

    assert missing_items(turn.created.sent["input"], listed) == []


@requirement("input-items.order-matches-input")
def test_the_input_is_listed_in_its_order(crossed: Transcript) -> None:
    """The list of a stored response has the items of its input in their order, in every mode."""
    turn = turn_of(crossed)
    assume(turn.row.has("stored"), "the row is not stored")
    places = places_of(turn.created.sent["input"], turn.listed("/input_items"))
    assume(len(places) > 1, "fewer than two different items of the input are listed")

    assert places == sorted(places)


@requirement("modes.turn-appended")
def test_the_turn_is_appended(crossed: Transcript) -> None:
    """The input and output of a response are appended to its conversation."""
    turn = turn_of(crossed)
    assume(turn.row.has("conversation"), "the row has no conversation")
    assume(turn.record.reply.get("status") in ("completed", "incomplete"), "the response did not complete")
    listed = turn.listed("/items")

    assert missing_items([*turn.created.sent["input"], *turn.record.items], listed) == []


@requirement("modes.resumed-alike")
def test_a_stream_is_resumed_as_it_was(crossed: Transcript) -> None:
    """A stream of the background is resumed with the events of the first, whatever its items and settings."""
    turn = turn_of(crossed)
    assume(turn.row.has("background-streamed"), "the row streams nothing in the background")
    first = turn.created
    assume(all(isinstance(number, int) for number in numbers(first.events)), "the stream is not numbered")
    repeated = [each for each in crossed if each.request and each.request.method == "GET" and each.is_stream]
    assume(repeated and repeated[-1].is_success and repeated[-1].events, "the stream is not repeated")

    assert changed_events(first.events, repeated[-1].events) == []
