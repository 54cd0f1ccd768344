"""What a result keeps of exchanges, and what a page shows of them."""

from __future__ import annotations

import json
import re
from typing import Any

from jsonschema import Draft202012Validator
from tests.report import made

from antiphon.contract.paths import spec_dir
from antiphon.judge.ledger import Ledger
from antiphon.judge.registry import Violation
from antiphon.recording.exchange import SOCKET_MESSAGES, Chunk, Exchange, Failure, Request, Response
from antiphon.report.exchange_excerpts import MOST_BODY, MOST_EXCHANGES, ROOM, marked_row
from antiphon.report.formats.html import page
from antiphon.report.panel import Panels
from antiphon.report.result import build

Result = dict[str, Any]
NAME = "stream-hello/1"


def result_of(exchange: Exchange, *places: str) -> Result:
    """A result in which an exchange breaks one requirement at some places."""
    ledger = Ledger()
    ledger["stream.text.adds-up"].record_violations([Violation(at, "a", "b", "", exchange.id) for at in places])
    return build(made.contract(), ledger, made.facts(), {exchange.id: exchange})


def test_the_events_about_a_place_and_at_both_ends_are_kept() -> None:
    result = result_of(made.stream(40), "event 20 /text")
    shown = result["traffic"][NAME]

    assert [row["event"] for row in shown["events"]] == [0, 1, 2, 3, *range(17, 24), 36, 37, 38, 39]
    assert shown["events_total"] == 40
    assert shown["events"][5]["name"] == "response.n18"
    schema = json.loads((spec_dir() / "result.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator(schema).validate(result)


def test_a_timeline_marks_the_event_and_says_what_is_left_out() -> None:
    result = result_of(made.stream(40), "event 20 /text")
    panel = Panels(result).panel(next(each for each in result["requirements"] if each["violations"]))

    assert panel
    assert [row["number"] for row in panel["rows"] if row["mark"]] == ["event 20"]
    assert [row["left_out"] for row in panel["rows"] if row["left_out"]] == [13, 12]
    assert panel["asked"] == "POST /responses"
    text = page(result)
    assert text.count("✗ broken here") == 1
    assert "13 events left out here" in text


def test_an_exchange_is_shown_whole_once() -> None:
    result = result_of(made.stream(12), "event 5")
    first = next(each for each in result["requirements"] if each["violations"])
    panels = Panels(result)
    whole, brief = panels.panel(first), panels.panel(first | {"id": "again"})

    assert whole
    assert brief
    assert (whole["whole"], len(whole["rows"])) == (True, 12)
    assert (brief["whole"], brief["home"]) == (False, first["id"])
    assert [row["number"] for row in brief["rows"]] == ["event 4", "event 5", "event 6"]


def test_a_frame_and_a_message_of_a_socket_are_places_too() -> None:
    assert marked_row("frame 3") == ("frame", 3)
    assert marked_row("event 12 /response/usage") == ("event", 12)
    assert [marked_row(at) for at in ("", "/usage", "event x", "event ²", "event " + "9" * 5000)] == [None] * 5

    chunks = (Chunk(0.1, b'{"type":"a"}'), Chunk(0.2, b"no JSON \xff"), Chunk(0.3, b'{"type":"b"}'))
    answer = Response(101, (("content-type", SOCKET_MESSAGES),), chunks)
    shown = result_of(Exchange("ws/1", Request("WS", "/responses"), answer), "event 1")["traffic"]["ws/1"]
    assert [row.get("event") for row in shown["events"]] == [0, None, 1]
    assert shown["events"][1]["text"] == "no JSON \\xff"


def test_what_is_kept_of_one_exchange_is_bounded() -> None:
    body = json.dumps({"x": "y" * 100_000}).encode()
    request = Request("POST", "/responses", body={"input": "z" * 100_000}, headers=(("x-long", "h" * 9000),))
    shown = result_of(Exchange("big/1", request, Response(200, (), (Chunk(0, body),))), "/x")["traffic"]["big/1"]

    assert len(json.dumps(shown)) < 3 * MOST_BODY
    assert shown["body"].endswith(f"… ({len(body)} bytes)")
    assert shown["size"] == len(body)


def test_what_is_kept_of_all_exchanges_is_bounded() -> None:
    ledger, exchanges = Ledger(), {}
    for number in range(400):
        name = f"big/{number}"
        request = Request("POST", "/responses", body={"input": "z" * 5000})
        exchanges[name] = Exchange(name, request, Response(500, (), (Chunk(0, b"b" * 9000),)))
    for requirement in made.contract().requirements:
        ledger[requirement].record_violations([Violation("", "a", "b", "", name) for name in exchanges])
    kept = build(made.contract(), ledger, made.facts(), exchanges)["traffic"]
    assert 0 < len(kept) <= MOST_EXCHANGES
    assert len(json.dumps(kept)) < ROOM + 20_000


def test_without_a_reply_the_reason_is_shown() -> None:
    failure = Failure("timeout-idle", "nothing for 30 s")
    failed = Exchange("cut/1", Request("GET", "/responses/r"), None, failure=failure)
    result = result_of(failed, "")
    assert result["traffic"]["cut/1"]["status"] is None
    assert "timeout-idle: nothing for 30 s" in page(result)


def test_a_hostile_event_is_text() -> None:
    wrong = "</code></li><script>alert(1)</script><img src=x onerror=alert(2)>\\u202e"
    text = page(result_of(made.stream(30, wrong), "event 20 /text"))
    assert text.count("<script>") == 1
    assert "&lt;script&gt;alert(1)" in text
    assert not re.search(r"<img|\u202e", text)
