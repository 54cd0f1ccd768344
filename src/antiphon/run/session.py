"""Session of one run: choose the scenarios, play or load them, and judge their exchanges."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace

from antiphon.contract.load import contract
from antiphon.contract.model import Contract, Level, Requirement
from antiphon.effects import Effects
from antiphon.errors import ConfigError
from antiphon.exercise.auth_failure import auth_failure
from antiphon.exercise.budget.bounds import Budget
from antiphon.exercise.budget.cost_estimates import shares
from antiphon.exercise.budget.costs import RunCosts
from antiphon.exercise.budget.prices import prices
from antiphon.exercise.cleanup import StoredObjects
from antiphon.exercise.event_loop import run
from antiphon.exercise.recorder import Recorder, RunWatcher
from antiphon.exercise.runner import exercise
from antiphon.exercise.scenario import Scenario, get_scenario
from antiphon.exercise.surface import judges, plays
from antiphon.exercise.target import Target
from antiphon.exercise.webhook_listener import webhook_listener
from antiphon.generated.options import CURRENT_OPTIONS, is_generated
from antiphon.judge.drift import DriftTable
from antiphon.judge.engine import Judge
from antiphon.recording.exchange import Exchange
from antiphon.recording.file import TranscriptWriter, read_transcript
from antiphon.recording.records import Header, Record, ScenarioEnd
from antiphon.recording.redaction.redactor import Redactor
from antiphon.recording.source import Remark
from antiphon.recording.transcript import Transcript, by_scenario
from antiphon.run.options import RunOptions, check_selection
from antiphon.run.reference_target import reach, reference
from antiphon.run.scope import header, is_unsent, scope_text
from antiphon.suite.ledger_entries import record_observation
from antiphon.suite.observation import Observation

__all__ = ["Session", "reference"]

NO_ADDRESS = "no address for webhooks was given (--webhook-listen)"


@dataclass
class Session:
    """Session of one run. `play` comes first, then tests are observed, then `close`."""

    plan: RunOptions
    watcher: RunWatcher | None = None
    transcripts: Mapping[str, Transcript] = field(default_factory=dict)
    exchanges: dict[str, Exchange] = field(default_factory=dict)
    endings: list[ScenarioEnd] = field(default_factory=list)
    target: Target | None = None
    remarks: list[Remark] = field(default_factory=list)
    """Problems of a stored run that are not its server's."""
    seconds: float = 0.0
    started_at: float = 0.0
    budget: Budget | None = None
    """Budget shared by several runs."""
    stored_records: Sequence[Record] | None = None
    """The records of a stored run, where they have been read."""
    headers: list[Header] = field(default_factory=list)
    runs: int = 1
    """Number of runs in the ledger."""

    def __post_init__(self) -> None:
        self.contract: Contract = contract(self.plan.edition)
        check_selection(self.plan, self.contract)
        self.capabilities = self._requested_requirements()
        self.judge = Judge(self.contract, self.wants)
        self.drift = DriftTable(self.contract.edition)
        self.effects = Effects(self.contract)
        self.costs = RunCosts()
        self._left_out: list[ScenarioEnd] = []

    def requirements(self) -> list[Requirement]:
        """The requirements of the edition that the selection takes in."""
        return [each for each in self.contract.requirements.values() if self.wants(each.id)]

    def wants(self, requirement: str) -> bool:
        """The selection takes in a requirement, and it is one of those that decide the profile."""
        known = self.contract.requirements.get(requirement)
        if known is None:
            return not self.plan.profile and self.plan.wants(requirement)
        decides = known.level is Level.MUST and known.capability in self.capabilities
        inside = (decides or not self.plan.profile) and judges(self.plan.surface, known)
        return inside and self.plan.wants(requirement)

    def _requested_requirements(self) -> frozenset[str]:
        profile = self.contract.profiles.get(self.plan.profile)
        return frozenset(profile.capabilities if profile else self.contract.capabilities)

    def play(self, names: Iterable[str]) -> None:
        """Play scenarios against the target, or load them; then judge every exchange by every check."""
        began = time.monotonic()
        self.started_at = time.time()
        names = sorted(set(names))
        records = self._load() if self.plan.transcripts else self._exercise(self._chosen(names))
        cases = {name: get_scenario(name).case for name in names}
        self.transcripts = {
            name: replace(transcript, case=cases.get(name)) for name, transcript in by_scenario(records).items()
        }
        for record in records:
            self._take(record)
        self.judge.finish()
        self.seconds = time.monotonic() - began

    def _take(self, record: Record) -> None:
        match record:
            case Exchange():
                self.exchanges[record.id] = record
                self.judge.feed(record)
                self._account(record)
            case ScenarioEnd():
                self.endings.append(record)
            case Header(data):
                self.headers.append(record)
                self.started_at = float(data.get("started_at", self.started_at))
                self.target = self.target or Target.from_header(data.get("target") or {})
                self.costs.prices = self.costs.prices or prices(data.get("prices") or {})

    def _account(self, exchange: Exchange) -> None:
        """Add an exchange to drift, effects and costs."""
        self.drift.see(exchange)
        self.effects.see(exchange)
        self.costs.add(exchange)

    def _chosen(self, names: Sequence[str]) -> list[Scenario]:
        number, of = self.plan.shard
        left_out = {name: reason for name in names if (reason := self._exclusion_reason(get_scenario(name)))}
        if number == 1:
            self._left_out = [
                ScenarioEnd(name, "skipped", reason, "webhooks" if reason == NO_ADDRESS else "")
                for name, reason in left_out.items()
            ]
        share = shares([name for name in names if name not in left_out], of)[number - 1]
        chosen = [get_scenario(name) for name in sorted(share)]
        if self.watcher:
            self.watcher.on_plan(len(chosen))
        return chosen

    def _exclusion_reason(self, scenario: Scenario) -> str:
        """Why a scenario is excluded by the options; empty where it is not."""
        if not scenario.needs <= self.capabilities and self.plan.profile:
            return f"it is not part of profile {self.plan.profile}"
        if not plays(self.plan.surface, scenario.needs):
            return f"it is not part of --surface {self.plan.surface}"
        if "webhooks" in scenario.needs and not self._takes_webhooks():
            return NO_ADDRESS
        if is_generated(scenario) and not self.plan.properties.examples:
            return "it is played with --properties N only"
        return "it is played with --thorough only" if scenario.thorough and not self.plan.thorough else ""

    def _takes_webhooks(self) -> bool:
        """They can arrive, or the configuration says that there are none, which declines them."""
        target = self.plan.target
        if target is None or target.capabilities.get("webhooks") is False:
            return True
        return bool(target.receiver or target.webhook_listen)

    def planned_scenarios(self, names: Iterable[str]) -> list[Scenario]:
        """The scenarios that would be played, of those that the tests read."""
        return self._chosen(sorted(set(names)))

    def _load(self) -> list[Record]:
        if self.stored_records is not None:
            return list(self.stored_records)
        records: list[Record] = []
        for each in read_transcript(self.plan.transcripts):
            (self.remarks if isinstance(each, Remark) else records).append(each)  # type: ignore[arg-type]
        return records

    def _exercise(self, scenarios: Sequence[Scenario]) -> list[Record]:
        with ExitStack() as stack:
            plan = self.plan
            target = plan.target or stack.enter_context(reference(plan.faults, plan.edition, plan.part))
            target = stack.enter_context(webhook_listener(target))
            self.target = target
            run(reach, target)
            redactor = Redactor(target.secrets())
            write: Callable[[Record], None] = lambda record: None  # noqa: E731 - nothing is kept without a folder
            if self.plan.folder:
                write = stack.enter_context(TranscriptWriter(self.plan.transcript, redactor)).write
            recording = self._recording(write, redactor, target)
            opening: list[Record] = [header(self.plan, target, len(scenarios), self.started_at), *self._left_out]
            for record in opening:
                recording.records.append(record)
                write(record)
            CURRENT_OPTIONS.set(plan.properties)
            budget = self.budget or Budget(self.plan.bounds, prices(target.prices))
            run(exercise, scenarios, target, self.contract, recording, budget)
            self._object(recording.records, target)
        return recording.records

    def _object(self, records: Sequence[Record], target: Target) -> None:
        """Raises ConfigError where the target refused everything for one reason that the configuration can mend."""
        refused = auth_failure((each for each in records if isinstance(each, Exchange)), target)
        if refused:
            raise ConfigError(refused)

    def _recording(self, write: Callable[[Record], None], redactor: Redactor, target: Target) -> Recorder:
        recording = Recorder(write, redactor, self.watcher, prefix=f"{self.plan.run}:" if self.plan.run > 1 else "")
        if target.clean_up:
            recording.run = secrets.token_hex(6)
            recording.stored_objects = StoredObjects(self.contract.edition)
        return recording

    @property
    def scope_text(self) -> str:
        """The options that restrict the run, as on the command line; empty where it is complete."""
        return scope_text(self.plan, self.headers, self.endings)

    @property
    def covers(self) -> frozenset[str]:
        """The capabilities that are tested completely, though others are not."""
        plan = self.plan
        whole = (
            not plan.select and plan.shard[1] == 1 and not any(map(is_unsent, self.endings)) and not plan.transcripts
        )
        return self.capabilities if whole and plan.profile else frozenset()

    def add(self, other: Session) -> None:
        """Take over what another run of the same found, but for its ledger."""
        self.runs += 1
        self.seconds += other.seconds
        for exchange in other.exchanges.values():
            self.exchanges[exchange.id] = exchange
            self._account(exchange)
        self.headers += other.headers
        self.remarks += other.remarks
        unfinished = [each for each in other.endings if each.outcome != "finished"]
        self.endings += [replace(each, scenario=f"{other.plan.run}:{each.scenario}") for each in unfinished]

    def record(self, requirements: Iterable[str], observation: Observation) -> None:
        """Record a test's observation in the ledger, for each requirement that the edition has."""
        record_observation(self.judge.ledger, self.contract, requirements, observation)
