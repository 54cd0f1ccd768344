"""What generated requests take is told beforehand, and never passed."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from antiphon.cli import main
from antiphon.errors import Exit
from antiphon.exercise.scenario import all_scenarios
from antiphon.generated.cost import extent
from antiphon.generated.options import GenerationOptions, is_generated
from antiphon.pytest_plugin.suite_runner import collect, run_suite
from antiphon.run.estimate import estimate
from antiphon.run.options import RunOptions

EDITION = "openai-2026-08"


@pytest.mark.parametrize(("faults", "fails"), [((), False), (("odd-id-code", "listed-runs-again"), True)])
def test_no_scenario_makes_more_calls_than_were_foretold(faults: tuple[str, ...], fails: bool) -> None:
    plan = RunOptions(select=("properties",), properties=GenerationOptions(3), faults=faults)
    made = Counter(each.scenario for each in run_suite(plan).exchanges.values())

    asked = {each.name: extent(each, plan.properties, EDITION) for each in all_scenarios() if is_generated(each)}
    beyond = {name: calls for name, calls in made.items() if calls > asked[str(name)].calls}
    assert bool(beyond) is fails, beyond
    assert all(calls <= asked[str(name)].calls + asked[str(name)].more for name, calls in beyond.items())
    assert made["walked[1]"] > asked["walked[1]"].calls / 2


def test_a_dry_run_counts_generated_requests() -> None:
    plan = RunOptions(select=("properties",), properties=GenerationOptions(3))
    few, many = (
        estimate(each, collect(each))
        for each in (plan, RunOptions(select=plan.select, properties=GenerationOptions(30)))
    )

    assert few["generated"]["calls"] == few["calls"] == sum(area["calls"] for area in few["areas"])
    assert many["generated"]["calls"] > 5 * few["generated"]["calls"]
    assert few["unmeasured"] == []


def test_a_run_that_generates_nothing_tells_of_none() -> None:
    plan = RunOptions(select=("usage",))

    assert estimate(plan, collect(plan))["generated"] is None


def test_what_a_dry_run_says(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["run", "--dry-run", "-k", "properties", "--properties", "4"]
    with pytest.raises(SystemExit) as ended:
        main([*arguments, "--json"])
    told = json.loads(capsys.readouterr().out)
    assert ended.value.code == Exit.HOLDS
    with pytest.raises(SystemExit):
        main(arguments)

    assert f"at most {told['generated']['calls']} of the calls" in capsys.readouterr().out
