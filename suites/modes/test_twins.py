"""Creates with many features are sent plain and in another mode: what is done for one is done for the other.

A run that plays few scenarios plays these in place of crossed rows; a deep one plays them all.
"""

from dataclasses import dataclass
from typing import Any

import pytest

from antiphon.contract.crossing import CrossingRow
from antiphon.judge.json_pointer import differences
from antiphon.recording.intent import must_refuse, optional
from antiphon.suite import PROBE, Api, Exchange, Transcript, any_outcome, assume, none_of, requirement, scenario
from antiphon.suite.crossing.play import HEARD
from antiphon.suite.crossing.relations import lost_effect, missing_weight, refused_together, setting_not_shown
from antiphon.suite.crossing.turns import CrossedTurn, ended_well
from antiphon.suite.crossing.twins import TwinControls, play_twins, twin_row, twins_of
from antiphon.suite.item_faces import missing_items
from antiphon.suite.repeated_streams import changed_events, numbers
from antiphon.suite.shown_settings import lost_settings


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
    TwinCase("in-background", "background-streamed", CALLED, ("store", "streaming", "background")),
    TwinCase("over-socket", "websocket", CALLED, ("websocket",)),
    TwinCase("unstored", "streamed", FORMED, ("streaming",)),
    TwinCase("continued", "streamed", CONTINUED, ("chaining", "streaming")),
)
HOLDING = ("modes.choice-holds", "modes.format-holds", "modes.include-holds")
READ = ("modes.instructions-read", "modes.parts-read", "modes.turns-read")
FINAL = ("completed", "failed", "incomplete", "cancelled")
SEALED = frozenset({"encrypted_content"})
BEYOND, NO_NUMBER = 100_000, "x"
"""Marks after which a stream is asked for again, beside one within it."""


@scenario(each=CASES, needs=lambda case: case.needs)
async def twins(api: Api, case: TwinCase) -> None:
    """A create is sent plain and in another mode; a stored one is read, listed and repeated, an unstored one sought."""
    *_, other = await play_twins(api, case.row, ("plain", case.mode))
    if not ended_well(other.exchange) or not isinstance(other.exchange.reply, dict):
        return
    if case.mode == "background-streamed":
        with api.intending(optional("store", "input-items", *case.needs)):
            await api.retrieve(other.id)
            await api.input_items(other.id, order="asc", limit=50)
        with api.intending(optional("resume", *case.needs)):
            await api.retrieve(other.id, stream=True, starting_after=HEARD)
            await api.retrieve(other.id, stream=True)
        with api.intending(PROBE):
            await api.retrieve(other.id, stream=True, starting_after=BEYOND)
        with api.intending(must_refuse("resume-malformed")):
            await api.retrieve(other.id, stream=True, starting_after=NO_NUMBER)
        await api.retrieve(other.id)
        with api.intending(PROBE):  # a server may lack it; whether it does others show
            await api.cancel(other.id)
        await api.retrieve(other.id)
    elif case.row is FORMED:
        with api.intending(must_refuse("not-stored")):
            await api.retrieve(other.id)


def resumptions(transcript: Transcript, after: Any = None) -> list[Exchange]:
    """The streams that were asked for again, after this mark or from their beginning."""
    asked = [each for each in transcript if each.request and ("stream", "true") in each.request.query]
    return [each for each in asked if dict(each.request.query).get("starting_after") == (after and str(after))]  # type: ignore[union-attr]


def resumption(transcript: Transcript, after: Any = None) -> Exchange:
    """The first of them. Not testable without one, or where none is answered with events."""
    found = resumptions(transcript, after)
    assume(found, "it was not asked for")
    every = [*resumptions(transcript, HEARD), *resumptions(transcript)]
    assume(any(each.is_success and each.events for each in every), "no stream is repeated at all")
    return found[0]


def polls(transcript: Transcript) -> list[Exchange]:
    """The reads of what had ended, the last of them after a cancel. Not testable where it came to no end."""
    asked = [each for each in transcript if each.request and each.request.method == "GET" and not each.request.query]
    reads = [each for each in asked if each.request and each.request.path.count("/") == 2]
    assume(len(reads) > 2, "it was not read so often")
    assume(reads[0].is_success and reads[0].body.get("status") in FINAL, "it came to no end")
    return reads


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
    none_of(missing_weight(name, turn, *controls.weights(turn), estimated=True))


@any_outcome
@requirement("modes.settings-shown")
def test_settings_are_shown(twins: Transcript) -> None:
    """A setting that the reply to a plain create shows is shown in another mode."""
    none_of(setting_not_shown(*pair_of(twins)))


@requirement("modes.settings-kept")
def test_settings_are_read_as_they_were_shown(twins: Transcript) -> None:
    """A stored response reads with the settings of its reply."""
    turn, _ = pair_of(twins)
    assume(turn.reads, "the response was not read")

    assert lost_settings(turn.created, turn.reads[-1]) == []


@requirement("modes.input-listed")
def test_the_input_is_listed(twins: Transcript) -> None:
    """The list of a stored response holds every item and part of its input as sent."""
    turn, _ = pair_of(twins)
    listed = turn.listed("/input_items")

    assert missing_items(turn.created.sent["input"], listed) == []


@requirement("modes.store-off")
def test_what_is_not_stored_cannot_be_read(twins: Transcript) -> None:
    """A response with store false cannot be read."""
    *_, read = twins
    assume(not read.sent, "the response was not sought")
    assume(twins.case.row is FORMED and pair_of(twins)[0].created.sent.get("store") is False, "it was to be stored")

    assert not read.is_success


@requirement("modes.resumed-alike")
def test_a_stream_is_resumed_as_it_was(twins: Transcript) -> None:
    """A stream of the background is resumed with the events of the first."""
    turn, _ = pair_of(twins)
    assume(twins.case.mode == "background-streamed", "the row streams nothing in the background")
    first, resumed = turn.created, resumptions(twins, HEARD)
    assume(resumed, "the stream was not asked for again")
    repeated = resumed[0]
    assume(all(isinstance(number, int) for number in numbers(first.events)), "the stream is not numbered")
    assume(not repeated.sent and repeated.is_success and repeated.events, "the stream is not repeated")

    assert changed_events(first.events, repeated.events) == []


@requirement("resume.after-exclusive")
def test_a_resumed_stream_begins_after_its_mark(twins: Transcript) -> None:
    """A resumed stream begins with the number after starting_after."""
    part = resumption(twins, HEARD)
    assume(HEARD + 1 in numbers(pair_of(twins)[0].created.events), "the first stream has no event of that number")
    assert part.is_success

    assert numbers(part.events)[:1] == [HEARD + 1]


@requirement("resume.full-replay")
def test_the_whole_stream_is_repeated(twins: Transcript) -> None:
    """Without starting_after the whole stream is repeated from response.created."""
    whole, first = resumption(twins), pair_of(twins)[0].created
    assume([event.get("type") for event in first.events[:1]] == ["response.created"], "the first begins otherwise too")

    assert whole.is_success
    assert [event.get("type") for event in whole.events[:1]] == ["response.created"]


@requirement("resume.beyond-end")
def test_nothing_is_repeated_from_beyond_the_end(twins: Transcript) -> None:
    """A starting_after beyond the last number gives an empty stream or a refusal."""
    beyond = resumption(twins, BEYOND)
    assume(beyond.status is not None, "it was not answered")

    assert beyond.is_client_error or (beyond.is_success and beyond.events == [])


@requirement("resume.malformed")
def test_a_mark_that_is_no_number_is_refused(twins: Transcript) -> None:
    """A starting_after that is no number is refused."""
    assert resumption(twins, NO_NUMBER).is_client_error


@requirement("background.poll-equals")
def test_an_ended_stream_reads_the_same(twins: Transcript) -> None:
    """Two reads of a finished background response are equal, encrypted content apart."""
    end, again, *_ = polls(twins)
    assume(again.is_success and again.body.get("status") == end.body["status"], "its status did not stay")

    assert list(differences(end.body, again.body, SEALED)) == []


@requirement("cancel.finished-unchanged")
def test_a_finished_response_is_left_alone(twins: Transcript) -> None:
    """Cancelling a finished background response leaves it as it was."""
    _, end, after, *_ = polls(twins)
    assume(end.is_success and end.body.get("status") in FINAL, "its end did not stay")
    assume(after.is_success, "it cannot be read any more")
    assume(after.body.get("status") in (end.body["status"], "cancelled"), "its end does not stay, cancelled or not")

    assert after.body["status"] == end.body["status"]
    assert len(after.body["output"]) == len(end.body["output"])


@requirement("background.end-is-final")
def test_what_has_ended_stays_ended(twins: Transcript) -> None:
    """A final status stays; whether a cancel changes it is another requirement's."""
    end, again, *_, last = polls(twins)
    assume(last.is_success and last.body.get("status") != "cancelled", "it was cancelled, or cannot be read any more")

    assert [each.body["status"] for each in (again, last)] == [end.body["status"]] * 2
