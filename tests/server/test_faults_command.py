"""`antiphon faults` and the options of `antiphon serve`."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from antiphon.contract.load import all_requirements, contract
from antiphon.server.faults import catalogue

BODY = {"model": "antiphon-1", "input": "hi"}


def antiphon(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "antiphon", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def test_every_fault_is_listed_with_what_it_breaks_and_who_chokes() -> None:
    rows = {row["name"]: row for row in json.loads(antiphon("faults", "--json").stdout)}
    known = {name for name, fault in catalogue().items() if not fault.needs or "openai-2026-08" in fault.needs}
    assert set(rows) == known
    for name, row in rows.items():
        assert {each["id"] for each in row["breaks"]} == set(catalogue()[name].breaks)
        chokes = {client for each in row["breaks"] for client in all_requirements()[each["id"]].breaks}
        assert set(row["clients"]) == chokes <= set(contract().clients)
        assert row["serve"] == f"antiphon serve --fault {name}"
    assert any(row["clients"] for row in rows.values())


def test_faults_are_chosen_by_area_and_by_client() -> None:
    of_area = json.loads(antiphon("faults", "--json", "--area", "sse").stdout)
    assert of_area
    assert all("sse" in row["areas"] for row in of_area)
    of_client = json.loads(antiphon("faults", "--json", "--client", "ai-sdk").stdout)
    assert of_client
    assert all("ai-sdk" in row["clients"] for row in of_client)
    lines = antiphon("faults", "--area", "sse").stdout.splitlines()
    assert [line.split()[0] for line in lines] == [row["name"] for row in of_area]


def test_a_fault_is_explained() -> None:
    text = antiphon("faults", "type-missing").stdout
    for words in ("Event objects have no type.", "sse.type-present (must)", "sse.event-equals-type", "OpenAI Python",
                  "antiphon serve --fault type-missing", "X-Antiphon-Fault: type-missing"):  # fmt: skip
        assert words.lower() in text.lower(), words


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("faults", "typ-missing"), "No fault 'typ-missing'; did you mean type-missing"),
        (("faults", "--area", "ssee"), "No area 'ssee'; did you mean sse"),
        (("faults", "--client", "ai-skd"), "No client 'ai-skd'; did you mean ai-sdk"),
        (("serve", "--fault", "crlff"), "There is no fault 'crlff': did you mean 'crlf'?"),
        (("serve", "--rate-limit", "5/day"), "'5/day' is not of the form N or N/min, such as 60/min."),
        (("serve", "--model", "a=b"), "The model 'a=b' is not of the form NAME or NAME=KIND"),
        (("serve", "--chaos", "2"), "2.0 is not in the range 0<=x<=1"),
        (("serve", "--max-responses", "0"), "0 is not in the range"),
        (("serve", "--script", "nowhere.yaml"), "nowhere.yaml: cannot be read: No such file or directory"),
    ],
)
def test_a_mistake_is_one_sentence(arguments: tuple[str, ...], sentence: str) -> None:
    done = antiphon(*arguments, *(("--port", "0") if arguments[0] == "serve" else ()))
    assert done.returncode == 2
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


def test_the_server_says_what_is_bounded_when_it_starts(tmp_path: Path) -> None:
    script = tmp_path / "mine.yaml"
    script.write_text("answers:\n- say: scripted\n")
    bounds = ["--max-responses", "2", "--retention", "60", "--rate-limit", "9/min"]
    keys = ["--api-key", "sk-1", "--api-key", "sk-2", "--model", "gpt-x=reasoning"]
    options = [*bounds, *keys, "--script", str(script), "--fault", "crlf"]
    command = [sys.executable, "-m", "antiphon", "serve", "--port", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stderr
        try:
            url = re.match(r"http://\S+", process.stdout.readline())
            assert url
            told = process.stderr.readline()
            headers = {"authorization": "Bearer sk-2"}
            reply = httpx.post(f"{url[0]}/responses", json={**BODY, "model": "gpt-x"}, headers=headers)
            assert httpx.post(f"{url[0]}/responses", json=BODY).status_code == 401
        finally:
            process.send_signal(signal.SIGINT)
        process.wait(10)
    assert told == f"keeps the last 2 responses of each key, for 60 s; faults crlf; script {script}\n"
    assert "scripted" in reply.text
    assert reply.headers["x-ratelimit-limit-requests"] == "9"


def test_the_first_answer_comes_soon() -> None:
    """No promise of a time: only that nothing slow is imported before the first answer."""
    code = (
        "import sys; from antiphon.server import background_server\n"
        "import urllib.request as u, json\n"
        "with background_server() as url:\n"
        "    body = json.dumps({'model': 'antiphon-1', 'input': 'hi'}).encode()\n"
        "    r = u.Request(url + '/responses', body, {'content-type': 'application/json'})\n"
        "    assert u.urlopen(r).status == 200\n"
        "    print([m for m in ('antiphon.judge', 'pytest', 'jsonschema', 'hypothesis', 'rich') if m in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.stdout.strip() == "[]", done.stderr
