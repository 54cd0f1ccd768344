"""What judges of parts find adds up to what one judge finds, whatever the parts and their order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from random import Random
from typing import Any

import msgspec
import pytest
from bench.large import SAMPLE
from tests.judge.exchanges import exchange_of
from tests.judge.test_checks_relations import RELATED

from antiphon.contract.load import contract
from antiphon.judge.checks.relations import mergers
from antiphon.judge.drift import DriftTable
from antiphon.judge.engine import Judge
from antiphon.judge.judge_state import JudgeState, WrittenJudgeState
from antiphon.recording.exchange import Exchange
from antiphon.recording.importers import read

LISTED = {"like": "plain", "method": "GET", "path": "/responses/resp_2/input_items", "sent": None}
UNROUTED = {**LISTED, "like": "refused", "status": 404, "reply": {"/error/message": "Not Found", "/error/param": None}}


@cache
def _exchanges() -> tuple[Exchange, ...]:
    """Some that are recorded, all that relations compare, and those of a route that one alone shows to be there."""
    recorded = [each for each in read(SAMPLE) if isinstance(each, Exchange)][::3]
    compared = [case for good, bad in RELATED.values() for case, _ in (*good, *bad)]
    waiting: list[dict[str, Any]] = [UNROUTED, {**UNROUTED, "headers": {"content-type": "text/plain"}}, LISTED]
    made = [exchange_of({**case, "started_at": 1780000000.0 + at}, f"made/{at}") for at, case in enumerate(compared)]
    return (*recorded, *made, *(exchange_of(case, f"waits/{number}") for number, case in enumerate(waiting)))


def _state(exchanges: Iterable[Exchange]) -> tuple[Judge, DriftTable]:
    judge, drift = Judge(contract()), DriftTable(contract().edition)
    for exchange in exchanges:
        judge.feed(exchange, f"{exchange.id[:1]}.jsonl")
        drift.see(exchange)
    return judge, drift


def _written(judge: Judge) -> JudgeState:
    """The state of a judge, after it went through a file."""
    return JudgeState.load(msgspec.json.decode(msgspec.json.encode(judge.state.dump()), type=WrittenJudgeState))


def _outcome(judge: Judge, drift: DriftTable) -> tuple[Any, ...]:
    entries = judge.finish().entries
    return dict(entries), judge.skips, judge.exchanges, judge.outcomes, drift.rows()


def _parts(exchanges: Sequence[Exchange], random: Random) -> list[list[Exchange]]:
    parts: list[list[Exchange]] = [[] for _ in range(random.randint(2, 5))]
    for exchange in random.sample(exchanges, len(exchanges)):
        random.choice(parts).append(exchange)
    return parts


@pytest.mark.parametrize(("seed", "most"), [(0, mergers.MOST), (1, mergers.MOST), (2, 3), (3, 1)])
def test_parts_add_up_to_the_whole(seed: int, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mergers, "MOST", most)
    whole, *parts = (_state(each) for each in (_exchanges(), *_parts(_exchanges(), Random(seed))))

    sum_of_parts = _state(())
    for judge, drift in parts:
        sum_of_parts[0].add(_written(judge))
        sum_of_parts[1].add(drift.rows())

    assert _outcome(*sum_of_parts) == _outcome(*whole)


def test_what_waits_for_its_route_counts_once_another_part_shows_it() -> None:
    waiting, shown = (_state([exchange_of(case, name)])[0] for name, case in (("a", UNROUTED), ("b", LISTED)))

    assert not waiting.ledger["errors.envelope.message"].judged
    shown.add(_written(waiting))

    assert shown.ledger["errors.envelope.message"].judged
    assert not shown.routes.waiting
