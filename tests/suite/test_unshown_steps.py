"""A step that shows nothing voids the tests that read it, or what rests on it, and no other."""

from __future__ import annotations

import json
from typing import Any

import pytest

from antiphon.recording.exchange import Chunk, Exchange, Failure, Request, Response
from antiphon.recording.outcome import Outcome
from antiphon.recording.records import ScenarioEnd
from antiphon.recording.transcript import Transcript
from antiphon.suite.observation import any_outcome, observe

JSON = (("content-type", "application/json"),)


def step(number: int, method: str, path: str, reply: Any, status: int = 200, sent: Any = None) -> Exchange:
    """A step of one second, after the one before."""
    body = (Chunk(0.5, json.dumps(reply).encode()),)
    request = Request(method, path, body=sent)
    return Exchange(f"life/{number}", request, Response(status, JSON, body), "life", started_at=number, elapsed=0.9)


def lost(number: int, method: str, path: str, sent: Any = None) -> Exchange:
    return Exchange(
        f"life/{number}", Request(method, path, body=sent), None, "life", number, 0.9, Failure("timeout-total", "Late.")
    )


def response(id: str, **fields: Any) -> dict[str, Any]:
    return {"id": id, "object": "response", "status": "completed", **fields}


CREATED = step(1, "POST", "/responses", response("resp_1"))
READ = step(2, "GET", "/responses/resp_1", response("resp_1"))
GONE = step(4, "GET", "/responses/resp_1", response("resp_1"))
OTHER = step(5, "POST", "/responses", response("resp_2"), sent={"previous_response_id": "resp_0"})
DELETION_LOST = lost(3, "DELETE", "/responses/resp_1")
DELETION_BROKE = step(3, "DELETE", "/responses/resp_1", {}, status=500)
FINISHED = ScenarioEnd("life", "finished")


def life(*steps: Exchange, ending: ScenarioEnd | None = FINISHED, name: str = "life") -> dict[str, Transcript]:
    return {"life": Transcript(name, steps, ending)}


def reads_back(life: Transcript) -> None:
    """What was created is read."""
    created, read, *_ = life

    assert read.body["id"] == created.body["id"]


def is_gone(life: Transcript) -> None:
    """What was deleted is not found."""
    after = life[3]

    assert after.status == 404


def creates_another(life: Transcript) -> None:
    """Another one is created."""
    *_, other = life

    assert other.body["id"] == "resp_2"


@pytest.mark.parametrize(
    ("void", "outcome"), [(DELETION_LOST, Outcome.UNANSWERED), (DELETION_BROKE, Outcome.BROKE)], ids=["lost", "broke"]
)
def test_a_step_that_shows_nothing_voids_what_rests_on_it_alone(void: Exchange, outcome: Outcome) -> None:
    steps = life(CREATED, READ, void, GONE, OTHER)

    assert observe(reads_back, steps).judged
    assert observe(creates_another, steps).judged
    assert observe(is_gone, steps).void is outcome


def test_a_read_that_was_lost_voids_no_later_step() -> None:
    steps = life(CREATED, lost(2, "GET", "/responses/resp_1"), step(3, "DELETE", "/responses/resp_1", {}), GONE)

    assert observe(is_gone, steps).violation
    assert observe(reads_back, steps).void is Outcome.UNANSWERED


def test_the_request_of_a_step_may_be_read() -> None:
    def deletes(life: Transcript) -> None:
        assert any(each.request and each.request.method == "DELETE" for each in life)

    assert observe(deletes, life(CREATED, READ, DELETION_LOST, GONE)).judged


def test_what_still_ran_while_a_step_was_lost_rests_on_it() -> None:
    def ends_cancelled(life: Transcript) -> None:
        assert life[0].body["status"] == "cancelled"

    running = Exchange(**{**vars_of(CREATED), "elapsed": 30.0})

    assert observe(ends_cancelled, life(running, lost(2, "POST", "/responses/resp_1/cancel"))).void
    assert observe(ends_cancelled, life(CREATED, lost(2, "POST", "/responses/resp_1/cancel"))).violation


def vars_of(exchange: Exchange) -> dict[str, Any]:
    return {name: getattr(exchange, name) for name in Exchange.__dataclass_fields__}


def test_what_names_the_object_of_a_void_step_is_void_with_all_that_rests_on_it_in_turn() -> None:
    conversation = step(1, "POST", "/conversations", {"id": "conv_1"})
    turn = lost(2, "POST", "/responses", {"conversation": {"id": "conv_1"}, "input": "hi"})
    cut = step(3, "POST", "/responses", response("resp_3"), sent={"conversation": "conv_1", "input": "again"})
    after = step(4, "GET", "/responses/resp_3", response("resp_3"))

    def reads_third(life: Transcript) -> None:
        assert life[3].is_success

    assert observe(reads_third, life(conversation, turn, cut, after)).void is Outcome.UNANSWERED


def test_a_sister_branch_does_not_rest_on_the_other() -> None:
    sent = {"previous_response_id": "resp_1", "input": "go on"}
    branch, sister = lost(2, "POST", "/responses", sent), step(3, "POST", "/responses", response("resp_3"), sent=sent)

    def forks(life: Transcript) -> None:
        assert life[2].is_success

    assert observe(forks, life(CREATED, branch, sister)).judged


@pytest.mark.parametrize(
    ("outcome", "seen"), [("broken", "untestable"), ("declined", "inapplicable"), ("skipped", "unplayed")]
)
def test_a_scenario_that_ended_early_judges_what_it_played(outcome: str, seen: str) -> None:
    end = ScenarioEnd("stored_life", outcome, "no", "store", "life/3" if outcome != "skipped" else "")
    refused = step(3, "DELETE", "/responses/resp_1", {}, status=405)
    steps = life(CREATED, READ, *([] if outcome == "skipped" else [refused]), ending=end, name="stored_life")

    assert observe(reads_back, steps).judged
    assert getattr(observe(is_gone, steps), seen)
    assert getattr(observe(creates_another, steps), seen)


def test_the_step_that_ended_a_scenario_breaks_only_what_wants_it_to_succeed() -> None:
    def deletes(life: Transcript) -> None:
        assert life[2].is_success

    def confirms(life: Transcript) -> None:
        assert life[2].body["deleted"] is True

    end = ScenarioEnd("stored_life", "broken", "it was refused", exchange="life/3")
    refused = step(3, "DELETE", "/responses/resp_1", {}, status=400)

    assert observe(deletes, life(CREATED, READ, refused, ending=end)).violation
    assert observe(confirms, life(CREATED, READ, refused, ending=end)).untestable


def test_no_step_is_counted_from_the_end_of_what_may_go_on() -> None:
    def last_is_read(life: Transcript) -> None:
        assert life[-1].is_success

    def all_succeed(life: Transcript) -> None:
        assert all(each.is_success for each in life)

    polls = [step(number, "GET", "/responses/resp_1", response("resp_1")) for number in (2, 3)]
    end = ScenarioEnd("polled", "skipped", "the run ended")

    for test in (last_is_read, all_succeed):
        assert observe(test, life(CREATED, *polls, ending=end, name="polled")).unplayed


def test_what_an_early_end_leaves_out_is_no_fault_of_a_reply() -> None:
    def pairs(life: Transcript) -> None:
        _, _, deletion = life

        assert deletion

    end = ScenarioEnd("unmeasured", "broken", "no", exchange="life/2")

    assert observe(pairs, life(CREATED, READ, ending=end)).untestable


def test_a_test_that_reads_outcomes_sees_every_step() -> None:
    def is_answered(life: Transcript) -> None:
        assert all(each.response for each in life)

    assert observe(any_outcome(is_answered), life(CREATED, DELETION_LOST)).violation


def test_a_test_that_reads_outcomes_finds_what_is_broken_before_the_end() -> None:
    def is_answered(life: Transcript) -> None:
        for each in life:
            assert each.response

    end = ScenarioEnd("unmeasured", "skipped", "the run ended")

    assert observe(any_outcome(is_answered), life(CREATED, DELETION_LOST, ending=end)).violation
    assert observe(any_outcome(is_answered), life(CREATED, ending=end)).unplayed
