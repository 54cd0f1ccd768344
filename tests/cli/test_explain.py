"""`antiphon explain` knows every name of the contract, and says what was likely meant where it does not."""

from __future__ import annotations

import importlib
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from antiphon.cli.explain import command
from antiphon.errors import ConfigError
from antiphon.explain.judges import checks
from antiphon.explain.lookup import explain
from antiphon.explain.names import NAMED_KINDS

STEP = {"requirement": 25, "fault": 15, "rule": 10, "relaxation": 10, "code": 5, "trigger": 10, "parameter": 10}
"""Of kinds with many names, how many are passed over for each that is looked at."""


def one(name: str) -> dict[str, Any]:
    (found,) = explain(name)
    return found


@pytest.mark.parametrize("kind", NAMED_KINDS)
def test_every_name_of_every_kind_is_explained(kind: str) -> None:
    for name in list(NAMED_KINDS[kind]())[:: STEP.get(kind, 1)]:
        found = explain(f"{kind}:{name}")
        assert [(each["what"], each["name"]) for each in found] == [(kind, name)]
        assert len(found[0]) > 2, name
        json.dumps(found, default=str)


def test_a_requirement_is_told_with_all_that_hangs_on_it() -> None:
    found = one("stream.sequence.contiguous")

    assert found["says"] == "Each event has the sequence number that follows the one before it."
    assert found["editions"]["openai-2026-08"] == "must"
    assert found["capability"].startswith("streaming: ")
    assert found["sources"][0].startswith("recording (wire")
    assert "antiphon.judge.checks.stream.order._finder" in found["checks"]
    assert "sequence-gap" in found["faults"]
    assert found["defects"] == ["D029"]
    assert found["example"]["keeps it"] != found["example"]["breaks it"]


def test_a_requirement_tells_where_it_is_written() -> None:
    assert one("usage.total")["written in"] == "spec/requirements/usage.yaml"
    assert one("errors.trigger.unknown-field.detail")["written in"] == "spec/errors.yaml, trigger unknown-field"
    assert one("trigger:unknown-field")["written in"] == "spec/errors.yaml, trigger unknown-field"


def test_a_source_of_evidence_is_told_with_what_rests_on_it() -> None:
    found = one("sim")

    assert (found["what"], found["date"]) == ("source", "2026-11")
    assert found["says"] == "39 synthetic streams that were fed to both official client libraries."
    assert any(line.startswith("cancel.stream-ends") for line in found["requirements"])


def test_a_requirement_of_a_suite_names_its_test() -> None:
    assert (
        "suites/cancel/test_foreground.py::test_cancel_refuses_a_foreground_response"
        in one("cancel.foreground-refused")["tests"]
    )


def test_a_requirement_of_a_trigger_names_the_test_of_its_family() -> None:
    found = one("errors.trigger.unknown-field")

    assert any(test.endswith("::test_is_refused") for test in found["tests"])
    assert found["example"]["breaks it"]["status"] == 200


def test_a_requirement_without_an_example_says_so() -> None:
    assert one("concurrency.streams-complete")["example"] == "no example"


def test_an_excluded_requirement_says_why() -> None:
    found = one("websocket.sixty-minutes")

    assert found["excluded"]
    assert "checks" not in found


def test_levels_differ_by_edition() -> None:
    levels = one("sse.no-done-marker")["editions"]

    assert levels["openai-2026-08"] == "should"
    assert levels["open-responses-2026-04-24"] == "not counted"


def test_an_event_is_told_with_its_place_in_the_order() -> None:
    found = one("response.output_text.done")

    assert found["indices"] == ["output_index", "content_index"]
    assert found["fields"]["text"] == "string"
    assert any("then response" in line or "the end of it" in line for line in found["order"])
    assert any(line.startswith("stream.sum.text — ") for line in found["requirements"])
    assert found["recorded"] == ["output_text parts: 168 of 168 (wire)"]


def test_a_parameter_is_told_for_every_operation_that_has_it() -> None:
    found = explain("previous_response_id")

    assert [each["name"] for each in found][:1] == ["create.previous_response_id"]
    assert {each["operation"] for each in found} == {"create", "input_tokens", "compact"}
    assert any("unknown-previous-response" in line for line in found[0]["invalid"])


def test_a_disagreement_is_told_with_its_decision() -> None:
    found = one("D-13")

    assert set(found["positions"]) == {"azure", "docs", "wire"}
    assert "Both are legal" in found["decision"]
    assert found["requirements"][0].startswith("background.store-off")


def test_a_name_of_several_things_tells_them_all() -> None:
    assert {each["what"] for each in explain("streaming")} == {"capability", "profile"}
    assert [each["what"] for each in explain("profile:streaming")] == ["profile"]


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("stream.sequence.contigous", "stream.sequence.contiguous"),
        ("response.output_text.delt", "response.output_text.delta"),
        ("previous_reponse_id", "previous_response_id"),
        ("D-99", "D-"),
        ("openai-pyton", "openai-python"),
        ("event:response.complete", "response.completed"),
    ],
)
def test_a_near_miss_is_told_what_was_meant(wrong: str, right: str) -> None:
    with pytest.raises(ConfigError, match=right):
        explain(wrong)


def test_a_far_miss_is_told_where_to_look() -> None:
    with pytest.raises(ConfigError, match="antiphon list"):
        explain("zzzzzzzzzzzz")


def test_the_command_prints_text_and_json() -> None:
    text = CliRunner().invoke(command, ["usage.total", "D-13"])
    data = CliRunner().invoke(command, ["usage.total", "--json"])

    assert text.exit_code == 0
    assert "usage.total   (requirement)" in text.output
    assert "D-13   (disagreement)" in text.output
    assert json.loads(data.output)[0]["level"] == "must"


def test_a_wrong_name_ends_with_a_usage_error() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "antiphon", "explain", "usage.totl"], capture_output=True, text=True, timeout=600
    )

    assert ran.returncode == 2
    assert "did you mean usage.total" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_explaining_does_not_start_pytest() -> None:
    program = "import sys; from antiphon.explain.lookup import explain; explain('cancel.twice'); "
    program += "print('pytest' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=600, check=True)

    assert ran.stdout.strip() == "False"


def test_grep_finds_every_check_that_is_named() -> None:
    """A check stands in its module as `def NAME` or `class NAME`, also where a table makes many."""
    package = Path(str(importlib.import_module("antiphon.judge.checks").__file__)).parent
    for name in {name for names in checks().values() for name in names}:
        module, _, maker = name.rpartition(".")
        source = (package / (module.replace(".", "/") + ".py")).read_text(encoding="utf-8")

        assert re.search(rf"^(?:def|class) {maker}\b", source, re.MULTILINE), name
