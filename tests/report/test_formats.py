"""CTRF and SARIF keep to their published schemas; GitHub gets what it can show."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from markdown_it import MarkdownIt
from tests.report import made

from antiphon.errors import AntiphonError, Exit
from antiphon.gate.baseline import Baseline, BaselineEntry
from antiphon.gate.conclusion import close
from antiphon.gate.decision import GatePolicy
from antiphon.report.formats.ctrf import ctrf
from antiphon.report.formats.github import MOST_ANNOTATIONS, MOST_SUMMARY, add_summary, error_commands, step_summary
from antiphon.report.formats.sarif import Note, sarif, sarif_of
from antiphon.report.result_model import Result
from antiphon.report.terminal import screen


@cache
def schema(name: str) -> Draft7Validator:
    text = (Path(__file__).parent / "schemas" / f"{name}.schema.json").read_text(encoding="utf-8")
    return Draft7Validator(json.loads(text))


def results() -> Iterator[Result]:
    yield from (made.broken(), made.clean(), made.broken(source="judge", target={}, files=["a b.har"], transcript=""))
    hostile = made.broken()
    hostile["target"]["name"] = made.HOSTILE
    for each in hostile["requirements"]:
        each["reason"] += made.HOSTILE
    yield hostile


@pytest.mark.parametrize("number", range(4), ids=["broken", "clean", "judged", "hostile"])
def test_ctrf_and_sarif_are_valid(number: int) -> None:
    result = list(results())[number]
    for name, text in (("ctrf", ctrf(result)), ("sarif", sarif(result))):
        document = json.loads(text.encode("utf-8"))
        assert [error.message for error in schema(name).iter_errors(document)] == []


def test_ctrf_counts_its_tests_and_keeps_verdicts(gateway: Result) -> None:
    found = json.loads(ctrf(gateway))["results"]
    tests = {each["testId"]: each for each in found["tests"]}
    summary = {key: found["summary"][key] for key in ("tests", "passed", "failed", "skipped", "pending", "other")}

    assert summary == {"tests": 28, "passed": 19, "failed": 4, "skipped": 4, "pending": 0, "other": 1}
    assert tests["sse.no-done"]["status"] == "passed"
    assert tests["sse.no-done"]["rawStatus"] == "warn"
    failed = tests["stream.sequence.contiguous"]
    assert failed["message"] == "expected 7, got 8"
    assert failed["suite"] == ["stream", "streaming"]
    assert "replay antiphon run --transcript" in failed["trace"]


def test_sarif_has_a_rule_and_a_place_for_each_broken_requirement(gateway: Result) -> None:
    run = json.loads(sarif(gateway))["runs"][0]
    found = {each["ruleId"]: each for each in run["results"]}
    rules = run["tool"]["driver"]["rules"]

    assert len(found) == 6
    assert {name: each["level"] for name, each in found.items()}["sse.no-done"] == "warning"
    one = found["stream.sequence.contiguous"]
    assert rules[one["ruleIndex"]]["id"] == "stream.sequence.contiguous"
    assert len(one["locations"]) == 3
    assert one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == gateway["transcript"]
    assert "Expected 7, got 8. Cause: Numbers and places of events are wrong: contiguous. " in one["message"]["text"]


def objects(value: Any) -> Iterator[dict[str, Any]]:
    """Every object of a JSON value."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if isinstance(value, dict):
        yield value
    for each in inner:
        yield from objects(each)


@pytest.mark.parametrize("make", ["result", "notes"])
def test_sarif_has_what_its_validators_ask_for(make: str, gateway: Result) -> None:
    note = Note("baseline.stale", "An entry is stale.", "usage.sum passes", "waivers.yaml", 0)
    run = json.loads(sarif(gateway) if make == "result" else sarif_of([note]))["runs"][0]
    driver = run["tool"]["driver"]

    assert driver["informationUri"].startswith("https://")
    assert run["automationDetails"]["id"].endswith("/")
    for rule in driver["rules"]:
        assert re.fullmatch("([A-Z][a-z0-9]+)+", rule["name"])
        assert rule["helpUri"].startswith(driver["informationUri"])
        for text in (rule["shortDescription"], rule["fullDescription"]):
            assert text["text"].endswith(".")
        assert rule["help"]["text"]
    for result in run["results"]:
        assert result["message"]["text"].endswith(".")
    places = [each["physicalLocation"] for each in objects(run["results"]) if "physicalLocation" in each]
    assert places
    assert all(place["region"].keys() >= {"startLine", "endLine"} for place in places)


def test_sarif_points_at_the_line_of_the_transcript() -> None:
    (first, *_) = json.loads(sarif(made.broken(lines={"stream-hello/1": 4711})))["runs"][0]["results"]
    lines = {each["region"]["startLine"] for each in objects(first) if "region" in each}
    assert lines == {1}  # of an exchange whose line is not known

    found = json.loads(sarif(made.broken(lines={"stream-hello/1": 4711})))["runs"][0]["results"]
    one = next(each for each in found if each["ruleId"] == "stream.sequence.contiguous")
    assert {each["region"]["startLine"] for each in objects(one) if "region" in each} == {4711}


def test_a_note_on_a_file_has_its_line() -> None:
    note = Note("baseline.stale", "An entry is stale.", "usage.sum passes.", "my waivers.yaml", 12, "error")
    document = json.loads(sarif_of([note, note]))

    assert [error.message for error in schema("sarif").iter_errors(document)] == []
    run = document["runs"][0]
    assert len(run["tool"]["driver"]["rules"]) == 1
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "my%20waivers.yaml"}, "region": {"startLine": 12, "endLine": 12}}


def test_annotations_are_few_and_the_worst_come_first(gateway: Result) -> None:
    lines = list(error_commands(gateway))
    assert len(lines) == sum(cause["level"] == "must" for cause in gateway["causes"]) == 3
    assert lines[1].startswith("::error title=Numbers and places of events are wrong%3A contiguous · Example gateway")
    assert "::must, breaks 1 client: stream.sequence.contiguous. expected 7, got 8 (stream-hello/1, event 7" in lines[1]
    gateway["causes"] = [gateway["causes"][0]] * 50
    assert len(list(error_commands(gateway))) == MOST_ANNOTATIONS


def test_an_annotation_cannot_become_another_command(gateway: Result) -> None:
    gateway["target"]["name"] = "a,b::c\n::set-env name=X::%0A"
    for line in error_commands(gateway):
        assert len(line.splitlines()) == 1
        title, data = line.removeprefix("::error title=").split("::", 1)
        assert not set(title) & {":", ","}
        assert "%0A" not in title.replace("%250A", "") + data


def test_a_step_summary_keeps_within_its_limit(gateway: Result) -> None:
    pattern = gateway["causes"][0]
    long = pattern["first"] | {"curl": "c" * 40_000}
    gateway["causes"] = [pattern | {"id": f"errors.x.n{number}", "first": long} for number in range(60)]
    text = step_summary(gateway)

    assert len(text.encode()) <= MOST_SUMMARY
    assert "…and 40 more, in the report." in text
    assert step_summary(gateway, 10) == ""
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(text)
    assert sum(token.type == "fence" for token in tokens) == 20


def test_a_summary_is_added_to_what_stands_there(gateway: Result, tmp_path: Path) -> None:
    path = tmp_path / "summary"
    path.write_text("# Before\n")
    add_summary(gateway, path)
    assert path.read_text(encoding="utf-8").startswith("# Before\n## Example gateway: exercised 23 of 28")

    path.write_bytes(b"x" * (MOST_SUMMARY - 100))
    add_summary(gateway, path)
    assert path.stat().st_size == MOST_SUMMARY - 100
    with pytest.raises(AntiphonError, match="the summary cannot be added"):
        add_summary(gateway, tmp_path)


def test_a_stale_entry_of_a_baseline_is_a_finding_at_its_line(reference: Result, tmp_path: Path) -> None:
    entry = BaselineEntry("usage.sum", "fail", "sums are wrong", "me", line=7)
    policy = GatePolicy(Baseline("my baseline.yaml", "", {entry.id: entry}, {}))
    assert close(reference, policy, tmp_path, screen(io.StringIO())) is Exit.STALE

    document = json.loads((tmp_path / "gate.sarif").read_text(encoding="utf-8"))
    assert [error.message for error in schema("sarif").iter_errors(document)] == []
    (found,) = document["runs"][0]["results"]
    assert (found["ruleId"], found["level"]) == ("baseline.stale", "error")
    assert found["locations"][0]["physicalLocation"]["region"] == {"startLine": 7, "endLine": 7}
