"""Generated requests: a seed gives the same ones again, and what they find is small and told with its way back."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from antiphon.contract.load import edition_ids
from antiphon.errors import ConfigError
from antiphon.exercise.target import Target
from antiphon.generated.operations import fits, operations
from antiphon.generated.options import GenerationOptions
from antiphon.generated.requests import examples, generate_requests
from antiphon.generated.rules import is_unanswered
from antiphon.pytest_plugin.suite_runner import run_suite
from antiphon.recording.exchange import Exchange, Failure, Request
from antiphon.report.result_model import Result, ResultRequirement
from antiphon.run.live import result_of
from antiphon.run.options import RunOptions

EDITION = "openai-2026-08"
CREATE = operations(EDITION)["create"]


def played(*faults: str, asked: GenerationOptions, select: tuple[str, ...] = ("properties",)) -> Result:
    return result_of(run_suite(RunOptions(properties=asked, select=select, faults=faults)))


def verdict(result: Result, requirement: str) -> ResultRequirement:
    return next(each for each in result["requirements"] if each["id"] == requirement)


@pytest.mark.parametrize("edition", sorted(edition_ids()))
def test_every_operation_gives_requests_of_both_kinds(edition: str) -> None:
    for name, operation in operations(edition).items():
        for valid in (True, False) if operation.can_be_wrong else (True,):
            drawn = examples(generate_requests(edition, name, valid, "some-model"), 2, 1)

            assert drawn, (name, valid)
            assert all(fits(edition, operation, each, strict=valid) is valid for each in drawn)


def test_a_seed_gives_the_same_requests_again() -> None:
    first, again, other = (
        examples(generate_requests(EDITION, "chat.create", False, "m"), 8, seed) for seed in (5, 5, 6)
    )

    assert first == again
    assert first != other


def test_what_was_drawn_before_changes_no_seed() -> None:
    def drawn(before: str) -> str:
        code = f"""
from antiphon.generated.requests import examples, generate_requests
{before}
print(examples(generate_requests({EDITION!r}, "chat.create", True, "m"), 8, 5))
"""
        return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    other = """
from hypothesis import find, strategies
from hypothesis.internal.conjecture import providers
providers._get_local_constants = lambda: providers.Constants(integers={77_777}, strings={"of a module"})
try:
    find(strategies.tuples(strategies.text(), strategies.integers()), lambda drawn: False)
except Exception:
    pass
"""
    assert drawn(other) == drawn("") != ""


def test_what_is_generated_costs_little_and_reaches_no_one() -> None:
    drawn = examples(generate_requests(EDITION, "create", True, "the-model"), 60, 3)

    assert len(drawn) > 20
    assert {each.body["model"] for each in drawn} == {"the-model"}
    assert {each.body["max_output_tokens"] for each in drawn} == {16}
    assert not [
        each for each in drawn if '_url": "http' in json.dumps(each.body).replace("https://antiphon.invalid", "")
    ]


@pytest.mark.parametrize(
    ("body", "strict", "loose"),
    [
        ({"input": "hi"}, True, True),
        ({"input": 5}, False, False),
        ({"temperature": 3}, False, False),
        ({"bogus": 1}, False, False),
        ({"model": None}, False, True),
        ({"input": [{"type": "file_search_call", "queries": []}]}, False, True),
        ({"input": [{"type": "no-such-item"}]}, False, False),
        ([], False, False),
    ],
)
def test_only_what_no_service_may_take_counts_as_invalid(body: Any, strict: bool, loose: bool) -> None:
    request = Request("POST", "/responses", body=body)

    assert fits(EDITION, CREATE, request) is strict
    assert fits(EDITION, CREATE, request, strict=False) is loose


@pytest.mark.parametrize(
    ("name", "value", "taken"),
    [("limit", "5", True), ("limit", "0", False), ("limit", "x", False), ("order", "asc", True),
     ("order", "up", False), ("include", "reasoning.encrypted_content", True), ("include", "", False)],
)  # fmt: skip
def test_a_query_is_read_as_text(name: str, value: str, taken: bool) -> None:
    operation = operations(EDITION)["input_items"]

    assert fits(EDITION, operation, Request("GET", "/responses/x/input_items", ((name, value),))) is taken


def test_the_reference_server_holds() -> None:
    result = played(asked=GenerationOptions(4, 21))

    assert [each["id"] for each in result["requirements"] if each["verdict"] in ("fail", "warn", "error")] == []
    assert verdict(result, "properties.answered")["judged"] > 30
    assert all(verdict(result, f"properties.{each}")["verdict"] == "pass"
               for each in ("invalid-refused", "valid-documented", "existence", "order", "status"))  # fmt: skip


def test_a_breach_is_shrunk_and_says_how_to_find_it_again() -> None:
    asked = GenerationOptions(6, 0)
    result = played("conversation-update-empty", asked=asked, select=("properties.invalid-refused",))
    found = verdict(result, "properties.invalid-refused")
    (violation,) = found["violations"]

    assert found["verdict"] == "warn"
    assert violation["expected"] == "a refusal with a 4xx status"
    assert "--properties 6 --seed 0 -k properties.invalid-refused" in violation["message"]
    body = violation["curl"].partition("--data-raw ")[2]
    assert "/conversations" in violation["curl"]
    assert body == "'{}'"


def test_a_reply_that_does_not_end_is_found() -> None:
    result = played("odd-id-cut", asked=GenerationOptions(6, 0, shrinks=False), select=("properties.answered",))
    (first, *_) = verdict(result, "properties.answered")["violations"]

    assert verdict(result, "properties.answered")["verdict"] == "fail"
    assert first["got"].startswith(("protocol", "cut"))


class _Silent(BaseHTTPRequestHandler):
    """Says that it is there, and nothing else."""

    def do_POST(self) -> None:
        threading.Event().wait(20)

    def do_GET(self) -> None:
        if not self.path.endswith("/models"):
            threading.Event().wait(20)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Silent)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    server.server_close()


def test_a_server_that_hangs_is_a_finding_and_no_hang(silent: str) -> None:
    asked = GenerationOptions(2, 0, seconds=16, patience=6)  # longer than a busy machine stands still
    plan = RunOptions(
        Target(silent, retries=0), properties=asked, select=("properties.invalid-refused", "properties.answered")
    )
    result = result_of(run_suite(plan))
    found = verdict(result, "properties.answered")

    ended_early = "8 calls in a row got no answer" in found["reason"]
    assert found["verdict"] != "pass"
    # Where our own loop stood still for most of the time, which a busy machine brings about, no server is blamed.
    assert ended_early or all(each["got"].startswith("timeout-total") for each in found["violations"])


@pytest.mark.parametrize(
    ("kind", "lag", "found"),
    [
        ("timeout-total", 0.0, True),
        ("timeout-idle", 14.0, True),
        ("timeout-total", 16.0, False),
        ("protocol", 16.0, True),
    ],
)
def test_a_time_in_which_our_own_loop_stood_still_is_no_finding(kind: str, lag: float, found: bool) -> None:
    exchange = Exchange("a/1", None, None, elapsed=30.0, failure=Failure(kind, "No reply."), lag=lag)

    assert is_unanswered(exchange) is found


def test_a_recorded_run_is_judged_alike(tmp_path: Path) -> None:
    asked = GenerationOptions(6, 0, shrinks=False)
    live = run_suite(RunOptions(properties=asked, select=("properties",), faults=("odd-id-code",), folder=tmp_path))
    again = run_suite(RunOptions(transcripts=(tmp_path / "transcript.jsonl",), select=("properties",)))
    verdicts = [[(each["id"], each["verdict"], each["judged"]) for each in result_of(one)["requirements"]]
                for one in (live, again)]  # fmt: skip

    assert verdicts[0] == verdicts[1]
    assert ("properties.valid-documented", "warn") in [each[:2] for each in verdicts[0]]


@pytest.mark.parametrize("asked", [{"examples": -1}, {"examples": 10**6}, {"seed": -1}, {"seed": 2**32}])
def test_what_cannot_be_asked_is_said(asked: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=r"--(properties|seed) is"):
        GenerationOptions(**asked)


def test_nothing_heavy_is_imported_before_it_is_needed() -> None:
    heavy = "'schemathesis' in sys.modules, 'hypothesis' in sys.modules"
    code = f"import sys, antiphon.run.session, antiphon.cli.run; print({heavy})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=600)

    assert done.stdout.split() == ["False", "False"]
