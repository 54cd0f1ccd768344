"""The script of a reproduction makes what it reads, takes ids from the replies, and obeys no server."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from antiphon.judge.registry import Violation
from antiphon.recording.exchange import RETRIED, SOCKET_METHOD, Chunk, Exchange, Request, Response
from antiphon.report.reproduction.command_target import CommandTarget
from antiphon.report.reproduction.commands import Reproductions
from antiphon.report.reproduction.compared_values import with_both_values

TARGET = CommandTarget("http://127.0.0.1:9/v1", "m")
FAKE = """#!/bin/sh
for word in "$@"; do printf '%s\\0' "$word" >> "$SENT"; done
printf '\\n' >> "$SENT"
read -r line < "$REPLIES"; sed -i 1d "$REPLIES"
printf 'HTTP/1.1 200 OK\\r\\ncontent-type: application/json\\r\\n\\r\\n%s' "$line"
"""


def made(number: int, method: str, path: str, body: Any = None, reply: Any = None, **changes: Any) -> Exchange:
    """A step of the scenario `life`, a second after the one before."""
    request = Request(method, path, headers=(("Authorization", "Bearer [redacted]"),), body=body)
    content = reply if isinstance(reply, bytes) else json.dumps(reply).encode()
    head = (("content-type", "text/event-stream" if content.startswith(b"event") else "application/json"),)
    response = Response(200, head, (Chunk(0.1, content),))
    sent = Exchange(f"life/{number}", request, response, "life", float(number), 0.9)
    return replace(sent, **changes)


def script(at: str, *exchanges: Exchange, **violation: Any) -> str:
    """The script for a violation in one of the exchanges."""
    known = {each.id: each for each in exchanges}
    seen = Violation("/status", "gone", "there", exchange=at, **violation)
    return Reproductions(known.values(), known.get, TARGET).of("a.b", "It is gone.", seen).script


def calls(text: str) -> list[str]:
    _, _, steps = text.partition("steps() {\n")
    return [line for line in steps.partition("\n}\n")[0].split("\n") if line and not line.startswith("#")]


CREATED = made(1, "POST", "/responses", {"input": "hi"}, {"id": "resp_1", "status": "completed"})


def test_what_is_read_is_made_before_and_what_is_not_needed_is_left_out() -> None:
    other = made(2, "POST", "/responses", {"input": "other"}, {"id": "resp_2"})
    deleted, read = made(3, "DELETE", "/responses/resp_1"), made(4, "GET", "/responses/resp_1", reply={"id": "resp_1"})
    text = script("life/4", CREATED, other, deleted, read)

    assert [line.split(" -H")[0] for line in calls(text)] == [
        'step 1 -X POST "$url"/responses', "id1=$(pick text 1 id)",
        'step 2 -X DELETE "$url"/responses/"$id1"', 'step 3 -X GET "$url"/responses/"$id1"',
    ]  # fmt: skip
    assert "# Look at step 3, /status: expected gone, got there" in text


def test_what_a_violation_compares_with_is_made_too() -> None:
    first, second = made(1, "POST", "/responses", {}, {"id": "a_1"}), made(2, "POST", "/responses", {}, {"id": "a_1"})

    assert script("life/2", first, second) == ""
    assert len(calls(script("life/2", first, second, others=("life/1",)))) == 2
    known = {each.id: each for each in (first, second)}
    named = Violation("/id", "another id than in life/1", "a_1", exchange="life/2")
    assert len(calls(Reproductions(known.values(), known.get, TARGET).of("a.b", "", named).script)) == 2


def test_a_poll_is_made_until_the_response_has_ended() -> None:
    created = made(1, "POST", "/responses", {"background": True}, {"id": "resp_1", "status": "queued"})
    polls = [made(n, "GET", "/responses/resp_1", reply={"id": "resp_1", "status": status})
             for n, status in ((2, "queued"), (3, "in_progress"), (4, "completed"))]  # fmt: skip
    text = script("life/4", created, *polls)

    assert [line.split(" -")[0] for line in calls(text)] == ["step 1", "id1=$(pick text 1 id)", "poll 2"]
    cancelled = made(5, "POST", "/responses/resp_1/cancel")
    assert [line.split()[0] for line in calls(script("life/5", created, *polls, cancelled))][2:] == ["poll", "step"]


def test_calls_at_the_same_time_are_made_at_the_same_time() -> None:
    stream = b'event: x\ndata: {"type": "response.created", "response": {"id": "resp_1"}}\n\n'
    streamed = made(1, "POST", "/responses", {"stream": True}, stream, elapsed=5.0)
    text = script("life/3", streamed, made(2, "POST", "/responses/resp_1/cancel"), made(7, "GET", "/responses/resp_1"),
                  made(3, "GET", "/responses/resp_1"), others=("life/1", "life/2"))  # fmt: skip

    assert [line.split(" -")[0] for line in calls(text)] == [
        "beside 1", "id1=$(pick wait 1 id)", "step 2", "step 3", "wait", "show 1",
    ]  # fmt: skip


def test_a_stream_that_was_left_is_left_again_and_an_item_goes_back_as_it_came() -> None:
    left = made(1, "POST", "/responses", {"stream": True}, b'event: x\ndata: {"id": "resp_9"}\n\n', notes={"hung-up"})
    assert "leave 1 1 -X POST" in script("life/1", left)

    item = {"type": "reasoning", "id": "rs_1", "text": 'it\'s "so"'}
    first = made(1, "POST", "/responses", {}, {"id": "resp_1", "output": [item]})
    second = made(2, "POST", "/responses", {"input": ["~", item]}, {"id": "resp_2"})
    lines = calls(script("life/2", first, second))
    assert lines[1] == "json1=$(pick json 1 output 0)"
    assert lines[2].endswith("""--data-raw '{"input": ["~", '"$json1"']}'""")


def test_what_curl_cannot_speak_is_a_run_of_what_shows_it() -> None:
    message = Exchange("life/1", Request(SOCKET_METHOD, "/responses", body={}), None, "life")
    assert script("life/1", message) == "antiphon run http://127.0.0.1:9/v1 --model=m --thorough -k a.b"


def test_an_attempt_that_was_repeated_can_be_at_fault() -> None:
    tried = made(1, "POST", "/responses/resp_0", notes=frozenset({RETRIED}))
    assert script("life/1", tried, others=("life/1",)) == ""


@pytest.fixture
def shell(tmp_path: Path) -> Any:
    """Runs a script with a curl that answers from a list; what was sent, as words."""
    curl = tmp_path / "curl"
    curl.write_text(FAKE)
    curl.chmod(0o755)

    def run(text: str, *replies: str, **variables: str) -> tuple[subprocess.CompletedProcess[str], list[list[str]]]:
        (tmp_path / "replies").write_text("".join(f"{each}\n" for each in replies))
        (tmp_path / "sent").write_text("")
        environment: Mapping[str, str] = {
            "PATH": f"{tmp_path}:{os.environ['PATH']}", "SENT": str(tmp_path / "sent"),
            "REPLIES": str(tmp_path / "replies"), "OPENAI_API_KEY": "sk", "HOME": "/secret", **variables,
        }  # fmt: skip
        done = subprocess.run(["sh", "-c", text], capture_output=True, text=True, env=environment, check=False)
        return done, [line.split("\0")[:-1] for line in (tmp_path / "sent").read_text().splitlines()]

    return run


def test_ids_are_those_of_the_replies_whatever_they_hold(shell: Any) -> None:
    read = made(2, "GET", "/responses/resp_1", reply={"id": "resp_1"})
    done, sent = shell(script("life/2", CREATED, read), '{"id": "$(touch x)`id`"}', '{"id": "x"}')

    assert done.returncode == 0, done.stderr
    assert [words[words.index("-X") + 2] for words in sent] == [
        "http://127.0.0.1:9/v1/responses", "http://127.0.0.1:9/v1/responses/$(touch x)`id`",
    ]  # fmt: skip


def test_a_reply_without_the_id_ends_the_script_with_a_sentence(shell: Any) -> None:
    done, sent = shell(script("life/2", CREATED, made(2, "GET", "/responses/resp_1")), '{"error": {}}')

    assert done.returncode
    assert done.stderr == "The reply of this step has no id, so the script ends here.\n"
    assert len(sent) == 1


def test_nothing_that_a_server_sent_becomes_a_variable_or_a_command(shell: Any) -> None:
    hostile = "~~HOME~~$(reboot)`reboot`'; reboot; '\n# x"
    first = made(1, "POST", "/responses", {}, {"id": "resp_1", "note": hostile})
    second = made(2, "POST", "/responses", {"input": hostile, "previous_response_id": "resp_1"}, {"id": "resp_2"})
    known = {each.id: each for each in (first, second)}
    seen = Violation("/x", hostile, hostile, exchange="life/2")
    text = Reproductions(known.values(), known.get, TARGET).of("a.b", "Says.", seen).script
    done, sent = shell(text, '{"id": "resp_7"}', "{}")

    assert done.returncode == 0, done.stderr
    assert json.loads(sent[1][-1]) == {"input": hostile, "previous_response_id": "resp_7"}
    assert "/secret" not in done.stdout + str(sent)


def test_both_values_of_a_comparison_are_shown() -> None:
    known = {"a/1": made(1, "POST", "/responses", {}, {"output": [{"text": "one"}]}),
             "a/2": made(2, "GET", "/responses/x", reply={"output": [{"text": "two"}]})}  # fmt: skip
    seen = with_both_values(Violation("/output/0", "as in a/1", "another value", exchange="a/2"), known.get)

    assert (seen.expected, seen.got) == ('"one" at /output/0/text, as in a/1', '"two"')
    whole = with_both_values(Violation("/usage", "as in a/1", "another value", exchange="a/2"), known.get)
    assert whole.got == "another value"
