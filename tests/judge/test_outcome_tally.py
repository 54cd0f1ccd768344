"""What rests on a call that shows nothing is not testable, for that reason and with the count of the run."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.judge.exchanges import exchange_of, read

from antiphon.contract.model import Level
from antiphon.judge.outcome_tally import OutcomeTally, Silence
from antiphon.judge.verdict import UNSEEN, judgement
from antiphon.recording.exchange import CLEAN_UP, INBOUND, RETRIED, Exchange, Failure, Response
from antiphon.recording.intent import LEGAL, PROBE, optional
from antiphon.recording.outcome import Outcome
from antiphon.recording.records import ScenarioEnd
from antiphon.recording.transcript import Transcript
from antiphon.suite.observation import any_outcome, observe

GOOD = exchange_of(read("good")["bare"])
SLOW = replace(GOOD, id="slow/1", response=None, failure=Failure("timeout-total", "No reply came within 120 s."))
LOST = replace(SLOW, id="lost/1", failure=Failure("connect", "It refuses the connection."))
CUT = replace(GOOD, id="cut/1", failure=Failure("protocol", "The body was cut."))
BUSY = replace(GOOD, id="busy/1", response=Response(429))
BROKEN = replace(GOOD, id="broken/1", response=Response(502))
MOVED = replace(GOOD, id="moved/1", response=Response(307))


def refuses(made: Transcript) -> None:
    """The first call is refused."""
    assert made[0].is_client_error


def refuses_last(made: Transcript) -> None:
    """The last call is refused."""
    assert made[-1].is_client_error


def made_of(*exchanges: Exchange) -> dict[str, Transcript]:
    return {"made": Transcript("made", tuple(exchanges), ScenarioEnd("made", "finished"))}


@pytest.mark.parametrize(
    ("exchange", "outcome", "reason"),
    [
        (SLOW, Outcome.UNANSWERED, "no answer: No reply came within 120 s."),
        (CUT, Outcome.DAMAGED, "no whole reply: The body was cut."),
        (BUSY, Outcome.OVERLOADED, "overloaded: busy/1 was answered with 429"),
        (BROKEN, Outcome.BROKE, "server error: broken/1 was answered with 502"),
        (MOVED, Outcome.REDIRECTED, "redirected: moved/1 was answered with 307"),
    ],
)
def test_no_answer_is_neither_taken_nor_refused(exchange: Exchange, outcome: Outcome, reason: str) -> None:
    seen = observe(refuses_last, made_of(GOOD, exchange))

    assert (seen.violation, seen.void, seen.untestable) == (None, outcome, reason)


def test_a_test_that_reads_outcomes_is_asked_all_the_same() -> None:
    def refuses_nonetheless(made: Transcript) -> None:
        assert made[0].is_client_error

    assert observe(any_outcome(refuses_nonetheless), made_of(BUSY)).judged


def test_an_attempt_that_was_repeated_does_not_count() -> None:
    assert observe(refuses, made_of(GOOD, replace(BUSY, notes=frozenset({RETRIED})))).violation


def test_a_reason_has_the_count_of_the_run() -> None:
    tally = OutcomeTally()
    for each in (GOOD, SLOW, SLOW, CUT, *(replace(BUSY, notes=frozenset({note})) for note in (RETRIED, CLEAN_UP))):
        tally.see(each)
    tally.see(replace(BROKEN, notes=frozenset({INBOUND})))

    assert tally.words(Outcome.UNANSWERED) == "no answer: 2 of 4 calls timed out"
    assert tally.words(Outcome.DAMAGED) == "no whole reply: 1 of 4 calls got a damaged one"
    assert tally.silence() == Silence(2, "slow/1", "No reply came within 120 s.")

    tally.see(LOST)

    assert tally.words(Outcome.UNANSWERED) == "no answer: 3 of 5 calls got none"


@pytest.mark.parametrize(
    ("exchanges", "words"),
    [
        ([SLOW, SLOW], "no answer: 2 of 2 calls timed out"),
        ([GOOD, SLOW], "no answer: 1 of 2 calls timed out, and nothing in the others shows it"),
        ([GOOD] * 20 + [SLOW], ""),
        (
            [GOOD, BROKEN, BROKEN, SLOW],
            "server errors: 2 of 4 calls were answered with 5xx, and nothing in the others shows it",
        ),
    ],
)
def test_what_is_not_shown_is_explained_by_the_calls_of_its_capability(exchanges: list[Exchange], words: str) -> None:
    tally = OutcomeTally()
    for each in exchanges:
        tally.see(replace(each, intent=optional("store")))
        tally.see(replace(GOOD, intent=LEGAL))
        tally.see(replace(BUSY, intent=PROBE))

    assert tally.explanations().get("store", "") == words
    assert "core" not in tally.explanations()
    assert judgement(None, Level.MUST, unseen=words or UNSEEN).reason == (words or UNSEEN)
