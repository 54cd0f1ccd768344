"""What a run costs is told beforehand, kept within bounds, and stated afterwards."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from antiphon.contract.depth import MOST_CALLS, MOST_TOKENS, Depth
from antiphon.exercise.budget.bounds import Bounds
from antiphon.exercise.budget.cost_estimates import cost_of, measure, measured_costs, total
from antiphon.exercise.depth import scenario_order
from antiphon.exercise.target import Target
from antiphon.pytest_plugin.suite_runner import collect, run_suite
from antiphon.recording.exchange import INBOUND, SOCKET_METHOD, Exchange
from antiphon.recording.records import UNSENT
from antiphon.run.estimate import estimate
from antiphon.run.live import finish
from antiphon.run.options import RunOptions
from antiphon.run.session import Session
from antiphon.server import ServerSettings, background_server

MARGIN = 0.1
UNBOUNDED = {
    "client_dialogue": "clients send what they send",
    "accepted": "a max_output_tokens of null is looked at",
    "accepted_streamed": "a max_output_tokens of null is looked at",
    "null_alone": "a max_output_tokens of null is looked at",
    "streamed_text": "the default of max_output_tokens is looked at",
    "text_and_message": "the default of max_output_tokens is looked at",
    "valid_completion": "it is what triggers change, which a server without max_completion_tokens must be able to take",
}
"""Scenarios that ask a model without a bound, and why they may."""


@pytest.fixture(scope="module")
def thorough() -> Session:
    return run_suite(RunOptions(depth=Depth.THOROUGH))


@pytest.fixture
def target(monkeypatch: pytest.MonkeyPatch) -> Iterator[Target]:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with background_server(ServerSettings()) as url:
        price = {"antiphon-1": {"input": 1.0, "output": 2.0}}
        yield Target(url, model="antiphon-1", other_model="antiphon-1-mini", prices=price)


def result_of(session: Session, folder: Path) -> dict[str, Any]:
    finish(session, folder)
    result: dict[str, Any] = json.loads((folder / "result.json").read_text())
    return result


@pytest.mark.long
def test_the_record_of_costs_is_what_a_run_costs(thorough: Session) -> None:
    again = "measure again with `python tests/whole/costs.py`"
    played = measure(thorough.exchanges.values())
    assert not played.keys() - measured_costs().keys(), again

    for name in ("calls", "stored", "tokens", "most_output"):
        told = sum(getattr(cost_of(each), name) for each in played)
        was = sum(getattr(each, name) for each in played.values())
        assert told == pytest.approx(was, rel=MARGIN), f"{name}: {again}"


def test_the_estimate_of_a_default_run_is_what_it_costs_in_every_area() -> None:
    plan = RunOptions()
    told = {each["area"]: each for each in estimate(plan, collect(plan))["areas"]}
    session = run_suite(plan)

    for area, spent in session.findings.costs.areas.items():
        assert told[area]["calls"] == pytest.approx(spent.calls, rel=MARGIN, abs=2), area
        assert told[area]["tokens"] == pytest.approx(spent.tokens.total, rel=MARGIN, abs=50), area
        assert spent.tokens.output <= told[area]["most"], area


@pytest.mark.parametrize("depth", [Depth.STANDARD, Depth.CORE])
def test_a_run_against_a_real_target_is_cheap(target: Target, depth: Depth) -> None:
    plan = RunOptions(target, depth=depth)
    told = estimate(plan, collect(plan))
    spending = run_suite(plan).findings.costs

    assert max(told["calls"] + 1, spending.all.calls) <= MOST_CALLS[depth]
    tokens = max(told["most"], spending.all.tokens.total)
    assert tokens <= MOST_TOKENS.get(depth, tokens)


def test_whatever_asks_a_model_bounds_the_answer(thorough: Session) -> None:
    asking = [
        each for each in thorough.exchanges.values()
        if each.request and each.request.path in ("/responses", "/chat/completions") and isinstance(each.sent, dict)
        and each.request.method in ("POST", SOCKET_METHOD) and INBOUND not in each.notes and _taken(each)
    ]  # fmt: skip
    bounds = {"max_output_tokens", "max_completion_tokens", "max_tokens"}
    unbounded = {(each.scenario or "").partition("[")[0] for each in asking if not bounds & each.sent.keys()}

    assert len(asking) > 100
    assert unbounded <= UNBOUNDED.keys()


def _taken(exchange: Exchange) -> bool:
    events = exchange.events if exchange.is_socket else []
    refused = any(each.get("type") == "error" for each in events)
    return (exchange.status or 0) < 400 and not refused


@pytest.mark.parametrize(
    "bounds", [Bounds(calls=25), Bounds(tokens=3000), Bounds(cost=0.008)], ids=["calls", "tokens", "cost"]
)
def test_a_run_stops_before_a_bound_and_says_what_it_left_out(target: Target, bounds: Bounds, tmp_path: Path) -> None:
    session = run_suite(RunOptions(target, folder=tmp_path, bounds=bounds))
    result = result_of(session, tmp_path)
    spent = result["spending"]

    assert 0 < result["calls"] <= (bounds.calls or 10**9)
    assert result["tokens"] <= (bounds.tokens or 10**9)
    assert spent["cost"] <= (bounds.cost or 10**9)
    assert spent["cost"] == pytest.approx((spent["input_tokens"] + 2 * spent["output_tokens"]) / 1e6)
    left_out = {each["name"] for each in result["scenarios"] if each["reason"].startswith(UNSENT)}
    assert left_out
    assert not left_out & {name for name, (place, _) in scenario_order().items() if place < 3}
    reasons = [each["reason"] for each in result["requirements"] if each["verdict"] == "not-asked"]
    assert any(each.startswith(UNSENT) for each in reasons)
    assert result["filtered"]
    assert UNSENT in result["filter"]
    assert not any(each["holds"] for each in result["profiles"].values())
    assert not result["totals"]["fail"] + result["totals"]["error"]


def test_the_result_states_what_each_area_cost(target: Target, tmp_path: Path) -> None:
    result = result_of(run_suite(RunOptions(target, folder=tmp_path, profile="core")), tmp_path)
    areas = {each["area"]: each for each in result["spending"]["areas"]}

    assert {"create", "limits", "clean-up"} <= areas.keys()
    assert sum(each["calls"] for each in areas.values()) == result["calls"]
    assert sum(each["tokens"] for each in areas.values()) == result["tokens"] > 0
    assert sum(each["cost"] for each in areas.values()) == pytest.approx(result["spending"]["cost"], abs=1e-5)
    assert result["profiles"]["core"]["holds"] is True
    assert result["profiles"]["streaming"]["holds"] is None
    assert result["filtered"]


def test_costs_know_each_scenario_once() -> None:
    names = [name for name, _ in json.loads(_record().read_text(), object_pairs_hook=list)]

    assert sorted(names) == names
    assert len(set(names)) == len(names)
    assert total([]).calls == 0


def _record() -> Path:
    from antiphon.contract.paths import suites_dir
    from antiphon.exercise.budget.cost_estimates import FILE

    return suites_dir() / FILE
