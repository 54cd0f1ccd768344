"""Scenarios of a capability that a target declines are not played on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.whole.answering import ERROR, Answer, answering, in_json, passing

from antiphon.contract.depth import Depth
from antiphon.contract.load import contract
from antiphon.exercise.declined_capabilities import ENOUGH, DeclinedCapabilities
from antiphon.exercise.limits import Limits
from antiphon.exercise.scenario import Scenario
from antiphon.exercise.target import Target
from antiphon.pytest_plugin.suite_runner import run_suite
from antiphon.recording.exchange import Exchange, Request, Response
from antiphon.recording.records import ScenarioEnd
from antiphon.run.live import result_of
from antiphon.run.options import RunOptions
from antiphon.server import ServerSettings, background_server


async def nothing() -> None:
    """Makes no exchange."""


NEXT = Scenario("next", nothing, frozenset({"tools", "compact"}))


def exchange(path: str, status: int, body: object = None) -> Exchange:
    return Exchange("made/1", Request("POST", path, body=body), Response(status, (), ()))


def end(capability: str) -> ScenarioEnd:
    return ScenarioEnd("made", "declined", "it is refused", capability, "made/1")


def test_a_route_that_is_not_there_declines_at_the_first_sign() -> None:
    declined = DeclinedCapabilities(contract().edition)
    declined.see(exchange("/responses/compact", 404))
    assert declined.ending_of(NEXT) is None
    declined.add(end("compact"))

    assert declined.ending_of(NEXT) == ScenarioEnd("next", "declined", "it is refused", "compact", "made/1")


@pytest.mark.parametrize(
    ("refusals", "kept", "stops"), [(1, False, False), (ENOUGH, False, True), (ENOUGH, True, False)]
)
def test_a_refused_parameter_declines_after_several_scenarios_of_which_none_shows_it(
    refusals: int, kept: bool, stops: bool
) -> None:
    declined = DeclinedCapabilities(contract().edition)
    for _ in range(refusals):
        declined.add(end("tools"))
    if kept:
        declined.see(exchange("/responses", 200, {"tools": [{"type": "function"}]}))

    assert (declined.ending_of(NEXT) is not None) is stops


@pytest.fixture
def without_conversations() -> Iterator[tuple[str, list[str]]]:
    """Address of a server without conversations, and the paths that were requested of it."""
    paths: list[str] = []

    def answer(method: str, path: str, sent: bytes) -> Answer:
        paths.append(path)
        return in_json(404, ERROR) if "/conversations" in path else passing(upstream, method, path, sent)

    with background_server(ServerSettings()) as upstream, answering(answer) as url:
        yield url, paths


def test_a_thorough_run_spends_no_calls_on_what_was_declined(
    without_conversations: tuple[str, list[str]], tmp_path: Path
) -> None:
    url, paths = without_conversations
    target = Target(url, model="antiphon-1", limits=Limits(concurrency=1))
    session = run_suite(RunOptions(target, folder=tmp_path, depth=Depth.THOROUGH, select=("conversations",)))
    result = result_of(session)

    declined = [each for each in session.endings if each.outcome == "declined"]
    assert len(declined) > 10
    assert sum("/conversations" in each for each in paths) <= 6
    assert result["capabilities"]["conversations"]["state"] == "declined"
    assert result["totals"]["fail"] == 0
