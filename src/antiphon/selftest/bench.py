"""The suite, collected once, then played and judged for each fault."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from antiphon.contract.depth import Depth
from antiphon.contract.model import Level
from antiphon.exercise.depth import place_of
from antiphon.exercise.scenario import get_scenario, is_registered
from antiphon.generated.options import AREA, NO_GENERATION, is_generated
from antiphon.judge.ledger import LedgerEntry
from antiphon.judge.verdict import judgement
from antiphon.pytest_plugin.plugin import TranscriptsByScenario
from antiphon.recording.exchange import Exchange
from antiphon.recording.records import Record
from antiphon.run.findings import Findings
from antiphon.run.options import RunOptions
from antiphon.run.session import Session
from antiphon.selftest.judgement_cache import CachingJudge, JudgementCache
from antiphon.selftest.reach import Reach
from antiphon.selftest.suite_tests import GENERATION, SuiteTest, collect_suite
from antiphon.server.behaviour.policy_trace import trace_policy
from antiphon.server.faults import Fault, catalogue
from antiphon.suite.observation import Observation

Verdicts = Mapping[str, str]
MANY = 20
"""Calls from which on a scenario is played anew only for a fault that is known to break what its own tests judge."""
CROSSED = "crossed"
"""Family of scenarios whose rows count as one of many calls: nearly any fault reaches all of them."""
READ_AGAIN = frozenset({"store.get-equals-create"})
"""Relations on the wire that the crossed responses show, as they are read again."""


@dataclass(frozen=True)
class PlayedVerdicts:
    """Verdicts of the whole suite."""

    verdicts: Verdicts
    """Of every requirement of the edition."""
    failing: frozenset[str] = frozenset()
    """Tests of the suites that saw a violation."""
    shown_by: Mapping[str, frozenset[frozenset[str]]] = field(default_factory=dict)
    """Broken requirement → sets of scenarios, each of which shows that it is."""


@dataclass(frozen=True)
class ReferencePlay:
    """Records and switch reads of a run against the reference server without faults."""

    records: Sequence[Record]
    reads: dict[str, set[str]]


class Bench:
    """Plays every scenario against the right server, and under a fault those that the fault can reach."""

    def __init__(self, edition: str, depth: Depth = Depth.THOROUGH, baseline: ReferencePlay | None = None) -> None:
        self.edition, self.depth = edition, depth
        session, items, self._names = collect_suite(edition)
        self._tests = [SuiteTest.of(item) for item in items]
        self.baseline = baseline or self._play()
        said = [each for each in self.baseline.records if isinstance(each, Exchange)]
        self._calls = Counter(str(each.scenario) for each in said)
        self._reach = Reach(said, self.baseline.reads)
        self._long = self._many_calls(said)
        self._memory = JudgementCache(session.contract, said)
        self.tests = frozenset(each.id for each in self._tests)
        self._seen: list[Observation] = []
        self._bases: frozenset[str] = frozenset()
        self.right = self._judge(self._plan(), self.baseline.records, frozenset())
        """Verdicts of the server without faults."""
        gc.collect()
        gc.freeze()  # what stays for all faults, half a million objects, is not looked through for cycles again

    def _play(self) -> ReferencePlay:
        run = Session(self._plan())
        with trace_policy() as reads:
            run.play(self._names)
        return ReferencePlay([*run.exchanges.values(), *run.endings], dict(reads))

    @property
    def played(self) -> frozenset[str]:
        """The scenarios that send something in this edition, but for generated ones."""
        names = {str(each.scenario) for each in self.baseline.records if isinstance(each, Exchange) and each.scenario}
        return frozenset(each for each in names if is_registered(each) and not is_generated(get_scenario(each)))

    def under(self, fault: str, calls: int | None = None) -> PlayedVerdicts:
        """The same under a fault, with at most so many calls where a number is given."""
        reached = self._worth(catalogue()[fault])
        if calls is not None:
            reached = self._first(calls, reached, catalogue()[fault])
        kept = [each for each in self.baseline.records if scenario_of(each) not in reached]
        return self._judge(self._plan(fault), kept, reached)

    def _worth(self, fault: Fault) -> frozenset[str]:
        """The scenarios to play.

        Those that nearly any fault would change at length are left to the faults that target them.
        """
        reached = self._reach.of(fault)
        for_it = {name for name, shown in self._long.items() if not shown.isdisjoint(fault.breaks | fault.implies)}
        asks = any(each.startswith(f"{AREA}.") for each in fault.breaks)
        generated = {each for each in self._names if is_registered(each) and is_generated(get_scenario(each))}
        return (reached - (self._long.keys() - for_it) - generated) | (generated if asks else frozenset())

    def _first(self, calls: int, scenarios: frozenset[str], fault: Fault) -> frozenset[str]:
        """Of these scenarios, first those of tests that judge what the fault breaks, then the most valuable.

        One that takes more calls than are left is passed over, unless it is the first.
        """
        telling = {
            name for test in self._tests if not fault.breaks.isdisjoint(test.requirements) for name in test.scenarios
        }
        taken: set[str] = set()
        for name in sorted(scenarios, key=lambda each: (each not in telling, place_of(each))):
            if not taken or self._calls[name] <= calls:
                taken.add(name)
                calls -= self._calls[name]
        return frozenset(taken)

    def _many_calls(self, exchanges: Sequence[Exchange]) -> dict[str, frozenset[str]]:
        """The scenarios of many calls, and what the tests that read each judge."""
        calls = Counter(self._calls)
        families = Counter(name.partition("[")[0] for name in map(str, (each.scenario for each in exchanges)))
        calls.update({name: families[CROSSED] for name in calls if name.partition("[")[0] == CROSSED})
        shown = {
            name: frozenset(each for test in self._tests if name in test.reads.values() for each in test.requirements)
            for name, count in calls.items()
            if count >= MANY
        }
        return {name: found | READ_AGAIN if name.startswith(CROSSED) else found for name, found in shown.items()}

    def _plan(self, *faults: str) -> RunOptions:
        generation = GENERATION if self.depth is Depth.THOROUGH else NO_GENERATION
        return RunOptions(edition=self.edition, faults=faults, depth=self.depth, properties=generation)

    def _run(self, plan: RunOptions, records: Sequence[Record], played: frozenset[str]) -> tuple[Session, CachingJudge]:
        """A session with the records of the right server, but for the scenarios that are played anew.

        Drift, effects and costs are no part of a verdict, and a fault may well refuse all that it is asked.
        """
        run = Session(plan)
        judge = CachingJudge(run.contract, self._memory)
        run.findings = Findings(run.contract, judge, verdicts_alone=True)
        scenarios = [each for each in run.planned_scenarios(self._names) if each.name in played]
        run.load(self._names, [*records, *(run.exercise(scenarios) if scenarios else ())])
        return run, judge

    def _judge(self, plan: RunOptions, records: Sequence[Record], played: frozenset[str]) -> PlayedVerdicts:
        """The verdicts of the suite over earlier records, and over what is played anew."""
        run, judge = self._run(plan, records, played)
        transcripts = TranscriptsByScenario(run.transcripts)
        # Before tests add theirs: the place that a test names is only one of the scenarios that it reads.
        wire = {name: {each.exchange for each in entry.places} for name, entry in run.findings.ledger.entries.items()}
        failing = set()
        shown_by: dict[str, set[frozenset[str]]] = {}
        self._bases = self._bases or run.base_requests.answered
        same_bases = run.base_requests.answered == self._bases
        for index, test in enumerate(self._tests):
            known = self._seen[index] if index < len(self._seen) and test.is_kept(played, same_bases) else None
            seen = known or test.observe(run, transcripts)
            if index == len(self._seen):
                self._seen.append(seen)
            run.record(test.requirements, seen)
            if seen.violation:
                failing.add(test.id)
                for each in test.requirements:
                    shown_by.setdefault(each, set()).add(test.scenarios)
        entries, book = run.findings.ledger.entries, run.contract
        verdicts = {each: _verdict(entries.get(each), book.level(each)) for each in book.requirements}
        for name, exchanges in wire.items():
            scenarios = judge.violated_in.get(name, set()) | {_scenario(run, each) for each in exchanges}
            shown_by.setdefault(name, set()).update(frozenset({each}) for each in scenarios if each)
        table = {name: frozenset(filter(None, sets)) for name, sets in shown_by.items()}
        return PlayedVerdicts(verdicts, frozenset(failing), table)


DEVIATES = "deviates"
"""In place of a verdict: what is optional is not so."""


def _verdict(entry: LedgerEntry | None, level: Level) -> str:
    if level is Level.MAY and entry and entry.violated and not entry.errors:
        return DEVIATES
    return judgement(entry, level).verdict.value


def _scenario(run: Session, exchange: str) -> str:
    found = run.exchanges.get(exchange)
    return str(found.scenario or "") if found else ""


def scenario_of(record: Record) -> str:
    """The scenario of a record; empty where it has none."""
    return str(getattr(record, "scenario", ""))
