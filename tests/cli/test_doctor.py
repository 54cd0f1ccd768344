"""`antiphon doctor` says of a server what it has, declines and ignores, and diagnoses why it cannot be judged."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.whole.answering import Answer, answering, in_json

from antiphon.cli import main
from antiphon.server import ServerSettings, background_server

MESSAGE = {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": []}
RESPONSE = {"id": "resp_1", "object": "response", "status": "completed", "model": "m", "output": [MESSAGE]}
Rows = dict[str, dict[str, Any]]


def examined(url: str, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, Rows]:
    """The exit code, and the rows by what they are about."""
    with pytest.raises(SystemExit) as ended:
        main(["doctor", url, "--model", "m", "--json", *words])
    rows = json.loads(capsys.readouterr().out)
    return int(ended.value.code or 0), {row["what"]: row for row in rows}


def creates(answer: Callable[[Any], Answer]) -> Callable[[str, str, bytes], Answer]:
    """A server whose creates are answered so, and which has no other route."""

    def respond(method: str, path: str, sent: bytes) -> Answer:
        if method == "POST" and path == "/v1/responses":
            return answer(json.loads(sent or b"{}"))
        return in_json(404, {"error": {"message": "no such route", "type": "invalid_request_error"}})

    return respond


def refused(message: str, **more: Any) -> Answer:
    """A refusal in the words of a server."""
    return in_json(400, {"error": {"message": message, "type": "invalid_request_error", "param": None, **more}})


def test_the_reference_server_has_all_that_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    with background_server(ServerSettings(models=("m",))) as url:
        code, rows = examined(url, capsys)

    states = {what: row["state"] for what, row in rows.items() if "state" in row}
    assert code == 0
    assert len(states) > 14
    assert set(states.values()) == {"has"}
    assert rows["load"]["text"].startswith("8 calls at once")
    assert rows["next"]["text"].startswith("antiphon run http://127.0.0.1:")


@pytest.mark.parametrize(
    ("fault", "what"), [("choice-ignored", "tools"), ("background-blocks", "background"), ("chain-empty", "chaining")]
)
def test_what_is_taken_and_ignored_is_told(fault: str, what: str, capsys: pytest.CaptureFixture[str]) -> None:
    with background_server(ServerSettings(models=("m",), faults=(fault,))) as url:
        _, rows = examined(url, capsys)

    assert rows[what]["state"] == "ignores"


def test_what_is_declined_is_told_in_the_words_of_the_server(capsys: pytest.CaptureFixture[str]) -> None:
    def answer(sent: Any) -> Answer:
        return refused("we do no tools", param="tools") if sent.get("tools") else in_json(200, RESPONSE)

    with answering(creates(answer)) as url:
        code, rows = examined(url, capsys)

    assert code == 0
    assert (rows["tools"]["state"], rows["tools"]["text"]) == ("declines", "400: we do no tools")
    assert (rows["compact"]["state"], rows["chat"]["state"]) == ("declines", "declines")
    assert rows["events"]["good"] is False


def test_a_server_that_wants_a_list_is_diagnosed(capsys: pytest.CaptureFixture[str]) -> None:
    def answer(sent: Any) -> Answer:
        return in_json(200, RESPONSE) if isinstance(sent.get("input"), list) else refused("input must be a list")

    with answering(creates(answer)) as url:
        code, rows = examined(url, capsys)

    assert code == 0
    assert (rows["text input"]["state"], rows["list input"]["state"]) == ("declines", "has")
    assert "will send lists" in rows["input"]["text"]


def refuses_streams(sent: Any) -> Answer:
    """A server that declines to stream, cleanly."""
    return refused("no streams", param="stream") if sent.get("stream") else in_json(200, RESPONSE)


def test_who_limits_calls_declines_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    def answer(sent: Any) -> Answer:
        busy = in_json(429, {"error": {"message": "slow down", "type": "rate_limit_error", "code": "busy"}})
        return busy if sent.get("tools") or sent.get("text") else in_json(200, RESPONSE)

    with answering(creates(answer)) as url:
        _, rows = examined(url, capsys)

    assert {rows[what]["state"] for what in ("tools", "structured-output")} == {"not shown"}
    assert rows["tools"]["text"] == "429: slow down"


def test_a_server_of_chat_alone_is_told_as_one(capsys: pytest.CaptureFixture[str]) -> None:
    def respond(method: str, path: str, sent: bytes) -> Answer:
        return in_json(400 if path == "/v1/chat/completions" else 404, {"error": {"message": "no", "type": "x"}})

    with answering(respond) as url:
        code, rows = examined(url, capsys)

    assert code == 1
    assert "--surface chat" in rows["route"]["text"]


@pytest.mark.parametrize(
    ("answer", "events", "streaming"),
    [
        (lambda sent: in_json(200, RESPONSE), "no event stream came: a whole response came in its place", "ignores"),
        (
            lambda sent: in_json(500 if sent.get("stream") else 200, RESPONSE),
            'no event stream came: 500: {"id"',
            "fails",
        ),
        (refuses_streams, "", "declines"),
    ],
)
def test_a_server_without_streams_is_told_once_and_as_it_is(
    answer: Callable[[Any], Answer], events: str, streaming: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with answering(creates(answer)) as url:
        code, rows = examined(url, capsys)

    assert code == 0
    assert rows["streaming"]["state"] == streaming
    assert rows.get("events", {"text": ""})["text"].startswith(events)
    assert ("events" in rows) == bool(events)


def test_the_table_fits_the_narrowest_screen(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    with answering(creates(lambda sent: in_json(200, RESPONSE))) as url, pytest.raises(SystemExit):
        main(["doctor", url, "--model", "m"])
    lines = capsys.readouterr().out.splitlines()

    assert max(len(line) for line in lines if " next " not in line) <= 80
    assert all(line.startswith(" " * 29) or line[28] == " " for line in lines if len(line) > 29)


PAGE: Answer = (502, {"Content-Type": "text/html"}, b"<html>Bad Gateway</html>")


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (in_json(200, None), "holds no response object (200: null)"),
        (in_json(200, {"object": "chat.completion", "choices": []}), "a chat completion came"),
        (PAGE, "the server behind it does not"),
        (in_json(422, {"detail": [{"type": "missing", "loc": ["body", "provider"], "msg": "m"}]}), "provider=JSON"),
        (refused("This model's maximum context length is 64 tokens"), "context is too small"),
        (refused("no such model: m"), "give --model"),
        (
            refused("Missing: 'entity'.", param="entity"),
            "'entity'; it wants a field of its own: --body-field 'entity=JSON'",
        ),
        (in_json(500, {"message": "Internal Server Error"}), "its own log says why"),
        ((200, {"Content-Type": "text/event-stream"}, b"data: {}\n\n"), "an event stream came"),
        (in_json(429, {"error": {"message": "slow down"}}), "--rate"),
    ],
)
def test_what_is_wrong_with_every_create_is_named_with_its_cure(
    answer: Answer, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with answering(creates(lambda sent: answer)) as url:
        code, rows = examined(url, capsys)

    assert code == 1
    assert says in rows["model"]["text"]
    assert "next" not in rows


def test_an_address_without_its_path_that_redirects_is_told_where_to(capsys: pytest.CaptureFixture[str]) -> None:
    with (
        answering(lambda *_: in_json(307, {}, Location="https://elsewhere.example/v1/responses")) as url,
        pytest.raises(SystemExit) as ended,
    ):
        main(["doctor", url.removesuffix("/v1"), "--model", "m"])

    assert ended.value.code == 2
    assert "/v1/responses is redirected: 307 to https://elsewhere.example/v1/responses; give" in capsys.readouterr().err
