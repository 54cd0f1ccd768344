"""The command repeats the request when a shell reads it, and holds no secret."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.report import made

from antiphon.recording.exchange import SECOND_KEY, Exchange, Request
from antiphon.report.reproduction.command_target import CommandTarget
from antiphon.report.reproduction.curl import MOST_BODY, curl
from antiphon.report.text import visible

BASE = "https://gateway.example/v1"
TARGET = CommandTarget(BASE)
HARD = {"input": 'it\'s "$HOME" `id` \\ \n\t\r !! \u202e ü 語 \ud83d\ude00 \x00 @file', "stream": True}


def arguments(command: str, tmp_path: Path) -> list[str]:
    """What a real shell passes on to curl."""
    shell = shutil.which("bash")
    if shell is None:
        pytest.skip("no bash")
    fake = tmp_path / "curl"
    fake.write_text('#!/bin/sh\nfor each in "$@"; do printf \'%s\\0\' "$each"; done\n')
    fake.chmod(0o755)
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "OPENAI_API_KEY": "sk-env", "LC_ALL": "C.UTF-8"}
    done = subprocess.run([shell, "-c", command], capture_output=True, env=environment, check=True, timeout=20)
    return done.stdout.decode().split("\0")[:-1]


def after(words: list[str], option: str) -> list[str]:
    return [words[number + 1] for number, word in enumerate(words) if word == option]


def test_a_shell_passes_on_what_was_sent(tmp_path: Path) -> None:
    words = arguments(curl(made.exchange(HARD), TARGET), tmp_path)

    assert words[:5] == ["-i", "-N", "-X", "POST", f"{BASE}/responses"]
    assert after(words, "-H") == ["Authorization: Bearer sk-env", "Content-Type: application/json"]
    assert json.loads(after(words, "--data-raw")[0]) == json.loads(json.dumps(HARD))


@settings(max_examples=60, deadline=None)
@given(
    st.recursive(st.text() | st.integers() | st.none(), lambda inner: st.dictionaries(st.text(), inner), max_leaves=5)
)
def test_any_body_comes_back_from_the_words(body: Any) -> None:
    command = curl(made.exchange({"input": body}), TARGET)

    assert visible(command) == command
    assert json.loads(after(shlex.split(command), "--data-raw")[0]) == {"input": body}


def test_the_key_is_a_reference() -> None:
    command = curl(made.exchange(), TARGET)

    assert '-H "Authorization: Bearer $OPENAI_API_KEY"' in command
    assert "sk-secret" not in command


def test_no_key_is_added_where_none_was_sent() -> None:
    request = Request("POST", "/responses", headers=(("Content-Type", "application/json"),), body={})
    assert "OPENAI_API_KEY" not in curl(Exchange("a/1", request, None), TARGET)


def test_azure_keys_keep_their_header() -> None:
    request = Request("GET", "/responses/r", headers=(("api-key", "sk-secret"),))
    assert curl(Exchange("a/1", request, None), TARGET) == (
        f'curl -i -X GET {BASE}/responses/r -H "api-key: $OPENAI_API_KEY"'
    )


def test_a_long_body_is_left_to_the_transcript() -> None:
    command = curl(made.exchange({"input": "x" * MOST_BODY}), TARGET)

    assert len(command) < 400
    assert command.endswith("bytes of the request of exchange stream-hello/1 in the transcript")
    assert after(shlex.split(command, comments=True), "--data-binary") == ["@body"]


def test_bytes_that_are_no_text_are_left_to_the_transcript() -> None:
    request = Request("POST", "/responses", content=b"\xff\xfe{")
    command = curl(Exchange("a/1", request, None), TARGET)
    assert "--data-binary @body" in command
    assert "the 3 bytes of the request" in command


def test_broken_json_is_sent_as_it_was() -> None:
    request = Request("POST", "/responses", headers=(("content-type", "application/json"),), content=b'{"model": ')
    assert after(shlex.split(curl(Exchange("a/1", request, None), TARGET)), "--data-raw") == ['{"model": ']


@pytest.mark.parametrize(
    "path", ["/responses/a b", "/responses/$(id)", "/responses/a\nb", "/responses/\x1b[0m", "/x/ü'"]
)
def test_a_path_cannot_leave_its_word(path: str, tmp_path: Path) -> None:
    command = curl(Exchange("a/1", Request("GET", path, query=(("after", "x y&z"),)), None), TARGET)
    words = arguments(command, tmp_path)

    assert command.isprintable()
    assert words[:3] == ["-i", "-X", "GET"]
    assert words[3].startswith(BASE + "/")
    assert words[3].endswith("?after=x+y%26z")


@pytest.mark.parametrize("path", ["/responses/r", "/v1/responses/r"])
def test_a_recording_has_an_address_and_a_key_by_reference(path: str) -> None:
    request = Request("GET", path, headers=(("accept", "application/json"),))
    assert curl(Exchange("a/1", request, None), CommandTarget()) == (
        'curl -i -X GET "$OPENAI_BASE_URL"/responses/r -H "Authorization: Bearer $OPENAI_API_KEY"'
        " -H 'Accept: application/json'"
    )
    assert f" {BASE}/responses/r " in curl(Exchange("a/1", request, None), TARGET)


def test_a_recording_without_its_request_has_no_command() -> None:
    assert curl(Exchange("a/1", None, None), TARGET) == ""


def of_target(**changes: Any) -> CommandTarget:
    return CommandTarget(BASE, **changes)


def request_with(*headers: tuple[str, str], query: tuple[tuple[str, str], ...] = ()) -> Request:
    return Request("GET", "/responses/r", query, (("Host", "gateway.example"), ("Accept", "*/*"),
                                                  ("User-Agent", "antiphon"), *headers))  # fmt: skip


def test_headers_and_query_of_the_target_are_in_the_command(tmp_path: Path) -> None:
    target = of_target(headers={"X-Team": "TEAM", "Authorization": "AUTH"}, query={"api-version": "VERSION"})
    sent = (("Authorization", "[redacted]"), ("X-Team", "XXXX"), ("X-Trace", "on"))
    command = curl(Exchange("a/1", request_with(*sent, query=(("api-version", "XX"), ("limit", "3"))), None), target)

    words = arguments(f"TEAM='the blue one'; AUTH='Basic abc'; VERSION=2026; {command}", tmp_path)
    assert after(words, "-H") == ["X-Team: the blue one", "Authorization: Basic abc", "X-Trace: on"]
    assert words[3] == f"{BASE}/responses/r?api-version=2026&limit=3"


def test_the_variable_of_the_key_is_that_of_the_target() -> None:
    target = of_target(key_variable="TEAM_KEY", second_key_variable="OTHER_KEY")
    request = request_with(("Authorization", "Bearer [redacted]"))

    assert '-H "Authorization: Bearer $TEAM_KEY"' in curl(Exchange("a/1", request, None), target)
    second = Exchange("a/1", request, None, notes=frozenset({SECOND_KEY}))
    assert '-H "Authorization: Bearer $OTHER_KEY"' in curl(second, target)


def test_a_header_that_a_request_goes_without_is_taken_from_curl_too() -> None:
    request = Request("GET", "/responses/r", headers=(("Host", "gateway.example"),))
    assert curl(Exchange("a/1", request, None), TARGET).endswith("-H Accept: -H User-Agent:")


def test_what_a_transcript_says_of_its_target_is_read_back_but_for_what_is_no_variable() -> None:
    target = of_target(model="m", key_variable="TEAM_KEY", headers={"X-Team": "TEAM"})
    assert CommandTarget.from_json(target.as_json(), BASE, "m") == target

    hostile = {"key_variable": "$(reboot)", "headers": {"X": "A; B"}, "query": 3, "second_key_variable": None}
    assert CommandTarget.from_json(hostile, BASE, "m") == of_target(model="m")


def test_a_reference_server_that_is_gone_is_started_again() -> None:
    target = CommandTarget.from_json({"is_reference": True, "faults": ["ids-repeat", "; reboot"]}, "http://gone", "m")

    assert target.start == "antiphon serve --fault ids-repeat --api-key one --api-key two"
    assert target.run_command("-k", "create.id-unique") == "antiphon run --fault=ids-repeat -k create.id-unique"
