"""A stream is read whatever stands around it, and what was dropped or repaired is said in one line."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from antiphon.contract.load import contract
from antiphon.errors import RecordingError
from antiphon.judge.engine import Judge
from antiphon.recording.exchange import Exchange
from antiphon.recording.importers import Remark, read

STREAM = (Path(__file__).parents[2] / "data" / "traffic" / "made" / "stream.sse").read_text(encoding="utf-8")
LINES = STREAM.split("\n")
EVENTS: list[dict[str, Any]] = [json.loads(line[6:]) for line in LINES if line.startswith("data: ")]
HEAD = (
    "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\nx-request-id: req_1\r\n"
    "openai-version: 2020-10-01\r\nopenai-processing-ms: 5\r\n\r\n"
)


def prefixed(prefix: Callable[[int], str], lines: Sequence[str] = LINES) -> str:
    """Lines with something before each."""
    return "\n".join(prefix(number) + line for number, line in enumerate(lines)) + "\n"


def of_events(write: Callable[[dict[str, Any]], str]) -> str:
    """One line for each event."""
    return "".join(write(event) + "\n" for event in EVENTS)


def called(value: Any) -> str:
    """A value as a client library prints its objects."""
    if isinstance(value, dict):
        return f"Thing({', '.join(f'{key}={called(each)}' for key, each in value.items())})"
    return f"[{', '.join(map(called, value))}]" if isinstance(value, list) else repr(value)


def noisy(body: str) -> str:
    """What curl -v and its progress write among the lines."""
    at = body.index("\n\n", 900) + 2
    middle = body.index("sequence_number", at)
    return (
        "* Trying 192.0.2.7:443...\n> POST /v1/responses HTTP/2\n> Host: api.example.test\n> accept: */*\n>\n"
        "} [54 bytes data]\n"
        + "".join(f"< {line}\n" for line in HEAD.replace("\r", "").split("\n")[:-2])
        + "<\n{ [900 bytes data]\n"
        + body[:at] + "{ [100 bytes data]\n" + body[at:middle] + "{ [70 bytes data]\n" + body[middle:]
        + "100  9000    0  8946  100    54   8946     54  0:00:01 --:--:--  0:00:01  9000\n"
        "* Connection #0 to host api.example.test left intact\n"
    )  # fmt: skip


PASTES: dict[str, str] = {
    "curl -i": HEAD + STREAM,
    "curl -i without the last blank line": HEAD + STREAM.rstrip("\n"),
    "curl -v": noisy(STREAM),
    "shell line": "$ curl -N http://localhost:8000/v1/responses -d @request.json\n" + STREAM,
    "prompt": "me@box:~/src$ curl -sN http://localhost:8000/v1/responses\n" + STREAM + "me@box:~/src$ \n",
    "PowerShell": "PS C:\\Users\\me> curl.exe -N http://localhost:8000/v1/responses\n" + STREAM,
    "fence": "It prints\n\n```\n" + STREAM + "```\nwhich is wrong.\n",
    "fence in a list": "1. I ran\n\n   ```console\n" + prefixed(lambda _: "   ") + "   ```\n",
    "tilde fence": "~~~text\n" + STREAM + "~~~\n",
    "indented": prefixed(lambda _: "    "),
    "indented below prose": "This is the output:\n\n" + prefixed(lambda _: "\t"),
    "quoted": prefixed(lambda _: "> "),
    "quoted without blanks": prefixed(lambda _: ">"),
    "quoted fence": prefixed(lambda _: "> ", ["```", *LINES, "```"]),
    "compose": prefixed(lambda _: "gateway-1  | "),
    "compose with times": prefixed(lambda at: f"api-1 | 2026-09-12T10:22:{at % 60:02}.1{at}Z "),
    "kubectl": prefixed(lambda at: f"2026-09-12T10:22:{at % 60:02}Z "),
    "journald": prefixed(lambda at: f"Sep 12 10:22:{at % 60:02} box llm[123{at}]: "),
    "levels": prefixed(lambda at: f"2026-09-12 10:22:00,12{at} {('INFO', 'DEBUG')[at % 2]} app.stream - "),
    "colours": prefixed(lambda _: "\x1b[32m", [line + "\x1b[0m" for line in LINES]),
    "no-break spaces": STREAM.replace("\n", "\n\u00a0\u00a0")[:-2],
    "blank lines lost": re.sub("\n+", "\n", STREAM),
    "blank lines lost in a log": prefixed(lambda at: f"[10:22:{at % 60:02}] ", [line for line in LINES if line]),
    "data lines alone": "".join(line + "\n" for line in LINES if line.startswith("data: ")),
    "blank lines doubled": STREAM.replace("\n", "\n\n"),
    "Windows": "$ curl x\r\n" + STREAM.replace("\n", "\r\n"),
    "wrapped at 80": "$ curl x\n" + "\n".join(re.sub("(.{80})", "\\1\n", line) for line in LINES),
    "log of events": of_events(
        lambda each: f"2026-09-12 10:22:00.123 DEBUG [client::sse] SSE event: {json.dumps(each)}"
    ),
    "log with a tail": of_events(lambda each: f"INFO chunk={json.dumps(each)} request_id=abc took=1ms"),
    "log of strings": of_events(lambda each: f"level=debug msg={json.dumps('data: ' + json.dumps(each))} n=1"),
    "event and data": of_events(lambda each: json.dumps({"event": each["type"], "data": each})),
    "event and text": of_events(lambda each: json.dumps({"event": each["type"], "data": json.dumps(each), "id": None})),
    "list of wrappers": json.dumps([{"event": each["type"], "data": each} for each in EVENTS], indent=2),
    "docker": prefixed(lambda _: "", [json.dumps({"log": f"{line}\n", "stream": "stdout"}) for line in LINES]),
    "JSON log": of_events(lambda each: json.dumps({"level": "debug", "ts": 1.5, "fields": {"payload": each}})),
    "JSON log of text": of_events(lambda each: json.dumps({"level": "debug", "message": json.dumps(each)})),
    "jq": "\n".join(json.dumps(each, indent=2) for each in EVENTS),
    "jq in a fence": "```json\n" + "\n".join(json.dumps(each, indent=2) for each in EVENTS) + "\n```\n",
    "jq in an array": json.dumps(EVENTS, indent=4),
    "jq within data": "```\n"
    + "".join(f"event: {each['type']}\ndata: {json.dumps(each, indent=1)}\n\n" for each in EVENTS)
    + "```\n",
    "Python dicts": of_events(repr),
    "Python dicts in a log": of_events(lambda each: f"DEBUG:openai:received {each!r}"),
    "Python objects": of_events(called),
    "Python server-sent events": of_events(
        lambda each: f"ServerSentEvent(event={each['type']!r}, data={json.dumps(each)!r}, id=None, retry=None)"
    ),
    "Python bytes": "".join(f"{STREAM[at : at + 700].encode()!r}\n" for at in range(0, len(STREAM), 700)),
    "Python lines of bytes": "".join(f"{line.encode()!r}\n" for line in LINES),
}
EXACT = {"curl -i", "curl -v", "shell line", "fence", "quoted", "compose", "indented", "kubectl"}
"""Pastes that lost nothing of the frames."""


def of_text(text: str, tmp_path: Path) -> tuple[list[Exchange], list[Remark]]:
    """Exchanges and remarks of a text."""
    path = tmp_path / "paste.txt"
    path.write_text(text, encoding="utf-8", newline="")
    found = list(read(path))
    return (
        [each for each in found if isinstance(each, Exchange)],
        [each for each in found if isinstance(each, Remark)],
    )


def violated(exchanges: Sequence[Exchange]) -> set[str]:
    """The requirements that exchanges break."""
    judge = Judge(contract())
    for exchange in exchanges:
        judge.feed(exchange)
    return {name for name, entry in judge.finish().entries.items() if entry.violated}


def stripped(value: Any) -> Any:
    """A value without its nulls, which printing confuses with absence."""
    if isinstance(value, dict):
        return {key: stripped(each) for key, each in value.items() if each is not None}
    return [stripped(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize("name", PASTES)
def test_a_paste_holds_the_events_that_were_sent(name: str, tmp_path: Path) -> None:
    exchanges, remarks = of_text(PASTES[name], tmp_path)

    (exchange,) = exchanges
    clean = stripped if name == "Python objects" else lambda value: value
    assert clean(exchange.events) == clean(EVENTS)
    assert len(remarks) <= 1
    assert remarks or name in ("curl -i", "curl -i without the last blank line", "data lines alone", "jq in an array")


@pytest.mark.parametrize("name", PASTES)
def test_a_paste_blames_the_server_for_nothing_that_pasting_did(name: str, tmp_path: Path) -> None:
    exchanges, _ = of_text(PASTES[name], tmp_path)
    path = tmp_path / "whole.sse"
    path.write_text(STREAM, encoding="utf-8")
    whole = [each for each in read(path) if isinstance(each, Exchange)]

    added = violated(exchanges) - violated(whole)

    assert added - {"sse.event-named"} == set()
    assert not added or name in ("data lines alone",)


@pytest.mark.parametrize("name", sorted(EXACT))
def test_a_paste_that_kept_the_frames_shows_those_that_are_wrong(name: str, tmp_path: Path) -> None:
    wrong = PASTES[name].replace("event: response.output_text.done", "event: response.output_text.ended")

    exchanges, _ = of_text(wrong, tmp_path)

    assert "sse.event-equals-type" in violated(exchanges)


def test_status_and_headers_are_those_that_curl_shows(tmp_path: Path) -> None:
    (exchange,), _ = of_text(PASTES["curl -v"], tmp_path)

    assert exchange.request is not None
    assert (exchange.request.method, exchange.request.path) == ("POST", "/v1/responses")
    assert exchange.status == 200
    assert exchange.response is not None
    assert exchange.response.header("x-request-id") == "req_1"


def test_several_replies_in_one_file_are_several_exchanges(tmp_path: Path) -> None:
    refusal = '{"error":{"message":"No.","type":"invalid_request_error","param":null,"code":null}}'
    second = f"HTTP/1.1 400 Bad Request\ncontent-type: application/json\n\n{refusal}\n"
    text = f"$ curl -i a\n{HEAD}{STREAM}$ curl -i b\n{second}"

    exchanges, _ = of_text(text, tmp_path)

    assert [each.status for each in exchanges] == [200, 400]
    assert [each.is_stream for each in exchanges] == [True, False]
    assert exchanges[1].body == json.loads(refusal)
    assert len({each.id for each in exchanges}) == 2


@pytest.mark.parametrize("between", ["$ curl again\n", "```\nand then\n```\n", "data: [DONE]\n\n"])
def test_two_streams_in_one_file_are_two(between: str, tmp_path: Path) -> None:
    other = STREAM.replace(EVENTS[0]["response"]["id"], "resp_another")
    start = "```\n" if "```" in between else "$ curl one\n"

    exchanges, _ = of_text(start + STREAM + between + other + ("```\n" if "```" in between else ""), tmp_path)

    assert [len(each.events) for each in exchanges] == [len(EVENTS)] * 2


def test_two_streams_of_a_log_are_two(tmp_path: Path) -> None:
    other = PASTES["log of events"].replace(EVENTS[0]["response"]["id"], "resp_another")

    exchanges, (remark,) = of_text(PASTES["log of events"] + other, tmp_path)

    assert [len(each.events) for each in exchanges] == [len(EVENTS)] * 2
    assert "another response begins" in remark.message


def test_one_event_is_an_excerpt_of_which_no_order_is_judged(tmp_path: Path) -> None:
    event = json.loads(json.dumps(EVENTS[-1]))
    del event["response"]["output"][0]["id"]

    exchanges, (remark,) = of_text(json.dumps(event, indent=2), tmp_path)

    assert violated(exchanges) & {"item.id-present"}
    assert not any(name.startswith(("stream.", "sse.")) for name in violated(exchanges))
    assert "excerpt" in remark.message


@pytest.mark.parametrize("elision", ["...", "…"])
def test_shortened_events_are_left_out_and_not_judged(elision: str, tmp_path: Path) -> None:
    short = re.sub(r'("response":\{).*', rf"\1{elision}}}}}", STREAM.replace("$", ""))

    exchanges, (remark,) = of_text("$ curl x\n" + short, tmp_path)

    assert not violated(exchanges)
    assert "shortened" in remark.message


@pytest.mark.parametrize(
    "message",
    [
        'AI_TypeValidationError: Type validation failed: Value: {}.\nError message: [ {{\n  "path": [] }} ]',
        "pydantic_core.ValidationError: 1 validation error for Response\n  Field required [input_value={}, type=dict]",
        "Error: could not parse {} at line 1",
    ],
)
@pytest.mark.parametrize("notation", [json.dumps, repr])
def test_a_message_that_quotes_a_value_shows_it(message: str, notation: Callable[[Any], str], tmp_path: Path) -> None:
    exchanges, _ = of_text(message.format(notation(EVENTS[-1])), tmp_path)

    assert exchanges[0].events[0] == EVENTS[-1]


@pytest.mark.parametrize(("sent", "received"), [("> ", "< "), ("↑ ", "↓ "), ("10:22:01 -> ", "10:22:02 <- ")])
def test_a_dialogue_over_a_socket_is_turns(sent: str, received: str, tmp_path: Path) -> None:
    create = {"type": "response.create", "model": "m", "input": "hi"}
    text = "Connected (press CTRL+C to quit)\n"
    for _ in range(2):
        text += f"{sent}{json.dumps(create)}\n" + of_events(lambda each: f"{received}{json.dumps(each)}")

    exchanges, _ = of_text(text, tmp_path)

    assert [each.sent for each in exchanges] == [create, create]
    assert all(each.is_socket and each.events == EVENTS for each in exchanges)


def test_a_list_of_messages_is_a_dialogue(tmp_path: Path) -> None:
    create = {"type": "response.create", "model": "m", "input": "hi"}
    rows = [{"type": "send", "data": json.dumps(create)}]
    rows += [{"type": "receive", "data": json.dumps(each)} for each in EVENTS]

    (exchange,), _ = of_text(json.dumps(rows), tmp_path)

    assert exchange.sent == create
    assert exchange.events == EVENTS


def test_a_stream_with_a_foreign_line_in_it_is_judged_as_it_came(tmp_path: Path) -> None:
    (exchange,), remarks = of_text(STREAM.replace("\n\n", "\n\n<html>502</html>\n\n", 1), tmp_path)

    assert not remarks
    assert "pasted" not in exchange.notes
    assert b"502" in exchange.content


@pytest.mark.parametrize("kind", ["conversation", "model", "embedding", "list"])
def test_a_body_that_is_no_response_is_not_judged_as_one(kind: str, tmp_path: Path) -> None:
    exchanges, _ = of_text(json.dumps({"object": kind, "id": "x", "data": []}), tmp_path)

    assert not violated(exchanges)


@pytest.mark.parametrize(
    "text",
    [
        '"x" {\\"type\\": 1} "y" {\\"type',
        'a "b" {\\"type\\": "c" {\\"type\\"',
        "DEBUG {'type': 0x, 'a': 1if 2else 3}",
        '{"a": ' * 500 + "\n" + "{\n" * 3000,
    ],
)
def test_text_that_is_nearly_a_value_ends_the_search(text: str, tmp_path: Path) -> None:
    with pytest.raises(RecordingError):
        of_text(text, tmp_path)


def test_bytes_that_are_not_utf_8_become_replacement_characters_in_values(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    event = {"event": EVENTS[-1]["type"], "data": {**EVENTS[-1], "x-KEY": "KEY", "y": "ééé"}}
    path.write_bytes(json.dumps(event, ensure_ascii=False).encode().replace(b"KEY", b"\xe9"))

    (exchange,) = [each for each in read(path) if isinstance(each, Exchange)]

    assert exchange.events[0]["x-\ufffd"] == "\ufffd"
