"""JUnit, the summary and Allure say the same as the result."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree as ET

from markdown_it import MarkdownIt
from tests.report import made

from antiphon.report.formats.allure import allure
from antiphon.report.formats.ctrf import ctrf
from antiphon.report.formats.junit import junit
from antiphon.report.formats.markdown_summary import MOST_CAUSES, summary
from antiphon.report.result_model import Result


def test_junit_counts_what_it_holds(gateway: Result) -> None:
    root = ET.fromstring(junit(gateway).encode())

    assert (root.get("tests"), root.get("failures"), root.get("errors"), root.get("skipped")) == ("28", "4", "1", "4")
    assert len(root.findall(".//testcase")) == 28
    assert len(root.findall(".//failure")) == 4
    assert len(root.findall(".//skipped")) == 4
    for suite in root.findall("testsuite"):
        assert suite.get("tests") == str(len(suite.findall("testcase")))
        assert suite.get("failures") == str(len(suite.findall(".//failure")))


def test_junit_tells_the_failure_and_keeps_warnings_green(gateway: Result) -> None:
    cases = {case.get("name"): case for case in ET.fromstring(junit(gateway)).iter("testcase")}
    failure = cases["stream.sequence.contiguous"].find("failure")
    assert failure is not None
    assert failure.get("message", "").startswith("Sequence numbers start at 0 and each event has the next one.")
    assert "expected 7\ngot 8" in (failure.text or "")
    assert "replay antiphon run --transcript" in (failure.text or "")

    warned = cases["sse.no-done"]
    assert [child.tag for child in warned] == ["properties", "system-out"]
    skipped = cases["compact.object"].find("skipped")
    assert skipped is not None
    assert skipped.get("message") == "not-applicable: the target answers 404 to POST /responses/compact"


def test_junit_names_level_capability_and_evidence_of_each_case(gateway: Result) -> None:
    case = next(each for each in ET.fromstring(junit(gateway)).iter("testcase") if each.get("name") == "sse.no-done")
    properties = [(each.get("name"), each.get("value")) for each in case.iter("property")]
    assert properties[:3] == [("id", "sse.no-done"), ("level", "should"), ("capability", "streaming")]
    assert properties[3] == ("evidence", "recording (wire, POST /responses, stream=true, 2026-08, 30 of 30 streams)")


def test_junit_is_xml_whatever_a_server_says(gateway: Result) -> None:
    for requirement in gateway["requirements"]:
        requirement["reason"] += made.HOSTILE + "]]>\ufffe\uffff\ud800"
    gateway["target"]["name"] = made.HOSTILE
    text = junit(gateway)
    assert ET.fromstring(text.encode("utf-8")).tag == "testsuites"
    assert "\u202e" not in text


def test_the_summary_is_sound_markdown(gateway: Result) -> None:
    text = summary(gateway)
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(text)

    assert sum(token.type == "table_open" for token in tokens) == 1
    cells = sum(token.type == "td_open" for token in tokens)
    assert cells == 8 * 15
    assert sum(token.type == "fence" for token in tokens) == len(gateway["causes"]) == 4
    html = "".join(token.content for token in tokens if token.type.startswith("html"))
    assert set(re.findall(r"<(\w+)", html)) == {"details", "summary", "b"}
    inline = [child for token in tokens for child in token.children or []]
    assert not [child for child in inline if child.type in ("link_open", "image", "html_inline")]


def test_the_summary_of_many_causes_is_bounded(gateway: Result) -> None:
    gateway["causes"] = [gateway["causes"][0] | {"id": f"errors.x.n{number}"} for number in range(400)]
    text = summary(gateway)
    assert text.count("<details>") == MOST_CAUSES
    assert "…and 350 more, in the report." in text
    assert len(text) < 1_000_000


def test_a_filtered_summary_says_so() -> None:
    text = summary(made.clean(filtered=True, filter="-k `usage`"))
    assert "Filtered (`` -k `usage` ``)" in text
    assert not re.search(r"profile \S+ holds", text)


def test_allure_has_a_file_per_requirement_under_lasting_names(gateway: Result) -> None:
    files = allure(gateway)
    results = {name: json.loads(text) for name, text in files.items() if name.endswith("-result.json")}

    assert len(results) == 28
    assert all(name == f"{value['uuid']}-result.json" for name, value in results.items())
    later = made.broken(started_at="2026-10-01T00:00:00Z")
    assert allure(later).keys() == files.keys()
    container = next(json.loads(text) for name, text in files.items() if name.endswith("-container.json"))
    assert sorted(container["children"]) == sorted(value["uuid"] for value in results.values())


def test_allure_keeps_verdict_level_and_area(gateway: Result) -> None:
    values = [json.loads(text) for name, text in allure(gateway).items() if name.endswith("-result.json")]
    cases = {value["fullName"]: value for value in values}
    failed = cases["stream.sequence.contiguous"]
    labels = {each["name"]: each["value"] for each in failed["labels"]}

    assert failed["status"] == "failed"
    assert (labels["epic"], labels["feature"], labels["story"]) == ("stream", "stream.sequence", "streaming")
    assert labels["severity"] == "critical"
    assert failed["links"][0]["url"] == "../report.html#stream.sequence.contiguous"
    assert failed["steps"][0]["name"] == "stream-hello/1, event 7 /sequence_number"
    assert failed["statusDetails"]["message"].startswith(
        "fail, cause 02. Numbers and places of events are wrong: contiguous: expected 7, got 8"
    )
    assert {name: case["status"] for name, case in cases.items() if name in (
        "metadata.limit.count", "compact.object", "sse.no-done", "usage.sum")} == {
        "metadata.limit.count": "broken", "compact.object": "skipped", "sse.no-done": "passed", "usage.sum": "passed",
    }  # fmt: skip


def test_allure_puts_what_is_broken_where_its_cause_is(gateway: Result) -> None:
    files = allure(gateway)
    cases = [json.loads(text) for name, text in files.items() if name.endswith("-result.json")]
    suites = {each["fullName"]: {row["name"]: row["value"] for row in each["labels"]}["suite"] for each in cases}
    categories = [each for each in json.loads(files["categories.json"]) if each["name"][:1].isdecimal()]
    titles = [f"{number:02}. {cause['title']}" for number, cause in enumerate(gateway["causes"], 1)]

    assert [each["name"] for each in categories] == titles
    assert suites["usage.sum"] == "usage"
    for cause, category in zip(gateway["causes"], categories, strict=True):
        taken = {
            each["fullName"] for each in cases
            if each["status"] in category["matchedStatuses"]
            and re.fullmatch(category["messageRegex"], each.get("statusDetails", {}).get("message", ""))
        }  # fmt: skip
        assert taken == {id for id, suite in suites.items() if suite == category["name"]} == set(cause["requirements"])


def test_every_form_has_the_time_of_the_calls(gateway: Result) -> None:
    slow = next(each for each in gateway["requirements"] if each["id"] == "usage.sum")
    slow["seconds"] = 1.25
    suite = next(each for each in ET.fromstring(junit(gateway)) if each.get("name") == "antiphon.usage")
    case = next(each for each in suite.iter("testcase") if each.get("name") == "usage.sum")
    files = [json.loads(text) for name, text in allure(gateway).items() if name.endswith("-result.json")]
    shown = next(each for each in files if each["fullName"] == "usage.sum")
    told = next(each for each in json.loads(ctrf(gateway))["results"]["tests"] if each["testId"] == "usage.sum")

    assert case.get("time") == "1.2500"
    assert float(suite.get("time", "")) == sum(float(each.get("time", "")) for each in suite.iter("testcase"))
    assert shown["stop"] - shown["start"] == told["duration"] == 1250


def test_junit_and_ctrf_name_the_cause(gateway: Result) -> None:
    cause = gateway["causes"][0]
    id = cause["requirements"][0]
    case = next(each for each in ET.fromstring(junit(gateway)).iter("testcase") if each.get("name") == id)
    told = next(each for each in json.loads(ctrf(gateway))["results"]["tests"] if each["testId"] == id)

    assert ("cause", f"{cause['id']}: {cause['title']}") in [
        (each.get("name"), each.get("value")) for each in case.iter("property")
    ]
    assert f"\ncause {cause['title']}\n" in (case.findtext("failure") or "")
    assert (told["labels"]["cause"], told["extra"]["cause"]) == (cause["id"], cause["title"])


def test_allure_attaches_what_was_said(gateway: Result) -> None:
    files = allure(gateway)
    cases = {value["fullName"]: value for name, text in files.items() if name.endswith("-result.json")
             and (value := json.loads(text))}  # fmt: skip
    attached = {each["name"]: files[each["source"]] for each in cases["stream.sequence.contiguous"]["attachments"]}

    assert list(attached) == ["request", "raw reply", "events", "curl"]
    assert attached["request"].startswith("POST /responses\nAuthorization: Bearer [redacted]\n")
    assert "HTTP 200\n" in attached["raw reply"]
    assert attached["curl"].startswith("curl -i -N -X POST ")
    assert "attachments" not in cases["usage.sum"]


def test_allure_categories_and_environment_are_readable(gateway: Result) -> None:
    files = allure(gateway)
    assert {each["name"] for each in json.loads(files["categories.json"])} >= {"Capability absent"}
    assert "base_url=https://gateway.example/v1\n" in files["environment.properties"]
