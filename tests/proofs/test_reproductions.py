"""The printed command of each failing requirement of six faulty servers shows its fault, and of a right server none."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pytest
from tests.proofs import made_again

from antiphon.cli import main
from antiphon.contract.depth import Depth
from antiphon.contract.load import DEFAULT_EDITION
from antiphon.exercise.depth import depth_of
from antiphon.exercise.scenario import get_scenario
from antiphon.exercise.target import Target
from antiphon.judge.engine import Judge
from antiphon.judge.registry import Violation
from antiphon.pytest_plugin.plugin import TranscriptsByScenario
from antiphon.recording.exchange import Exchange
from antiphon.recording.transcript import by_scenario
from antiphon.report.files import load_result
from antiphon.report.reproduction.choice import command
from antiphon.report.result_model import ResultRequirement
from antiphon.run.live import result_of
from antiphon.run.options import RunOptions
from antiphon.run.session import Session
from antiphon.selftest.suite_tests import SuiteTest, collected_tests
from antiphon.server import ServerSettings, background_server

KEYS = {"OPENAI_API_KEY": "sk-one", "SECOND_API_KEY": "sk-two"}
FAULTY: Mapping[str, Sequence[str]] = {
    "state": ("read-differs", "delete-does-nothing", "chain-forgets", "foreign-readable", "metadata-lost-when-read"),
    "streams": ("sequence-gap", "text-delta-lost", "resume-inclusive", "usage-total-wrong", "ids-repeat"),
    "background": ("cancel-ignored", "cancel-foreground", "background-unsaid", "deleted-continues"),
    "refusals": ("unknown-read-is-400", "error-type-missing", "temperature-unchecked"),
    "lists": ("conversation-update-ignored", "page-skips-one", "limit-ignored", "order-ignored", "chat-update-ignored"),
    "tools": ("choice-ignored", "tools-unread", "format-ignored", "instructions-unread", "calls-share-call-id"),
}
STATEFUL = {"background", "cancel", "resume", "conversations", "input-items"}
"""Capabilities of which all is played; of the others, what a standard run plays, and these:"""
FURTHER = ("refused[temperature", "refused[unknown", "asked_by_another", "deleted", "continued", "tools_", "choice_")


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)


@contextmanager
def server(*faults: str) -> Iterator[str]:
    """The base URL of a reference server for two tenants."""
    settings = ServerSettings(faults=faults, api_key=KEYS["OPENAI_API_KEY"], api_keys=(KEYS["SECOND_API_KEY"],))
    with background_server(settings) as base_url:
        yield base_url


@cache
def suite_tests() -> tuple[list[SuiteTest], list[str]]:
    """The tests of the suites, and the scenarios that are played for them."""
    tests = [SuiteTest.of(item) for item in collected_tests(DEFAULT_EDITION)]
    names = sorted({name for test in tests for name in test.reads.values()})
    return tests, [name for name in names if is_played(name)]


def is_played(name: str) -> bool:
    """A scenario is one of those."""
    standard = depth_of(name) is not Depth.THOROUGH
    return standard or name.startswith(FURTHER) or not STATEFUL.isdisjoint(get_scenario(name).needs)


def play(base_url: str) -> Session:
    """A run, judged."""
    tests, names = suite_tests()
    target = Target(base_url, "antiphon-1", second_api_key_env="SECOND_API_KEY", clean_up=False)
    session = Session(RunOptions(target=target, depth=Depth.THOROUGH))
    session.play(names)
    transcripts = TranscriptsByScenario(session.transcripts)
    for test in tests:
        session.record(test.requirements, test.observe(session, transcripts))
    return session


@pytest.fixture(scope="module")
def right() -> Iterator[Session]:
    """A run against a server without faults, which goes on."""
    with pytest.MonkeyPatch.context() as patch, server() as base_url:
        for name, value in KEYS.items():
            patch.setenv(name, value)
        yield play(base_url)


@dataclass(frozen=True)
class Printed:
    """The command of a failing requirement, as a report has it."""

    requirement: ResultRequirement
    recorded: Session
    """The run that found it."""

    @property
    def name(self) -> str:
        """The id of the requirement."""
        return self.requirement["id"]

    @property
    def text(self) -> str:
        """What is printed."""
        return command(self.requirement["violations"][0])

    @property
    def exchange(self) -> str:
        """The exchange that is at fault, as the report names it."""
        return self.requirement["violations"][0]["exchange"]

    def shows_fault(self, at: Session, folder: Path) -> bool:
        """What it says and gets breaks the requirement in that exchange, on the server of a run."""
        assert self.recorded.target
        assert at.target
        old, new = self.recorded.target.base_url, at.target.base_url
        made_again.run(self.text.replace(old, new), folder, KEYS)
        steps = re.findall(r"^# (\S+/\d+)$", self.text, re.M) or [self.exchange]
        made = made_again.exchanges(folder, [self.recorded.exchanges[id] for id in steps], new)
        again = {each.id: each for each in made}
        found = [
            *wire_violations(at, self.name, again),
            *suite_violations(at, self.name, again),
        ]
        return self.exchange in {each.exchange for each in found}


def wire_violations(run: Session, requirement: str, made: Mapping[str, Exchange]) -> Sequence[Violation]:
    """What the checks find in the exchanges that were made again, and in no other."""
    judge = Judge(run.contract, lambda each: each == requirement)
    for exchange in made.values():
        judge.feed(exchange)
    return judge.finish()[requirement].places


def suite_violations(run: Session, requirement: str, made: Mapping[str, Exchange]) -> Iterator[Violation]:
    """What the tests find where the exchanges that were made again take the place of those of a run."""
    again = Session(run.plan)
    again.exchanges = {**run.exchanges, **made}
    cases = {name: each.case for name, each in run.transcripts.items()}
    read = by_scenario([*again.exchanges.values(), *run.endings])
    again.transcripts = {name: replace(each, case=cases.get(name)) for name, each in read.items()}
    scenarios = {each.scenario for each in made.values()}
    for test in suite_tests()[0]:
        if requirement in test.requirements and not scenarios.isdisjoint(test.reads.values()):
            seen = test.observe(again, TranscriptsByScenario(again.transcripts))
            yield from filter(None, [seen.violation])


@pytest.mark.long
@pytest.mark.parametrize("name", FAULTY)
def test_every_printed_command_shows_its_fault_again(name: str, right: Session, tmp_path: Path) -> None:
    with server(*FAULTY[name]) as base_url:
        session = play(base_url)
        broken = [each for each in result_of(session)["requirements"] if each["verdict"] in ("fail", "warn")]
        printed = [Printed(each, session) for each in broken]
        assert len(printed) >= 3
        assert [each.name for each in printed if not each.text] == []
        by_curl = [each for each in printed if "curl" in each.text]
        with ThreadPoolExecutor(3) as pool:
            faulty = pool.map(lambda each: each.shows_fault(session, tmp_path / each.name), by_curl)
            sound = pool.map(lambda each: each.shows_fault(right, tmp_path / "right" / each.name), by_curl)
        assert [each.name for each, seen in zip(by_curl, faulty, strict=True) if not seen] == []
        assert [each.name for each, seen in zip(by_curl, sound, strict=True) if seen] == []
        others = [each for each in printed if each not in by_curl]
        assert [each.name for each in others if not runs_again(each, tmp_path / each.name)] == []


def runs_again(printed: Printed, folder: Path) -> bool:
    """A printed run of a part of the suite finds the requirement broken again."""
    _, *words = shlex.split(printed.text)
    with pytest.raises(SystemExit) as ended:
        main([*words, "--report-dir", str(folder), "--format", "json"])
    again = load_result(folder / "result.json")["requirements"]
    broken = {each["id"] for each in again if each["verdict"] in ("fail", "warn")}
    return bool(ended.value.code) and printed.name in broken
