"""Nothing secret reaches any file or any screen, whichever command wrote it."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from tests.gate import planted
from tests.gate.command import antiphon
from tests.gate.planted import ASKED, COOKIE, KEY, PATH, SENT, found, leaky

from antiphon.recording.redaction.redactor import Redactor
from antiphon.server import ServerSettings, background_server

Reply = tuple[int, dict[str, str], bytes]
ENVIRONMENT = {"OPENAI_API_KEY": KEY, "GATEWAY_KEY": planted.GATEWAY_KEY}
TARGET = """
[targets.leaky]
base_url = "%s"
model = "%s"
headers = {"X-Gateway-Key" = "$GATEWAY_KEY", "OpenAI-Project" = "$PROJECT"}
"""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The base URL of a server that gives away what it was sent."""
    with background_server(ServerSettings()) as upstream, leaky(upstream) as url:
        yield url


def ask(url: str, **more: object) -> Reply:
    """One reply to a request that carries every secret."""
    place = urlsplit(url)
    connection = http.client.HTTPConnection(str(place.hostname), place.port, timeout=20)
    connection.request("POST", "/v1" + PATH, json.dumps({**ASKED, **more}), SENT)
    answer = connection.getresponse()
    reply = answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    connection.close()
    return reply


@pytest.fixture(scope="module")
def replies(server: str) -> list[Reply]:
    """A body, a stream and a refusal, each with secrets in it."""
    found_there = [ask(server), ask(server, stream=True), ask(server, temperature="hot")]
    assert [status for status, _, _ in found_there] == [200, 200, 400]
    assert found(found_there[2][2]) >= {"key", "cookie", "organisation"}
    return found_there


def clean(folder: Path) -> None:
    """Every file of a folder is free of secrets."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files
    assert {path.name: found(path.read_bytes()) for path in files if found(path.read_bytes())} == {}


def test_the_plant_is_found(replies: list[Reply]) -> None:
    """What looks for secrets does find them where nothing was done about them."""
    assert found(planted.har(replies)) >= set(planted.SECRETS) - {"gateway"}


FORMATS = {"har": planted.har, "yaml": planted.cassette, "jsonl": planted.shared}


@pytest.mark.parametrize("form", [*FORMATS, "sse", "json", "transcript"])
def test_a_redacted_recording_is_clean_and_gets_the_same_verdicts(
    form: str, replies: list[Reply], tmp_path: Path
) -> None:
    source = tmp_path / "in"
    source.mkdir()
    (source / "raw").write_bytes(
        replies[1][2] if form == "sse" else replies[2][2] if form == "json" else FORMATS.get(form, planted.har)(replies)
    )
    name = "raw"
    if form == "transcript":
        antiphon("redact", "raw", "-o", "raw.jsonl", folder=source)
        (source / "raw.jsonl").write_text((source / "raw.jsonl").read_text().replace("[redacted]", KEY))
        name = "raw.jsonl"
    out = tmp_path / "out"
    out.mkdir()
    named = ("--secret-env", "COOKIE") if form == "json" else ()  # without its headers no cookie looks like one
    done = antiphon("redact", source / name, "-o", "clean.jsonl", *named, folder=out, COOKIE=COOKIE)

    assert done.returncode == 0, done.stderr
    assert "exchange" in done.stderr
    clean(out)
    verdicts = []
    for path, report in ((source / name, "a"), (out / "clean.jsonl", "b")):
        judged = antiphon("judge", path, "--report-dir", report, folder=tmp_path)
        result = json.loads((tmp_path / report / "result.json").read_text())
        verdicts.append({each["id"]: (each["verdict"], each["judged"]) for each in result["requirements"]})
        assert judged.returncode in (0, 1), judged.stderr  # a refusal alone shows nothing
        assert found(judged.stdout.encode()) <= {"cookie"} if named else found(judged.stdout.encode()) == set()
        if not named:
            clean(tmp_path / report)
    assert verdicts[0] == verdicts[1]
    assert form == "json" or any(judged for _, judged in verdicts[0].values())


def test_a_covered_file_is_still_base64_of_its_length() -> None:
    for quote in (b'"', b'\\"'):
        text = b"{Qfile_dataQ: Q".replace(b"Q", quote) + planted.FILE.encode() + b"==" + quote + b"}"
        masked = Redactor().mask(text)
        assert len(masked) == len(text)
        assert b"X" * len(planted.FILE) + b"==" in masked
    assert Redactor().json({"file_data": planted.FILE + "=="}) == {"file_data": "X" * len(planted.FILE) + "=="}


@pytest.mark.parametrize("text", ['{"result": "a word"}', "an org-chart of 2026", '{"data": "aGVsbG8="}', "data: {}"])
def test_words_stay(text: str) -> None:
    assert Redactor().text(text) == text


def test_what_is_printed_is_what_is_written(replies: list[Reply], tmp_path: Path) -> None:
    (tmp_path / "a.har").write_bytes(planted.har(replies))
    antiphon("redact", "a.har", "-o", "b.jsonl", folder=tmp_path)
    printed = antiphon("redact", "a.har", folder=tmp_path)

    assert printed.stdout == (tmp_path / "b.jsonl").read_text()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.har", "b.jsonl"]


def test_no_command_writes_a_secret(server: str, replies: list[Reply], tmp_path: Path) -> None:
    """run, nightly, report, baseline, compare and history on a target that gives away what it was sent."""
    (tmp_path / "antiphon.toml").write_text(TARGET % (server, planted.MODEL))
    environment = {**ENVIRONMENT, "PROJECT": planted.PROJECT}
    target = ("--target", "leaky")
    played = (*target, "--depth", "standard", "-k", "usage")
    commands = [
        ["run", *played, "-k", "errors", "--max-calls", "40", "--report-dir", "run"],
        ["nightly", *target, "--history", "nights", "--max-calls", "25", "--report-dir", "night"],
        ["report", "run/result.json", "--out", "site"],
        ["baseline", "run/result.json", "-o", "baseline.yaml"],
        ["run", *played, "--baseline", "baseline.yaml", "--report-dir", "gated", "--max-calls", "20"],
        ["compare", "run/result.json", "gated/result.json"],
        ["history", "nights"],
        ["drift", "--transcript", "run/transcript.jsonl"],
    ]
    for words in commands:
        done = antiphon(*words, folder=tmp_path, **environment)
        assert done.returncode in (0, 1, 5), (words, done.stdout[-500:], done.stderr)
        assert "Traceback" not in done.stderr
        assert found(done.stdout.encode() + done.stderr.encode()) == set(), words
    assert "[redacted]" in (tmp_path / "run" / "transcript.jsonl").read_text()
    clean(tmp_path)


def test_the_proxy_writes_no_secret(server: str, tmp_path: Path) -> None:
    clean_environment = {name: value for name, value in os.environ.items() if not name.endswith("_API_KEY")}
    process = subprocess.Popen(
        [sys.executable, "-m", "antiphon", "proxy", "--upstream", server, "--port", "0", "--report-dir", "proxied"],
        cwd=tmp_path, env={**clean_environment, "PYTHONUNBUFFERED": "1"}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout
    url = process.stdout.readline().split()[0]
    status, headers, body = ask(url)
    ask(url, temperature="hot")
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=600)

    assert status == 200
    assert COOKIE in headers["set-cookie"]
    assert found(body) >= {"key", "picture"}
    assert found(said.encode()) == set()
    assert (tmp_path / "proxied" / "transcript.jsonl").read_text().count('"exchange"') == 2
    clean(tmp_path)
