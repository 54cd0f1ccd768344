"""A stop sequence ends a completion, whole and as a stream, and is no part of it."""

from antiphon.effects.create_record import CreateRecord
from antiphon.suite import Exchange, Transcript, assume, is_taken, requirement
from antiphon.suite.controls import kept_completions
from antiphon.suite.controls.completion_views import unstored_pair
from antiphon.suite.controls.kept_completions import ROOM, STOP

completion_kept = kept_completions.completion_kept


def stopped(completion: Exchange) -> CreateRecord:
    """A completion with a text that had stop sequences."""
    assume(completion.sent.get("stop") and is_taken(completion), "stop was refused, as reasoning models do")
    record = CreateRecord(completion, "chat.create")
    assume(record.texts, "the completion has no text")
    return record


def stops_in(record: CreateRecord) -> list[str]:
    """The stop sequences that its texts hold."""
    return [sequence for sequence in STOP for text in record.texts if sequence in text]


@requirement("chat.stop-sequence")
def test_the_text_has_no_stop_sequence(completion_kept: Transcript) -> None:
    """A stop sequence is not part of the text."""
    whole = unstored_pair(completion_kept)[0]

    assert stops_in(stopped(whole)) == []


@requirement("chat.modes.stop-holds")
def test_the_text_of_a_stream_has_none(completion_kept: Transcript) -> None:
    """A stop sequence ends the text of a stream where it ends that of a completion."""
    whole, streamed = unstored_pair(completion_kept)
    assume(streamed.sent.get("stream"), "no stream was asked for")
    assume(not stops_in(stopped(whole)), "it does not end that of a completion either")

    assert stops_in(stopped(streamed)) == []


@requirement("chat.stop-finish")
def test_a_stopped_answer_says_stop(completion_kept: Transcript) -> None:
    """A completion that meets a stop sequence finishes with stop."""
    whole = unstored_pair(completion_kept)[0]
    record = stopped(whole)
    assume(not stops_in(record), "the text was not cut there")
    made = record.tokens("output")
    assume(made is not None and made < ROOM, "it may have met its limit")
    reasons = [choice["finish_reason"] for choice in whole.body["choices"]]
    assume(set(reasons) <= {"stop", "length"}, "it ended for a reason that has nothing to do with its text")

    assert reasons == ["stop"] * len(reasons)
