"""The depths of a run: which one it has, what it plays of it, and what its end in time says of the rest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import anyio
import pytest

from antiphon.contract.depth import Depth, parse_depth
from antiphon.contract.load import contract
from antiphon.contract.paths import suites_dir
from antiphon.errors import ConfigError
from antiphon.exercise import depth as depths
from antiphon.exercise.api import Api
from antiphon.exercise.budget.bounds import Bounds, Budget
from antiphon.exercise.depth import depth_of, format_order, most_valuable_first, scenario_order
from antiphon.exercise.recorder import Recorder
from antiphon.exercise.runner import exercise
from antiphon.exercise.scenario import Scenario
from antiphon.exercise.target import Target
from antiphon.recording.records import EARLY, WITH_MORE_TIME, Header, ScenarioEnd
from antiphon.recording.redaction.redactor import Redactor
from antiphon.run.depth_choice import MOST_TIME, choose_depth
from antiphon.run.options import RunOptions
from antiphon.run.scope import whole_depth

PRICES = {"m": {"input": 1.0, "output": 1.0}}


@pytest.mark.parametrize(
    ("base_url", "is_free"),
    [
        ("http://127.0.0.1:8000/v1", True),
        ("http://localhost/v1", True),
        ("http://model.localhost:1234/v1", True),
        ("http://[::1]:8000/v1", True),
        ("http://[::ffff:127.0.0.1]/v1", True),
        ("http://0.0.0.0:8000/v1", True),
        ("http://10.1.2.3/v1", True),
        ("http://172.31.0.9:8000/v1", True),
        ("http://192.168.1.20/v1", True),
        ("http://[fd00::1]/v1", True),
        ("http://172.32.0.9/v1", False),
        ("http://192.0.2.1/v1", False),
        ("http://8.8.8.8/v1", False),
        ("http://[2001:db8::1]/v1", False),
        ("https://api.openai.com/v1", False),
        ("http://10.example.com/v1", False),
        ("http://localhost.example.com/v1", False),
    ],
)
def test_calls_cost_nothing_on_this_machine_and_in_private_networks(base_url: str, is_free: bool) -> None:
    assert Target(base_url).is_free is is_free
    assert not Target(base_url, prices=PRICES).is_free
    choice = choose_depth(None, Target(base_url), Bounds())

    assert choice.depth is (Depth.THOROUGH if is_free else Depth.STANDARD)
    assert choice.bounds.time == (MOST_TIME if is_free else None)
    assert choice.depth in choice.sentence
    assert len(choice.sentence) <= 80


def test_what_is_asked_for_is_played_whatever_it_costs() -> None:
    for target in (None, Target("http://127.0.0.1/v1"), Target("https://api.openai.com/v1")):
        for depth in Depth:
            choice = choose_depth(depth, target, Bounds())
            assert (choice.depth, choice.bounds.time, choice.sentence) == (depth, None, "")


def test_a_time_that_is_given_is_kept() -> None:
    choice = choose_depth(None, None, Bounds(calls=9, time=5.0))

    assert (choice.depth, choice.bounds) == (Depth.THOROUGH, Bounds(calls=9, time=5.0))
    assert "5 s" in choice.sentence


def test_an_unknown_depth_is_told_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match="standard"):
        parse_depth("standart")


def test_the_order_reads_back_as_it_is_written() -> None:
    parts: dict[Depth, list[str]] = {each: [] for each in Depth}
    for name, (_, depth) in scenario_order().items():
        parts[depth].append(name)

    assert all(parts.values())
    assert format_order(parts) == (suites_dir() / depths.FILE).read_text(encoding="utf-8")


def scenarios(*names: str) -> list[Scenario]:
    async def act(_: Api) -> None:
        if "endless" in names[0]:
            await anyio.sleep_forever()

    return [Scenario(each, act) for each in names]


def test_a_scenario_without_a_place_is_thorough_and_comes_last() -> None:
    known = list(scenario_order())
    ordered = most_valuable_first(scenarios("no such scenario", known[5], known[0]))

    assert [each.name for each in ordered] == [known[0], known[5], "no such scenario"]
    assert depth_of("no such scenario") is Depth.THOROUGH


def ends_of(played: Sequence[Scenario], monkeypatch: pytest.MonkeyPatch) -> dict[str, ScenarioEnd]:
    """How scenarios end in a run of three seconds, of which `a` is standard and what is endless never ends."""
    order = {each.name: (place, Depth(each.name.split()[0])) for place, each in enumerate(played)}
    monkeypatch.setattr(depths, "scenario_order", lambda: order)
    recorder = Recorder(lambda _: None, Redactor())
    budget = Budget(Bounds(time=3.0))
    anyio.run(exercise, played, Target("http://127.0.0.1:9/v1"), contract(), recorder, budget)
    return {each.scenario: each for each in recorder.records if isinstance(each, ScenarioEnd)}


def test_what_there_was_no_time_for_after_a_standard_run_is_only_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    ends = ends_of([*scenarios("standard one"), *scenarios("thorough endless", "thorough other")], monkeypatch)

    assert ends["standard one"].outcome == "finished"
    assert {each.reason for name, each in ends.items() if "thorough" in name} == {f"{WITH_MORE_TIME}3"}
    assert whole_depth(RunOptions(depth=Depth.THOROUGH), (), list(ends.values())) == "standard"


def test_a_standard_run_that_there_was_no_time_for_ended_early(monkeypatch: pytest.MonkeyPatch) -> None:
    ends = ends_of([*scenarios("core one"), *scenarios("standard endless"), *scenarios("thorough one")], monkeypatch)

    assert {each.reason for name, each in ends.items() if name != "core one"} == {f"{EARLY}--max-time 3 is over."}
    assert whole_depth(RunOptions(depth=Depth.THOROUGH), (), list(ends.values())) == "core"


@pytest.mark.parametrize(
    ("asked", "whole"),
    [({"depth": "core"}, "core"), ({"depth": "deep"}, ""), ({}, "")],
)
def test_a_recording_has_the_depth_that_its_header_says(asked: dict[str, Any], whole: str, tmp_path: Any) -> None:
    plan = RunOptions(transcripts=(tmp_path / "transcript.jsonl",))

    assert whole_depth(plan, [Header({"asked": asked})], ()) == whole
    assert whole_depth(plan, [Header({"asked": asked}), Header({"asked": {"depth": "thorough"}})], ()) == whole
