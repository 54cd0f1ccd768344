"""A server that refuses one documented part of a create fails by that part's name, in its own words, in few calls."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.whole.answering import Answer, answering, in_json, passing

from antiphon.exercise.target import Target
from antiphon.judge.verdict import Verdict, judgement
from antiphon.pytest_plugin.suite_runner import run_suite
from antiphon.run.options import RunOptions
from antiphon.run.session import Session
from antiphon.server import ServerSettings, background_server

Body = dict[str, Any]
MOST_MORE = 22
"""Calls that finding one refused part may cost, beside those that a right server costs."""


def error(message: str, **more: Any) -> Body:
    return {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": None, **more}}


def named_choice(body: Body) -> Answer | None:
    choice = body.get("tool_choice")
    named = isinstance(choice, dict) and choice.get("type") == "function"
    return in_json(400, error("tool_choice must be a string.", code="unsupported_value")) if named else None


def metadata(body: Body) -> Answer | None:
    return in_json(422, {"detail": "extra fields not permitted"}) if body.get("metadata") else None


def null(body: Body) -> Answer | None:
    names = [name for name, value in body.items() if value is None]
    return in_json(400, error(f"{names[0]} may not be null.")) if names else None


def serial_calls(body: Body) -> Answer | None:
    return in_json(500, error("Internal error.")) if body.get("parallel_tool_calls") is False else None


def bare_function(body: Body) -> Answer | None:
    bare = any(tool.get("type") == "function" and "parameters" not in tool for tool in body.get("tools") or [])
    return in_json(400, error("tools[0].parameters: Field required")) if bare else None


def untyped_assistant(body: Body) -> Answer | None:
    items = body["input"] if isinstance(body.get("input"), list) else []
    bad = any(each.get("role") == "assistant" and "type" not in each for each in items if isinstance(each, dict))
    return in_json(400, error("Invalid input item.")) if bad else None


def all_tools(body: Body) -> Answer | None:
    return in_json(400, error("tools are not supported.", param="tools")) if body.get("tools") else None


def bent(refuse: Callable[[Body], Answer | None], *select: str) -> Session:
    """A run against the reference server, before which one kind of create is refused."""
    with background_server(ServerSettings()) as url:

        def answer(method: str, path: str, sent: bytes) -> Answer | None:
            try:
                body = json.loads(sent) if sent else None
            except ValueError:
                body = None
            creates = method == "POST" and path == "/v1/responses" and isinstance(body, dict)
            refused = refuse(body) if creates and isinstance(body, dict) else None
            return refused or passing(url, method, path, sent)

        with answering(answer) as address:
            return run_suite(RunOptions(target=Target(address, model="antiphon-1"), select=select))


def verdicts(session: Session) -> dict[str, Verdict]:
    book, entries = session.contract, session.findings.ledger.entries
    return {name: judgement(entries.get(name), book.level(name))[0] for name in book.requirements}


def broken(session: Session) -> list[str]:
    return sorted(name for name, verdict in verdicts(session).items() if verdict in (Verdict.FAIL, Verdict.WARN))


@pytest.mark.parametrize(
    ("refuse", "requirement", "words"),
    [
        (named_choice, "create.accepts.tool-choice-named", "400: tool_choice must be a string."),
        (metadata, "create.accepts.metadata", '422: {"detail": "extra fields not permitted"}'),
        (serial_calls, "create.accepts.parallel-off", "500: Internal error."),
        (bare_function, "create.tool-without-strict", "400: tools[0].parameters: Field required"),
        (untyped_assistant, "create.accepts.untyped-assistant-message", "400: Invalid input item."),
    ],
)
def test_a_refused_part_fails_alone(
    refuse: Callable[[Body], Answer | None], requirement: str, words: str, right: Session
) -> None:
    session = bent(refuse, "create", "tools")
    entry = session.findings.judge.ledger.entries[requirement]

    assert [name for name in broken(session) if name != "create.never-500"] == [requirement]
    assert entry.places[0].got == words
    assert sum(map(is_ours, session.exchanges)) <= sum(map(is_ours, right.exchanges)) + MOST_MORE


def is_ours(id: str) -> bool:
    return id.startswith("taken_together/")


@pytest.fixture(scope="module")
def right() -> Session:
    return bent(lambda body: None, "create", "tools")


def test_a_right_server_takes_every_part_in_few_calls(right: Session) -> None:
    assert broken(right) == []
    assert sum(map(is_ours, right.exchanges)) == 7


def test_null_that_is_refused_fails_by_a_field() -> None:
    session = bent(null, "create.null-is-absent", "create.accepts")
    (first, *_) = session.findings.judge.ledger.entries["create.null-is-absent"].places

    assert broken(session) == ["create.accepts.rare-nulls", "create.null-is-absent"]
    assert first.expected == '{"include": null} is taken'
    assert first.got == "400: include may not be null."


def test_tools_that_are_refused_altogether_are_declined() -> None:
    session = bent(all_tools, "create.accepts", "create.tool-without-strict")

    assert broken(session) == []
    assert verdicts(session)["create.accepts.tool-choice-named"] in (Verdict.NOT_APPLICABLE, Verdict.NOT_TESTABLE)


def test_a_part_is_not_blamed_where_nothing_is_taken() -> None:
    session = bent(lambda body: in_json(500, error("out of memory")), "create.accepts")
    reasons = session.findings.judge.ledger.entries["create.accepts.instructions"].untestable

    assert broken(session) == []
    assert list(reasons) == ["the create without it is refused too: 500: out of memory"]
