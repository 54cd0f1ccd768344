"""Tests of the suites, collected once: what each judges and what it reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from antiphon.clients.sightings import is_dialogue
from antiphon.contract.depth import Depth
from antiphon.exercise.depth import depth_of
from antiphon.exercise.scenario import Scenario, get_scenario, is_registered
from antiphon.generated.options import GenerationOptions
from antiphon.pytest_plugin.plugin import TranscriptsByScenario, needed_scenarios
from antiphon.pytest_plugin.suite_runner import run_suite
from antiphon.run.options import RunOptions
from antiphon.run.session import Session
from antiphon.suite.items import is_wire, requirements_of
from antiphon.suite.observation import Observation, observe

GENERATION = GenerationOptions(examples=6, shrinks=False)
"""Generation options with a fixed seed. Generated scenarios are played again only for a fault that they alone
can show."""

CONTROLS = {
    "create": "text_and_message", "chat.create": "chatted", "compact": "valid_compaction",
    "input_tokens": "text_counted",
}  # fmt: skip
"""Operation → the scenario of most value that sends the request which its triggers change."""


class _Collect:
    """Takes the collected tests, and runs none."""

    items: Sequence[pytest.Function] = ()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self.items = [item for item in session.items if requirements_of(item) and isinstance(item, pytest.Function)]
        return True


def collected_tests(edition: str) -> list[pytest.Function]:
    """The tests of the suites that judge transcripts, as an edition has them."""
    return collect_suite(edition)[1]


def collect_suite(edition: str) -> tuple[Session, list[pytest.Function], list[str]]:
    """A session, the tests that judge transcripts, and the scenarios that all tests need."""
    collect = _Collect()
    session = run_suite(RunOptions(edition=edition, depth=Depth.THOROUGH, properties=GENERATION), extra=[collect])
    # Nearly every fault reaches all that clients send, so what a standard run plays of it stands for the rest.
    needed = needed_scenarios(session, collect.items)
    names = [name for name in needed if not is_dialogue(name) or depth_of(name) is not Depth.THOROUGH]
    return session, [item for item in collect.items if not is_wire(item)], names


@dataclass(frozen=True)
class SuiteTest:
    """One test of the suites: what it judges and what it reads."""

    item: pytest.Function
    requirements: Sequence[str]
    reads: Mapping[str, str]
    """Arguments that are transcripts: the scenario of each."""
    rest: Mapping[str, Any]

    @classmethod
    def of(cls, item: pytest.Function) -> SuiteTest:
        """The test of a collected item."""
        params = getattr(getattr(item, "callspec", None), "params", {})
        given = {name: params.get(name, name) for name in item._fixtureinfo.argnames}
        named = {name: value.name if isinstance(value, Scenario) else value for name, value in given.items()}
        reads = {name: value for name, value in named.items() if isinstance(value, str) and is_registered(value)}
        rest = {name: value for name, value in given.items() if name not in reads}
        return cls(item, requirements_of(item), reads, rest)

    @property
    def id(self) -> str:
        """Its file, below the suites, and its name, with the case in brackets."""
        return self.item.nodeid

    @property
    def scenarios(self) -> frozenset[str]:
        """Those whose transcripts decide what it says: what it reads, and the control of its trigger."""
        trigger = next((get_scenario(name).case for name in self.reads.values()), None)
        control = CONTROLS.get(getattr(trigger, "operation", "")) if "base_requests" in self.rest else None
        return frozenset(self.reads.values()) | ({control} if control else set())

    def is_kept(self, played: frozenset[str], same_bases: bool) -> bool:
        """All that it reads is as it was with the right server; `same_bases`: base requests are answered as there."""
        if not same_bases and "base_requests" in self.rest:
            return False
        return played.isdisjoint(self.reads.values()) and "exchanges" not in self.rest

    def observe(self, run: Session, transcripts: TranscriptsByScenario) -> Observation:
        """What it sees in the transcripts of a run."""
        known: dict[str, Any] = {
            "exchanges": list(run.exchanges.values()), "contract": run.contract, "base_requests": run.base_requests,
        }  # fmt: skip
        rest = {name: known.get(name, value) for name, value in self.rest.items()}
        arguments = {**{name: transcripts[value] for name, value in self.reads.items()}, **rest}
        return observe(self.item.obj, arguments, missed=run.missed_members, own=self.requirements, excuse=run.excuse)
