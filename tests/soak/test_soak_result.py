"""The result of a soak: sums over processes, what broke under load, the exit code, the screen."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from rich.console import Console
from tests.soak.soak_exchanges import OTHER, WORD, as_json, response

from antiphon.contract.load import contract
from antiphon.errors import ConfigError, Exit
from antiphon.exercise.target import Target
from antiphon.recording.exchange import Exchange, Request, Response
from antiphon.recording.redaction.redactor import Redactor
from antiphon.soak.chart import chart_of
from antiphon.soak.journeys import KEY
from antiphon.soak.judge_process import PlayedJourney, SoakOpening, judge, pack
from antiphon.soak.latencies import Latencies
from antiphon.soak.page import page
from antiphon.soak.result import SoakSteps, broken_alone, broken_under_load, exit_code, result_of, samples_text
from antiphon.soak.settings import SoakSettings, steps_of
from antiphon.soak.step_tally import MOST_SAMPLES, StepTally
from antiphon.soak.text import failure_count, headline, print_soak

SCHEMA = json.loads((Path(__file__).parents[2] / "spec" / "soak.schema.json").read_text(encoding="utf-8"))
SETTINGS = SoakSettings(Target("http://127.0.0.1:9/v1", "m"), (1, 10))
REQUIREMENT = "concurrency.replies-not-mixed"


def tally(*words: str, secrets: tuple[str, ...] = ()) -> dict[str, Any]:
    """The tally of journeys of one create each, whose replies hold these words as metadata."""
    made = StepTally(contract(), Redactor(secrets))
    for number, word in enumerate(words):
        reply = response(f"resp_{number}") | {"metadata": {KEY: word}}
        made.add([as_json(f"create-{number}/1", {"input": "x"}, reply)], declined=False)
    return json.loads(json.dumps(made.as_json()))  # type: ignore[no-any-return]


def part(**steps: dict[str, Any]) -> dict[str, Any]:
    """The report of a process."""
    numbered = {name.removeprefix("s"): made for name, made in steps.items()}
    return {"steps": numbered, "played": ["create"], "declined": {}, "left": 0, "remarks": [], "failure": ""}


def result(*parts: dict[str, Any]) -> tuple[dict[str, Any], SoakSteps]:
    steps = SoakSteps(seconds={0: 2.0, 1: 2.0})
    for each in parts:
        steps.add(each)
    return result_of(SETTINGS, steps), steps


def row(made: dict[str, Any]) -> dict[str, Any]:
    return next(each for each in made["requirements"] if each["id"] == REQUIREMENT)


def test_a_must_that_held_alone_and_broke_with_others_is_exit_code_1() -> None:
    made, steps = result(part(s0=tally(WORD, WORD), s1=tally(WORD, OTHER)), part(s1=tally(WORD)))

    jsonschema.validate(made, SCHEMA)
    assert row(made)["states"] == ["held", "broken"]
    assert (row(made)["judged"], row(made)["violated"]) == ([2, 3], [0, 1])
    assert row(made)["places"][0]["exchange"] == "create-1/1"
    assert row(made) in broken_under_load(made, "must")
    assert exit_code(made) is Exit.BROKEN
    assert OTHER in samples_text(steps)


def test_what_is_broken_alone_is_not_broken_by_load() -> None:
    made, _ = result(part(s0=tally(OTHER), s1=tally(OTHER)))

    assert row(made) in broken_alone(made)
    assert broken_under_load(made) == []
    assert exit_code(made) is Exit.HOLDS


def test_nothing_judged_is_no_pass() -> None:
    made, steps = result(part())

    jsonschema.validate(made, SCHEMA)
    assert exit_code(made) is Exit.USAGE
    assert samples_text(steps) == ""


def test_one_step_alone_says_nothing_of_load() -> None:
    made, _ = result(part(s0=tally(WORD)))

    assert "nothing is known of others" in headline(made)


def test_few_journeys_are_kept() -> None:
    made = tally(*(OTHER,) * 50)

    assert {len(kept) for kept in made["samples"].values()} == {MOST_SAMPLES}


def test_what_a_target_declines_breaks_no_promise() -> None:
    made = StepTally(contract(), Redactor())
    made.add([as_json("a/1", {"input": "x"}, response() | {"metadata": {KEY: OTHER}})], declined=True)

    assert REQUIREMENT not in made.as_json()["requirements"]


def test_the_processes_are_added_up_in_any_order() -> None:
    parts = [part(s0=tally(WORD), s1=tally(WORD, OTHER)), part(s0=tally(WORD), s1=tally(OTHER))]
    forth, back = result(*parts)[0], result(*reversed(parts))[0]

    assert forth | {"started_at": ""} == back | {"started_at": ""}


def test_no_secret_is_kept() -> None:
    made, steps = result(part(s0=tally(WORD, OTHER, secrets=(OTHER,))))

    assert OTHER not in json.dumps(made) + samples_text(steps)


def test_the_screen_has_80_columns_and_says_what_broke() -> None:
    made, _ = result(part(s0=tally(WORD), s1=tally(OTHER)))
    made["declined"] = {"cancel": "background is refused with 400"}
    file = io.StringIO()
    print_soak(Console(file=file, width=80), made, [])
    text = file.getvalue()

    assert max(map(len, text.splitlines())) <= 80
    assert f"must   {REQUIREMENT}  from 10 users  0/1  1/1" in text
    assert "not played: cancel (background is refused with 400)" in text


def test_the_page_is_one_file_with_a_chart_and_quotes_what_a_server_sent() -> None:
    made, _ = result(part(s0=tally(WORD), s1=tally("<script>alert(1)</script>")))
    text = page(made)
    chart = chart_of(made)

    assert "<script" not in text
    assert "http-equiv" in text
    assert not re.search(r"""(?:src|href)=["'](?!#)""", text)
    assert chart.bars[1].broken - chart.bars[0].broken == len(broken_under_load(made)) > 0
    assert [bar.users for bar in chart.bars] == [1, 10]
    assert text.count("<rect") == 2


def test_the_page_of_nothing_has_no_chart() -> None:
    made, _ = result(part())

    assert "<svg" not in page(made)
    assert "nothing was judged" in page(made)


def test_the_judge_reads_journeys_and_answers_when_asked() -> None:
    journey = [as_json("a/1", {"input": "x"}, response())]
    messages = (SoakOpening("openai-2026-08", ()), tuple(PlayedJourney(1, journey, False)), None, None)
    sink = io.BytesIO()
    judge(io.BytesIO(b"".join(map(pack, messages)) + b"\0\0"), sink)
    ready, *answers = sink.getvalue().splitlines()
    first, second = map(json.loads, answers)

    assert ready == b"ready"

    assert first["1"]["requirements"][REQUIREMENT]["judged"] == 1
    assert second == {}


def test_a_percentile_is_right_to_3_percent() -> None:
    made = Latencies()
    for number in range(1, 1001):
        made.add(number / 1000)
    other = Latencies(made.as_json())
    other.merge(made)

    assert made.percentile(0.5) == pytest.approx(0.5, rel=0.03)
    assert other.percentile(0.99) == pytest.approx(0.99, rel=0.03)
    assert other.total == 2000
    assert Latencies().percentile(0.5) is None


@pytest.mark.parametrize("text", ["", "1,", "x", "0", "1,-2", "10,1", "5,5", "1000000", "1.5", "٣"])
def test_steps_that_are_none_are_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(ConfigError, match=r"--users .*1,10,100"):
        steps_of(text)


@pytest.mark.parametrize("bounds", [{"seconds": 0.0}, {"max_calls": 0}, {"max_time": -1.0}, {"seconds": float("nan")}])
def test_a_bound_of_nothing_is_refused(bounds: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="give a number above 0"):
        SoakSettings(SETTINGS.target, (1,), **bounds)


def test_settings_reach_another_process_without_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANTIPHON_SOAK", raising=False)
    target = Target("http://127.0.0.1:9/v1", "m", own_key="sk-secret", headers={"X-Team": "a"}, rate="60/min")
    sent = SoakSettings(target, (1, 2), 3.0, max_calls=7, folder=Path("there"), is_child=True).environment()
    found = SoakSettings.of_environment(sent)

    assert found is not None
    assert "sk-secret" not in sent["ANTIPHON_SOAK"]
    assert (found.users, found.seconds, found.max_calls, found.folder) == ((1, 2), 3.0, 7, Path("there"))
    assert (found.target.headers, found.target.rate, found.target.limits) == ({"X-Team": "a"}, "60/min", target.limits)
    monkeypatch.setenv(found.target.api_key_env, sent[found.target.api_key_env])
    assert found.target.api_key == "sk-secret"
    assert SoakSettings.of_environment({}) is None


def test_a_method_that_is_not_implemented_is_no_failure() -> None:
    made = StepTally(contract(), Redactor(()))
    deleted = Exchange("create-1/2", Request("DELETE", "/responses/resp_1"), Response(501, (), ()))
    broken = replace(deleted, id="create-1/3", response=Response(500, (), ()))
    made.add([as_json("create-1/1", {"input": "x"}, response()), deleted, broken], declined=False)

    assert failure_count({"outcomes": made.counts}) == 1
    assert made.counts["unrouted"] == 1
