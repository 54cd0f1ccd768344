"""No check sees what it may not: every intent, every outcome, every check."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import pytest
from tests.judge.exchanges import exchange_of, read

from antiphon.contract.load import contract
from antiphon.judge.admission import Sight, admitted_sights, sight_of
from antiphon.judge.engine import Judge
from antiphon.judge.extract import subjects_of
from antiphon.judge.registry import all_checks, all_relations
from antiphon.judge.subjects.responses import Call, Decision, ErrorReply, Reply
from antiphon.recording.exchange import Chunk, Exchange, Failure, Response
from antiphon.recording.intent import LEGAL, PROBE, Intent, must_refuse, optional
from antiphon.recording.outcome import Outcome, outcome

INTENTS = (LEGAL, optional("store"), must_refuse("temperature-type"), PROBE)
GOOD = [exchange_of(read("good")[name], f"{name}/1") for name in ("plain", "bare", "retrieved", "chat")]
ERROR = json.dumps({"error": {"message": "", "type": 5, "param": 1, "code": 2}, "id": 3}).encode()
REFUSALS = {Outcome.REFUSED: 400, Outcome.OVERLOADED: 429, Outcome.BROKE: 500, Outcome.REDIRECTED: 307}
FAILURES = {Outcome.UNANSWERED: "timeout-idle", Outcome.DAMAGED: "protocol", Outcome.UNSENT: "budget"}


def with_outcome(exchange: Exchange, result: Outcome) -> Exchange:
    """The exchange, come to another outcome."""
    assert exchange.response
    if result in REFUSALS:
        response = Response(REFUSALS[result], exchange.response.headers, (Chunk(0.0, ERROR),))
        return replace(exchange, response=response)
    if result is Outcome.UNROUTED:
        return replace(exchange, response=Response(405, (), (Chunk(0.0, b"Not Found"),)))
    if result in FAILURES:
        return replace(exchange, failure=Failure(FAILURES[result], "Why."))
    return exchange


def cases() -> Iterator[tuple[Exchange, Intent, Outcome]]:
    for exchange, intent, result in product(GOOD, INTENTS, Outcome):
        yield replace(with_outcome(exchange, result), intent=intent), intent, result


@pytest.mark.parametrize("result", Outcome)
@pytest.mark.parametrize("intent", INTENTS, ids=str)
def test_what_may_be_seen(intent: Intent, result: Outcome) -> None:
    seen = admitted_sights(intent, result)

    assert (Sight.SUCCESS in seen) == (result is Outcome.ANSWERED and intent.expects_success)
    assert (Sight.DECISION in seen) == (result in (Outcome.ANSWERED, Outcome.REFUSED))
    assert not seen or Sight.CALL in seen
    assert (Sight.REFUSAL in seen) == (result in (Outcome.REFUSED, Outcome.OVERLOADED, Outcome.BROKE))


@pytest.mark.parametrize(("exchange", "intent", "result"), list(cases()))
def test_no_check_judges_what_it_may_not_see(exchange: Exchange, intent: Intent, result: Outcome) -> None:
    assert outcome(exchange) is result
    judge = Judge(contract())
    judge.feed(exchange)
    judged = {name for name, entry in judge.finish().entries.items() if entry.judged}
    sights = {check.requirement: set[Sight]() for check in all_checks()}
    for check in all_checks():
        sights[check.requirement].add(sight_of(check.subject))
    admitted_ids = {name for name, kinds in sights.items() if kinds & admitted_sights(intent, result)}
    related = {name for relation in all_relations() for name in relation.requirements}

    assert judged <= admitted_ids | related
    assert not judged or result not in (Outcome.UNROUTED, Outcome.UNSENT)
    if result in (Outcome.UNANSWERED, Outcome.DAMAGED, Outcome.REDIRECTED):
        assert {name.partition(".")[0] for name in judged} <= {"answers", "create"}


def test_every_subject_has_its_sight() -> None:
    found = {type(each) for exchange in GOOD for each in subjects_of(exchange, "create", contract().edition)}

    assert {Call, Decision, Reply} <= found
    assert {sight_of(kind) for kind in found - {Call, Decision, Reply, ErrorReply}} == {Sight.SUCCESS}


NOT_FOUND = Response(404, (), (Chunk(0.0, b"Not Found"),))
NOWHERE = replace(exchange_of(read("good")["retrieved"], "late/1"), response=NOT_FOUND)


def test_a_404_counts_once_another_reply_shows_the_route() -> None:
    judge = Judge(contract())

    assert judge.feed(replace(NOWHERE, intent=LEGAL)) == {}
    judge.feed(exchange_of(read("good")["retrieved"], "found/1"))

    assert judge.finish().entries["errors.envelope.object"].violated == 1
    assert judge.skipped == 0


def test_a_404_of_a_route_that_nothing_shows_is_no_refusal() -> None:
    judge = Judge(contract())
    judge.feed(replace(NOWHERE, intent=LEGAL))

    assert judge.finish().entries == {}
    assert judge.skipped == 1
