"""The page is one harmless file that a stranger can use."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from tests.report import made

from antiphon.judge.ledger import Ledger
from antiphon.judge.registry import Violation
from antiphon.report.formats.html import page
from antiphon.report.panel import missing_beside
from antiphon.report.result import build
from antiphon.report.result_model import Result, ResultEvent, ResultViolation
from antiphon.report.site.matrix import as_page

VOID = {"meta", "input", "br", "rect"}


class Reader(HTMLParser):
    """Collects what a page holds and complains of elements that are not closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.stack: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.said: list[str] = []
        self.feed(text)
        self.close()
        assert self.stack == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.stack.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.stack[-1:] not in (["script"], ["style"]):
            self.said.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.said).split())

    def values(self, attribute: str) -> list[str]:
        return [attrs[attribute] or "" for _, attrs in self.tags if attribute in attrs]


def pages() -> list[str]:
    broken, clean = made.broken(), made.clean()
    return [page(broken), page(clean), page(made.broken(source="judge", files=["a.har"])), as_page([broken, clean])]


@pytest.mark.parametrize("text", pages(), ids=["broken", "clean", "judged", "matrix"])
def test_the_page_asks_no_network_and_closes_what_it_opens(text: str) -> None:
    reader = Reader(text)

    assert not reader.values("src")
    assert all(re.match(r"#|results/[a-z0-9-]+\.html", link) for link in reader.values("href"))
    assert not re.search(r"@import|url\(", text)
    assert not reader.values("style")
    assert not [name for _, attrs in reader.tags for name in attrs if name.startswith("on")]
    ids = reader.values("id")
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("text", pages()[:1] + pages()[3:], ids=["report", "matrix"])
def test_the_policy_lets_only_our_own_styles_and_scripts_run(text: str) -> None:
    policy = next(attrs["content"] or "" for tag, attrs in Reader(text).tags if "http-equiv" in attrs)

    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    for tag in ("style", "script"):
        for inner in re.findall(f"<{tag}>(.*?)</{tag}>", text, re.S):
            digest = base64.b64encode(hashlib.sha256(inner.encode()).digest()).decode()
            assert f"{tag}-src 'sha256-{digest}'" in policy


def test_hostile_text_is_shown_and_not_obeyed(gateway: Result) -> None:
    text = page(gateway)
    reader = Reader(text)

    assert r"\x1b[31mred\x1b[0m [bold]x[/bold] <script>alert(1)</script> \u202egnp.exe" in reader.text
    assert sum(tag == "script" for tag, _ in reader.tags) == 1
    assert not set(text) & {"\x1b", "\x00", "\u202e", "\udc80", "\ufffe"}


def test_each_failure_can_be_opened_and_has_all_that_it_needs(gateway: Result) -> None:
    text = page(gateway)
    start = text.index('id="stream.sequence.contiguous"')
    said = text[start : text.index('<details class="item', start)]
    parts = (
        "must", "broken in 1 of 2", "stream-hello/1, event 7 /sequence_number", "numbers skip one", "2 more places",
        "Codex 0.169.0", "recording (wire, POST /responses", "curl -i -N -X POST", "-k stream.sequence.contiguous",
    )  # fmt: skip
    assert [part for part in parts if part not in said] == []


def test_links_lead_somewhere(gateway: Result) -> None:
    reader = Reader(page(gateway))
    ids = set(reader.values("id"))
    links = {link.removeprefix("#") for link in reader.values("href")}
    assert {link for link in links if "=" not in link} <= ids
    assert {link.partition("=")[0] for link in links - ids} == {"verdict", "area"}
    assert {each["id"] for each in gateway["requirements"]} <= ids


def test_failures_come_before_warnings_and_passes_last(gateway: Result) -> None:
    text = page(gateway)
    heads = re.findall(r"<h2>([^<]*?) ?<", text)
    assert heads == [
        "What to mend", "By area",
        "Broken", "Mistakes of Antiphon", "Broken, but only a should", "Scenarios that could not continue",
        "Not testable", "Not applicable", "Held", "Drift", "How to read this",
    ]  # fmt: skip


def test_the_filter_is_hidden_until_a_script_runs(gateway: Result) -> None:
    form = next(attrs for tag, attrs in Reader(page(gateway)).tags if tag == "form")
    assert "hidden" in form


@pytest.mark.parametrize("facts", [{"filtered": True, "filter": "-k usage"}, {"source": "judge", "files": ["a.har"]}])
def test_a_part_is_marked_and_never_said_to_hold(facts: dict[str, Any]) -> None:
    said = Reader(page(made.clean(**facts))).text
    assert "says of no profile that it holds" in said
    assert not re.search(r"✓ (core|streaming|stateful|agentic) holds", said)
    assert "conformant" not in said


def large(violations: int) -> Result:
    """500 requirements, each broken in many places by values as long as a result keeps."""
    result = made.clean()
    ledger = Ledger()
    ledger["usage.sum"].record_violations(
        [Violation(f"event {n}", "e" * 5000, "g" * 5000, "m" * 300, "stream-hello/1") for n in range(5)]
    )
    broken = build(made.contract(), ledger, made.facts(), {"stream-hello/1": made.exchange({"input": "x" * 3000})})
    pattern = next(each for each in broken["requirements"] if each["id"] == "usage.sum")
    passed = result["requirements"][0]
    result["requirements"] = [
        (pattern if number < violations else passed) | {"id": f"usage.topic.detail-{number}"} for number in range(500)
    ]
    result["totals"] = result["totals"] | {"fail": violations, "pass": 500 - violations}
    return result


@pytest.mark.parametrize("violations", [0, 60, 130, 500])
def test_five_hundred_requirements_stay_under_a_megabyte(violations: int) -> None:
    assert len(page(large(violations)).encode()) < 1024 * 1024


def test_many_long_exchanges_take_a_bounded_room(gateway: Result) -> None:
    shown = gateway["traffic"]["stream-hello/1"]
    long: ResultEvent = {"event": 0, "frame": 0, "at": 0.1, "name": "response.created", "text": "t" * 1500}
    result = large(80)
    for number, each in enumerate(each for each in result["requirements"] if each["verdict"] == "fail"):
        each["violations"] = [each["violations"][0] | {"exchange": f"long/{number}"}]
        result["traffic"][f"long/{number}"] = {**shown, "events": [long] * 10, "body": "b" * 4000, "events_total": 10}
    text = page(result)

    assert len(text.encode()) < 1_600_000
    assert text.count("Left out to keep this page small") > 10


@pytest.mark.parametrize(
    ("expected", "got", "gap"),
    [
        ("a terminal event", "the end of the stream", "after"),
        ("data: [DONE]", '{"choices":[]}', "after"),
        ("output_item.added before", "response.output_text.delta", "before"),
        ("response.output_text.delta, response.output_text.done", "response.content_part.done", "before"),
        ("7", "8", ""),
    ],
)
def test_the_place_where_an_event_is_missing_is_beside_one_that_came(expected: str, got: str, gap: str) -> None:
    place: ResultViolation = {
        "exchange": "a/1", "at": "event 7", "expected": expected, "got": got, "message": "", "curl": "",
    }  # fmt: skip

    assert missing_beside(place) == gap


def test_a_missing_event_is_marked_after_the_last_that_came(gateway: Result) -> None:
    adds_up = next(each for each in gateway["requirements"] if each["id"] == "stream.text.adds-up")
    adds_up["violations"][0] |= {"at": "event 0", "expected": "a terminal event", "got": "the end of the stream"}
    text = page(gateway)
    marked = text[text.index('id="stream.text.adds-up"') :]

    assert (
        marked.index("event 0</span>") < marked.index("✗ missing here") < marked.index("a terminal event</code></li>")
    )
