"""The truth table of parameters: what the reference server does right, and what a fault makes of it."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from antiphon.contract.depth import Depth
from antiphon.contract.parameters import parameters
from antiphon.contract.triggers import triggers
from antiphon.effects import Effects
from antiphon.effects.levers import LEVERS
from antiphon.effects.table import REFUSALS
from antiphon.pytest_plugin.suite_runner import run_suite
from antiphon.recording.exchange import Chunk, Exchange, Request, Response
from antiphon.run.options import RunOptions
from antiphon.server.faults import catalogue

RIGHT = {
    "background", "conversation", "include", "input", "instructions", "max_output_tokens", "metadata", "model",
    "parallel_tool_calls", "previous_response_id", "reasoning", "store", "stream", "stream_options", "text",
    "tool_choice", "tools", "top_logprobs",
}  # fmt: skip
RIGHT_IN_CHAT = {
    "messages", "model", "logprobs", "max_completion_tokens", "max_tokens", "metadata", "n", "parallel_tool_calls",
    "response_format", "stop", "store", "stream", "stream_options", "tool_choice", "tools", "top_logprobs",
}  # fmt: skip
FAULTS = (
    ("chain-empty", "responses", "previous_response_id", "echoed"),
    ("choice-ignored", "responses", "tool_choice", "echoed"),
    ("format-ignored", "responses", "text", "echoed"),
    ("limit-overrun", "responses", "max_output_tokens", "echoed"),
    ("parallel-ignored", "responses", "parallel_tool_calls", "echoed"),
    ("unstored-kept", "responses", "store", "echoed"),
    ("instructions-unread", "responses", "instructions", "echoed"),
    ("background-blocks", "responses", "background", "echoed"),
    ("chat-format-ignored", "chat", "response_format", "ignored"),
    ("chat-stop-ignored", "chat", "stop", "ignored"),
    ("chat-limit-overrun", "chat", "max_completion_tokens", "ignored"),
)
LEVERS_OF_SEVERAL = {"tokens", "pairs", "kept", "grows", "padding"}


@cache
def table(*faults: str) -> dict[tuple[str, str], dict[str, Any]]:
    """The rows of a run, by surface and name; under faults, of what shows them."""
    shown = {each for name in faults for each in catalogue()[name].breaks} | ({"store"} if faults else set())
    session = run_suite(RunOptions(depth=Depth.THOROUGH, faults=faults, select=tuple(sorted(shown))))
    rows = session.findings.effects.tables(session.endings, {})["parameters"]
    return {(row["surface"], row["name"]): row for row in rows}


def effective(surface: str) -> set[str]:
    return {name for (where, name), row in table().items() if where == surface and row["verdict"] == "effective"}


def test_the_reference_server_obeys_what_can_be_shown() -> None:
    assert effective("responses") >= RIGHT
    assert effective("chat") >= RIGHT_IN_CHAT


def test_nothing_is_ignored_by_the_reference_server() -> None:
    assert [key for key, row in table().items() if row["verdict"] in ("ignored", "refused")] == []


def test_what_only_a_model_could_show_is_echoed_at_most() -> None:
    assert {table()["responses", name]["verdict"] for name in ("temperature", "top_p", "user")} == {"echoed"}


def test_a_verdict_names_its_exchanges() -> None:
    shown = [row for row in table().values() if row["verdict"] != "unknown"]

    assert shown
    assert all(1 <= len(row["evidence"]) <= 3 for row in shown)


@pytest.mark.long
@pytest.mark.parametrize(("fault", "surface", "name", "verdict"), FAULTS, ids=lambda each: str(each))
def test_a_fault_changes_the_row_of_its_parameter(fault: str, surface: str, name: str, verdict: str) -> None:
    assert table()[surface, name]["verdict"] == "effective"
    assert table(fault)[surface, name]["verdict"] == verdict


def test_every_invalid_value_of_the_reference_server_is_refused() -> None:
    rows = [each for row in table().values() for each in row["invalid"]]

    assert {each["verdict"] for each in rows} == {"refused", "unknown"}
    assert len([each for each in rows if each["verdict"] == "refused"]) > 80
    assert all(each["status"].startswith("4") and each["type"] for each in rows if each["verdict"] == "refused")


def test_a_value_that_is_taken_is_shown_as_accepted() -> None:
    (trigger,) = [each for each in triggers() if each.id == "temperature-above"]
    rows = rows_of(answer("refused[temperature-above]/1", 200, b'{"object":"response"}', temperature=2.1))
    row = next(each for each in rows["temperature"]["invalid"] if each["trigger"] == trigger.id)

    assert (row["verdict"], row["status"], row["value"]) == ("accepted", "200", "2.1")


@pytest.mark.parametrize(
    ("status", "body", "verdict"),
    [
        (400, b'{"error":{"message":"no","type":"t","code":"c","param":"temperature"}}', "refused"),
        (400, b"no", "wrong-refusal"),
        (500, b'{"error":{"message":"no","type":"t","code":null,"param":null}}', "wrong-refusal"),
        (200, b"{}", "accepted"),
    ],
)
def test_a_refusal_is_proper_or_not(status: int, body: bytes, verdict: str) -> None:
    valid = answer("plain/1", 200, b'{"object":"response","status":"completed","output":[]}')
    rows = rows_of(valid, answer("refused[temperature-above]/1", status, body, temperature=2.1))
    row = next(each for each in rows["temperature"]["invalid"] if each["trigger"] == "temperature-above")

    assert (row["verdict"], row["status"]) == (verdict, str(status))


def test_a_parameter_that_a_refusal_names_is_refused() -> None:
    body = b'{"error":{"message":"no","type":"t","code":"unsupported_parameter","param":"top_p"}}'

    assert rows_of(answer("low/1", 400, body, top_p=0.5))["top_p"]["verdict"] == "refused"


def test_a_reply_that_shows_another_value_ignores_the_parameter() -> None:
    rows = rows_of(answer("low/1", 200, b'{"object":"response","status":"completed","top_p":1}', top_p=0.5))

    assert rows["top_p"]["verdict"] == "ignored"
    assert rows["temperature"]["verdict"] == "unknown"


def test_what_a_reply_leaves_out_shows_nothing() -> None:
    rows = rows_of(answer("low/1", 200, b'{"object":"response","status":"completed"}', top_p=0.5))

    assert rows["top_p"]["verdict"] == "unknown"


def test_the_default_value_shows_nothing() -> None:
    rows = rows_of(answer("low/1", 200, b'{"object":"response","status":"completed","top_p":1}', top_p=1))

    assert rows["top_p"]["verdict"] == "unknown"


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"output":5,"usage":[]}', b'{"choices":[1]}', b"\xff"])
def test_no_reply_makes_it_stumble(body: bytes) -> None:
    sent = {each.name: value for each in parameters()["create"] for value in (True,)}

    assert rows_of(answer("odd/1", 200, body, **sent), answer("odd/2", 200, body, **{key: [{}] for key in sent}))


def test_every_lever_of_the_contract_is_known() -> None:
    named = {lever for each in parameters().values() for one in each for lever in one.levers}
    plain = {lever for lever in named if not lever.startswith(REFUSALS)}

    assert plain == set(LEVERS) | LEVERS_OF_SEVERAL
    assert {lever.removeprefix(REFUSALS) for lever in named - plain} <= {each.id for each in triggers()}


def rows_of(*exchanges: Exchange) -> dict[str, dict[str, Any]]:
    """The rows of Responses after these exchanges, by name."""
    from antiphon.contract.load import contract

    truth = Effects(contract())
    for exchange in exchanges:
        truth.see(exchange)
    return {row["name"]: row for row in truth.tables((), {})["parameters"] if row["surface"] == "responses"}


def answer(id: str, status: int, body: bytes, **sent: Any) -> Exchange:
    """A create and its reply."""
    request = Request("POST", "/responses", body={"model": "m", "input": "hi", **sent})
    response = Response(status, (("content-type", "application/json"),), (Chunk(0.1, body),))
    return Exchange(id, request, response, scenario=id.rpartition("/")[0])
