"""A run ends early where nothing answers any more, and says why."""

from __future__ import annotations

from antiphon.exercise.stop import SILENT_CALLS, CircuitBreaker, Stop
from antiphon.recording.exchange import Exchange, Failure, Response
from antiphon.recording.records import EARLY

DEAD = Failure("connect", "refused")


def silent(at: float, failure: Failure = DEAD, lag: float = 0.0) -> Exchange:
    return Exchange("a/1", None, None, started_at=at, elapsed=1.0, failure=failure, lag=lag)


def answered(at: float, elapsed: float = 1.0) -> Exchange:
    return Exchange("a/1", None, Response(500), started_at=at, elapsed=elapsed)


def reason_after(*exchanges: Exchange) -> str:
    stop = Stop()
    breaker = CircuitBreaker(stop)
    for each in exchanges:
        breaker.add(each)
    return stop.reason


def test_calls_in_a_row_without_an_answer_end_a_run() -> None:
    assert reason_after(*map(silent, range(SILENT_CALLS))) == f"{EARLY}{SILENT_CALLS} calls in a row got no answer."
    assert not reason_after(*map(silent, range(SILENT_CALLS - 1)))


def test_any_answer_begins_the_row_anew() -> None:
    row = [silent(at) for at in range(SILENT_CALLS - 1)]

    assert not reason_after(*row, answered(10), *(silent(20 + at) for at in range(SILENT_CALLS - 1)))


def test_calls_that_hung_while_others_were_answered_are_no_row() -> None:
    assert not reason_after(answered(5), *[silent(0)] * 50)


def test_our_own_delay_and_what_was_not_sent_are_no_silence() -> None:
    late = Failure("timeout-total", "late")

    assert not reason_after(*[silent(0, late, lag=0.9)] * 50)
    assert not reason_after(*[silent(0, Failure("unsendable", "too long"))] * 50)
    assert not reason_after(*[silent(0, Failure("budget", "no"))] * 50)


def test_the_first_reason_counts_and_a_late_listener_hears_of_it() -> None:
    stop, heard = Stop(), list[str]()
    stop.request("one.")
    stop.request("two.")
    with stop.notify(lambda: heard.append(stop.reason)):
        assert heard == [f"{EARLY}one."]


def test_a_request_after_the_run_calls_nobody() -> None:
    stop, heard = Stop(), list[str]()
    with stop.notify(lambda: heard.append(stop.reason)):
        pass
    stop.request("one.")

    assert heard == []
