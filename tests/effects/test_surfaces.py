"""One surface of two: by choice, and because the server has no more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from antiphon.errors import ConfigError, Exit
from antiphon.exercise.target import Target
from antiphon.pytest_plugin.suite_runner import run_suite
from antiphon.report.result import build, exit_code
from antiphon.report.result_model import Result
from antiphon.run.live import run_facts
from antiphon.run.options import RunOptions
from antiphon.run.session import Session
from antiphon.server.app import runtime
from antiphon.server.app.application import create_app

UNKNOWN_ROUTES = {"antiphon-webhooks", "no-such-path-of-antiphon"}
"""What no server has, asked on either surface."""


def paths(session: Session) -> set[str]:
    """The first parts of the paths that were asked."""
    return {each.request.path.split("/")[1] for each in session.exchanges.values() if each.request}


def result(session: Session) -> Result:
    return build(session.contract, session.findings.ledger, run_facts(session, "run"), session.exchanges)


@pytest.fixture
def served(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A server on which all paths are missing but those that begin with one."""
    kept = f"/v1/{request.param}"

    def partly(settings: Any) -> Any:
        app = create_app(settings)

        async def only(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] == "http" and not scope["path"].startswith(kept):
                head = {"status": 404, "headers": [(b"content-type", b"application/json")]}
                await send({"type": "http.response.start", **head})
                await send({"type": "http.response.body", "body": b'{"detail":"Not Found"}'})
            else:
                await app(scope, receive, send)

        return only

    monkeypatch.setattr(runtime, "create_app", partly)
    with runtime.background_server() as url:
        yield url


@pytest.mark.parametrize(("surface", "asked"), [("chat", {"chat"}), ("responses", {"responses", "conversations"})])
def test_one_surface_alone_is_asked(surface: str, asked: set[str]) -> None:
    session = run_suite(RunOptions(surface=surface))
    made = result(session)

    assert paths(session) - {"models", *UNKNOWN_ROUTES} <= asked
    assert (made["filtered"], made["filter"]) == (True, f"--surface {surface}")
    assert made["totals"]["fail"] == 0
    assert made["totals"]["pass"] > 20


def test_an_unknown_surface_is_a_usage_error() -> None:
    with pytest.raises(ConfigError, match="chat"):
        RunOptions(surface="chatt")


@pytest.mark.parametrize("served", ["chat"], indirect=True)
def test_a_server_with_chat_alone_is_judged_by_that(served: str) -> None:
    made = result(run_suite(RunOptions(target=Target(served, model="antiphon-1"))))
    broken = [each["id"] for each in made["requirements"] if each["verdict"] in ("fail", "warn", "error")]

    assert broken == ["errors.unknown-route"]  # its 404 says "detail"
    assert exit_code(made) is Exit.BROKEN
    assert made["capabilities"]["core"]["state"] == "unknown"
    assert made["capabilities"]["chat"]["state"] == "kept"
    assert made["profiles"]["core"]["missing"] == ["core"]
    assert made["profiles"]["chat"]["holds"] is True
    assert {row["surface"] for row in made["parameters"] if row["verdict"] != "unknown"} == {"chat"}


@pytest.mark.parametrize("served", ["chat"], indirect=True)
def test_a_server_with_chat_alone_holds_where_chat_alone_is_asked_for(served: str) -> None:
    made = result(run_suite(RunOptions(target=Target(served, model="antiphon-1"), surface="chat")))

    assert exit_code(made) is Exit.HOLDS


@pytest.mark.parametrize("served", ["nothing-at-all"], indirect=True)
def test_a_server_with_nothing_is_a_wrong_address(served: str) -> None:
    with pytest.raises(ConfigError, match="base URL"):
        run_suite(RunOptions(target=Target(served, model="antiphon-1")))
