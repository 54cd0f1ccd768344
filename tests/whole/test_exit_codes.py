"""What must never end with exit code 0: a wrong address, nothing judged, no create that works, a server that dies."""

from __future__ import annotations

import itertools
import json
import time
from pathlib import Path
from typing import Any

import pytest
from tests.whole.answering import ERROR, Answer, answering, in_json, passing

from antiphon.cli import main
from antiphon.contract.depth import Depth
from antiphon.exercise.auth_failure import LOCKED_OUT, Lockout, auth_failure
from antiphon.exercise.target import Target
from antiphon.pytest_plugin.suite_runner import run_suite
from antiphon.recording.exchange import Chunk, Exchange, Request, Response
from antiphon.run.options import RunOptions
from antiphon.server import ServerSettings, background_server

KEY = "sk-right-key-of-the-test"
PAGE: Answer = (200, {"Content-Type": "text/html"}, b"<html>Welcome</html>")


@pytest.fixture(autouse=True)
def no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)


def run(capsys: pytest.CaptureFixture[str], folder: Path, base_url: str, *words: str) -> tuple[int, str, str]:
    """Exit code, output and errors of a run."""
    capsys.readouterr()
    depth = [] if "--thorough" in words else ["--depth", "standard"]
    arguments = ["run", "--base-url", base_url, "--model", "antiphon-1", "--report-dir", str(folder), *depth]
    with pytest.raises(SystemExit) as ended:
        main([*arguments, *words])
    out, err = capsys.readouterr()
    return int(ended.value.code or 0), out, err


def result_in(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    return found


def broken(result: dict[str, Any]) -> list[str]:
    return [each["id"] for each in result["requirements"] if each["verdict"] in ("fail", "warn", "error")]


def test_a_base_url_without_its_path_on_a_server_that_checks_keys(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with background_server(ServerSettings(api_key=KEY)) as url:
        code, _, err = run(capsys, tmp_path, url.removesuffix("/v1"))

    assert code == 2
    assert "has nothing at any requested path (404)" in err
    assert "mostly ends in /v1" in err


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (in_json(404, {"detail": "Not Found"}), "has nothing at any requested path"),
        (in_json(405, ERROR), "has nothing at any requested path"),
        ((501, PAGE[1], PAGE[2]), "answers with web pages (501, text/html)"),
        (PAGE, "answers with web pages (200, text/html)"),
        (in_json(307, {}, Location="https://elsewhere.example/v1/responses"), "to https://elsewhere.example/v1/"),
        (in_json(302, {}), "302 without a Location"),
    ],
)
def test_a_wrong_address_is_a_mistake_of_the_configuration(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, answer: Answer, says: str
) -> None:
    with answering(lambda *_: answer) as url:
        code, _, err = run(capsys, tmp_path, url, "--profile", "core")

    assert code == 2
    assert says in err
    assert len(err.strip().splitlines()[-1:]) == 1


@pytest.mark.parametrize(
    ("status", "body", "says"),
    [
        (501, {}, "core is unknown (every create fails: create is answered with 501"),
        (500, ERROR, "core is unknown (no create is answered"),
        (503, {}, "core is unknown (no create is answered"),
        (400, ERROR, "core is unknown (every plain create is refused"),
        (307, {}, "core is unknown"),
    ],
)
def test_a_server_whose_creates_all_fail_is_broken(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, status: int, body: Any, says: str
) -> None:
    chat = in_json(200, {"id": "chatcmpl-1", "object": "chat.completion", "choices": []})
    with answering(lambda _, path, __: chat if "/chat/" in path else in_json(status, body)) as url:
        code, out, _ = run(capsys, tmp_path, url, "-k", "chat", "-k", "create.text-input", "--surface", "both")

    assert code == 1
    assert f"no server may lack it: {says}" in out


def test_a_server_whose_responses_all_end_as_failed_is_broken(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    failed = in_json(200, {"id": "resp_1", "object": "response", "status": "failed", "output": []})
    with answering(lambda *_: failed) as url:
        code, out, _ = run(capsys, tmp_path, url, "-k", "create.text-input")

    assert code == 1
    assert "no server may lack it: core is unknown (no create is answered" in out


def test_nothing_judged_is_no_pass(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    def without_compact(method: str, path: str, sent: bytes) -> Answer:
        return in_json(404, {"detail": "Not Found"}) if "compact" in path else passing(upstream, method, path, sent)

    with background_server(ServerSettings()) as upstream, answering(without_compact) as url:
        code, out, _ = run(capsys, tmp_path, url, "-k", "compact.output-is-input", "--thorough")
        gated, _, _ = run(capsys, tmp_path, url, "-k", "compact.output-is-input", "--fail-on", "should")

    assert (code, gated) == (2, 2)
    assert "Nothing was judged, so this is no pass: no compact: compact is answered with 404" in out


def test_what_is_excluded_decides_nothing(tmp_path: Path) -> None:
    arguments = ["run", "--fault", "usage-total-wrong", "-k", "usage", "--depth", "core", "--report-dir", str(tmp_path)]
    for words, code in (([], 1), (["--exclude", "usage.total"], 0)):
        with pytest.raises(SystemExit) as ended:
            main([*arguments, *words])
        assert int(ended.value.code or 0) == code

    assert result_in(tmp_path)["filter"] == "-k usage --exclude usage.total"


def test_a_part_in_which_nothing_is_judged_is_one_of_several(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with background_server(ServerSettings()) as url:
        code, _, _ = run(capsys, tmp_path, url, "-k", "create.text-input", "--shard", "2/2")

    assert code == 0


@pytest.mark.parametrize(("lives", "code"), [(1, 3), (40, 1)])
def test_a_server_that_dies_is_one_finding(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, lives: int, code: int
) -> None:
    count = itertools.count()

    def mortal(method: str, path: str, sent: bytes) -> Answer | None:
        return passing(upstream, method, path, sent) if next(count) < lives else None

    with background_server(ServerSettings()) as upstream, answering(mortal) as url:
        found = run(capsys, tmp_path, url, "-k", "cancel", "-k", "chain", "-k", "create", "-k", "errors.trigger")
    result = result_in(tmp_path)

    assert found[0] == code
    assert "No answer came to" in found[1]
    assert broken(result) == []
    assert bool(result["exercised"]["judged"]) == (code == 1)
    assert not any(profile["holds"] for profile in result["profiles"].values())
    failing = {each["state"] for each in result["capabilities"].values() if each["evidence"]}
    assert failing <= {"kept", "declined"}


def test_doctor_names_where_it_is_redirected_to(capsys: pytest.CaptureFixture[str]) -> None:
    moved = in_json(308, {}, Location="https://elsewhere.example/v1/responses")
    with answering(lambda *_: moved) as url, pytest.raises(SystemExit) as ended:
        main(["doctor", "--base-url", url, "--free"])

    assert ended.value.code == 1
    assert "is redirected: 308 to https://elsewhere.example/v1/responses" in capsys.readouterr().out


def refusal(path: str, status: int, body: Any, method: str = "POST", sent: Any = None) -> Exchange:
    response = Response(status, (("content-type", "application/json"),), (Chunk(0.1, json.dumps(body).encode()),))
    return Exchange("made/1", Request(method, path, body=sent), response)


@pytest.mark.parametrize(
    "exchange",
    [
        refusal("/responses/resp_000", 404, ERROR, "GET"),
        refusal("/responses", 404, {"error": {"message": "no such response", "param": "previous_response_id"}}),
        refusal("/responses", 500, ERROR),
        refusal("/responses", 401, ERROR),
    ],
)
def test_what_an_unknown_id_or_a_fault_is_answered_with_is_no_wrong_address(exchange: Exchange) -> None:
    said = auth_failure([exchange], Target("http://127.0.0.1:9/v1"))

    assert "path that was asked for" not in said
    assert "web pages" not in said


@pytest.mark.parametrize(("method", "path"), [("GET", "/responses"), ("OPTIONS", "/responses")])
def test_a_socket_without_a_route_is_no_refused_key(method: str, path: str) -> None:
    lockout = Lockout()
    refused = [refusal(path, 403, ERROR, method)] * (LOCKED_OUT + 1)
    for each in refused:
        lockout.add(each)

    assert not lockout.is_certain
    assert auth_failure(refused, Target("http://127.0.0.1:9/v1")) == ""


def test_a_refusal_without_a_key_names_the_option_where_no_variable_is_known() -> None:
    said = auth_failure([refusal("/responses", 403, ERROR)] * 3, Target("http://127.0.0.1:9/v1", api_key_env=""))

    assert said.endswith("refuses calls without a key (403); name a variable with one by --api-key-env.")


def test_a_server_whose_sockets_are_refused_first_is_judged(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    refused: list[str] = []

    def without_sockets(method: str, path: str, sent: bytes) -> Answer:
        if (method, path) == ("GET", "/v1/responses"):
            refused.append(path)
            return in_json(403, {})
        while len(refused) < LOCKED_OUT and time.monotonic() < patience:
            time.sleep(0.01)
        return passing(upstream, method, path, sent)

    patience = time.monotonic() + 30
    with background_server(ServerSettings()) as upstream, answering(without_sockets) as url:
        code, _, err = run(capsys, tmp_path, url, "-k", "websocket", "-k", "create.text-input", "--thorough")

    assert len(refused) >= LOCKED_OUT
    assert (code, err) == (0, "")


def test_an_error_behind_a_gateway_that_names_the_model_is_no_unknown_model() -> None:
    target = Target("http://127.0.0.1:9/v1", model="fake-model")
    behind = {"error": {"message": "InternalServerError: Connection error. Received Model Group=fake-model"}}
    unknown = {"error": {"message": "The model 'fake-model' does not exist", "code": "model_not_found"}}
    failing, refusing = (
        refusal("/responses", status, body, sent={"model": "fake-model", "input": "hi"})
        for status, body in ((500, behind), (404, unknown))
    )

    assert auth_failure([failing] * 3, target) == ""
    assert "does not know the model 'fake-model' (404)" in auth_failure([refusing] * 3, target)


@pytest.mark.parametrize("odd", ["x" * 100_000, "\ud800", "\n", "../../"], ids=["long", "surrogate", "newline", "dots"])
def test_an_id_that_no_request_can_hold_is_a_finding(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, odd: str
) -> None:
    def with_odd_ids(method: str, path: str, sent: bytes) -> Answer:
        status, headers, body = passing(upstream, method, path, sent)
        return status, headers, body.replace(b'"id":"resp_', b'"id":' + json.dumps(odd).encode()[:-1] + b"resp_")

    with background_server(ServerSettings()) as upstream, answering(with_odd_ids) as url:
        code, out, err = run(capsys, tmp_path, url, "-k", "store", "-k", "chain", "-k", "cancel")
    result = result_in(tmp_path)

    assert code == 1
    assert err == ""
    assert [each for each in result["requirements"] if each["verdict"] == "error"] == []
    assert ("No answer came to" in out) == (odd in ("x" * 100_000, "\ud800"))


def test_a_tenant_leak_is_reported_of_a_server_that_does_not_delete(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def without_delete(method: str, path: str, sent: bytes) -> Answer:
        return in_json(405, ERROR) if method == "DELETE" else passing(upstream, method, path, sent)

    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("SECOND_KEY", KEY + "-of-another")
    with (
        background_server(ServerSettings()) as upstream,
        answering(without_delete) as url,
    ):  # it takes any key, and finds all with each
        words = ("-k", "store.foreign-ids-hidden", "-k", "store.foreign-ids-kept", "--thorough")
        code, _, _ = run(capsys, tmp_path, url, *words, "--second-api-key-env", "SECOND_KEY")
    verdicts = {each["id"]: each["verdict"] for each in result_in(tmp_path)["requirements"]}

    assert code == 1
    assert verdicts["store.foreign-ids-hidden"] == "fail"
    assert verdicts["store.foreign-ids-kept"] == "not-testable"


def test_webhooks_without_an_address_are_not_asked_for(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with background_server(ServerSettings()) as url:
        _, out, _ = run(capsys, tmp_path, url, "--profile", "full", "--max-calls", "1")
    full = result_in(tmp_path)["profiles"]["full"]

    assert full["holds"] is None
    assert "not asked: webhooks" in out
    assert full["not_asked"] == ["webhooks"]
    assert "webhooks" not in [*full["missing"], *full["unjudged"]]


def test_what_a_run_compacts_declines_nothing(tmp_path: Path) -> None:
    session = run_suite(RunOptions(folder=tmp_path, depth=Depth.THOROUGH, select=("compact", "store")))

    assert [each for each in session.endings if each.outcome == "declined"] == []
