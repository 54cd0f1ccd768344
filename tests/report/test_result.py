"""The result says what the ledger says, and nothing that it must not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from tests.report import made

from antiphon.contract.paths import spec_dir
from antiphon.errors import Exit
from antiphon.judge.ledger import Ledger
from antiphon.judge.registry import Violation
from antiphon.recording.file import TranscriptWriter
from antiphon.recording.records import Header
from antiphon.report.result import build, exit_code
from antiphon.report.result_model import Result, ResultRequirement
from antiphon.report.text import MOST
from antiphon.run.recorded_lines import recorded_lines


def find(result: Result, name: str) -> ResultRequirement:
    return next(each for each in result["requirements"] if each["id"] == name)


def test_the_published_schema_is_sound_and_takes_every_result(gateway: Result, reference: Result) -> None:
    schema = json.loads((spec_dir() / "result.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    for result in (gateway, reference, made.broken(source="judge", files=["a.har"], target={})):
        Draft202012Validator(schema).validate(result)


@pytest.mark.parametrize("name", ["gateway", "reference"])
def test_the_stored_results_are_what_is_built_today(name: str, request: pytest.FixtureRequest) -> None:
    stored = made.stored(f"{name}.json")

    free = {"antiphon": "", "digest": ""}  # of another version
    assert stored | free == request.getfixturevalue(name) | free


def test_totals_and_numbers_add_up(gateway: Result) -> None:
    assert gateway["totals"] == {
        "pass": 17, "fail": 4, "warn": 2, "not-applicable": 2, "not-testable": 2, "not-asked": 0, "error": 1,
    }  # fmt: skip
    assert gateway["exercised"] == {"requirements": 28, "judged": 23, "held": 17}


def test_requirements_stand_in_order_of_area_and_id(gateway: Result) -> None:
    order = [(each["area"], each["id"]) for each in gateway["requirements"]]
    assert order == sorted(order)


def test_a_place_has_the_difference_and_the_command_that_repeats_it(gateway: Result) -> None:
    first = find(gateway, "stream.sequence.contiguous")["violations"][0]

    assert (first["exchange"], first["at"]) == ("stream-hello/1", "event 7 /sequence_number")
    assert (first["expected"], first["got"]) == ("7", "8")
    assert first["curl"].startswith("curl -i -N -X POST https://gateway.example/v1/responses ")


def test_a_requirement_breaks_the_clients_in_which_a_feature_fails_for_it(gateway: Result) -> None:
    assert find(gateway, "stream.sequence.contiguous")["breaks"] == ["codex"]
    assert find(gateway, "errors.envelope.shape")["breaks"] == []


def test_secrets_of_the_target_do_not_reach_the_result(gateway: Result) -> None:
    text = json.dumps(gateway)
    assert "sk-secret" not in text
    assert "u:p@" not in text
    assert gateway["target"]["base_url"] == "https://gateway.example/v1"


def test_long_values_are_cut_with_their_length() -> None:
    ledger = Ledger()
    ledger["usage.sum"].record_violations([Violation("/usage", "1", "9" * 100_000)])
    got = find(build(made.contract(), ledger, made.facts(), {}), "usage.sum")["violations"][0]["got"]

    assert len(got) < MOST + 50
    assert got.endswith("(100000 characters)")


def test_exchanges_may_be_found_by_a_function(gateway: Result) -> None:
    assert build(made.contract(), made.broken_ledger(), made.facts(), made.exchanges().get) == gateway


def test_a_profile_holds_where_all_was_judged_and_nothing_broken(gateway: Result, reference: Result) -> None:
    assert all(each["holds"] is True for each in reference["profiles"].values())
    assert gateway["profiles"]["agentic"]["holds"] is True
    assert gateway["profiles"]["core"]["holds"] is False
    assert gateway["profiles"]["core"]["broken"] == ["errors.auth.wrong-key", "errors.envelope.shape"]
    assert gateway["profiles"]["stateful"]["missing"] == ["compact"]


@pytest.mark.parametrize("facts", [{"filtered": True, "filter": "-k usage"}, {"source": "judge"}])
def test_a_part_says_of_nothing_that_it_holds(facts: dict[str, Any]) -> None:
    clean, broken = made.clean(**facts), made.broken(**facts)

    assert {each["holds"] for each in clean["profiles"].values()} == {None}
    assert {each["works"] for each in clean["clients"].values()} == {None}
    assert broken["profiles"]["core"]["holds"] is False


def test_a_profile_with_an_unjudged_capability_is_not_said_to_hold() -> None:
    ledger = Ledger()
    for name, requirement in made.contract().requirements.items():
        if requirement.capability != "streaming":
            ledger[name].record_violations([])
    profiles = build(made.contract(), ledger, made.facts(scenarios=()), {})["profiles"]

    assert profiles["streaming"]["holds"] is None
    assert profiles["streaming"]["unjudged"] == ["streaming"]
    assert profiles["core"]["holds"] is True


def test_a_capability_that_the_configuration_denies_is_missing() -> None:
    result = made.clean(absent=frozenset({"tools"}))
    assert result["profiles"]["agentic"]["holds"] is False
    assert result["profiles"]["agentic"]["missing"] == ["tools"]


def test_a_client_fails_where_a_feature_does_and_not_where_one_is_declined(gateway: Result) -> None:
    assert gateway["clients"]["codex"]["works"] is False
    assert gateway["clients"]["codex"]["broken"] == ["stream.sequence.contiguous", "stream.text.adds-up"]
    assert gateway["clients"]["openai-python"]["works"] is True


def test_nothing_judged_is_nothing_said() -> None:
    result = build(made.contract(), Ledger(), made.facts(scenarios=(), features=None), {})

    assert result["exercised"] == {"requirements": 28, "judged": 0, "held": 0}
    assert {each["holds"] for each in result["profiles"].values()} == {None}
    assert {each["works"] for each in result["clients"].values()} == {None}
    assert result["clients"]["litellm"]["unknown"] == len(result["clients"]["litellm"]["features"])


def test_exit_codes(gateway: Result, reference: Result) -> None:
    assert exit_code(gateway) is Exit.BROKEN
    assert exit_code(reference) is Exit.HOLDS
    gateway["totals"]["fail"] = 0
    assert exit_code(gateway) is Exit.OURS
    gateway["totals"]["error"] = 0
    assert exit_code(gateway) is Exit.HOLDS


def test_the_time_of_a_requirement_is_the_mean_over_what_judged_it() -> None:
    ledger, late = Ledger(), Ledger()
    ledger.record_pass(["usage.sum"], 1_000_000)
    ledger.record_violations("usage.sum", [Violation("/usage", "2", "3", "", "stream-hello/1")], 2_000_000)
    late.record_pass(["usage.sum", "stream.end.once"], 6_000_000)
    ledger.add(late)
    made_of = build(made.contract(), ledger, made.facts(lines={"stream-hello/1": 7}), made.exchanges())

    assert find(made_of, "usage.sum")["seconds"] == 3
    assert find(made_of, "stream.end.once")["seconds"] == 6
    assert find(made_of, "sse.no-done")["seconds"] == 0
    assert find(made_of, "usage.sum")["violations"][0]["line"] == 7


def test_an_exchange_is_found_at_its_line(tmp_path: Path) -> None:
    with TranscriptWriter(tmp_path / "t.jsonl") as writer:
        for record in (Header({"antiphon": "0"}), made.exchange(), made.exchange(name='quo"ted/1')):
            writer.write(record)

    assert recorded_lines(tmp_path / "t.jsonl", {"stream-hello/1", 'quo"ted/1', "x"}) == {
        "stream-hello/1": 2, 'quo"ted/1': 3,
    }  # fmt: skip
    assert recorded_lines(tmp_path / "none.jsonl", {"stream-hello/1"}) == recorded_lines(None, {"x"}) == {}
