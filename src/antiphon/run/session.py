"""Session of one run: play scenarios or load their records, and keep what they left."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import cached_property

from antiphon.contract.load import contract
from antiphon.contract.model import Contract
from antiphon.errors import ConfigError
from antiphon.exercise.auth_failure import auth_failure
from antiphon.exercise.budget.bounds import Budget
from antiphon.exercise.budget.cost_estimates import shares
from antiphon.exercise.budget.prices import prices
from antiphon.exercise.cleanup import StoredObjects
from antiphon.exercise.event_loop import run
from antiphon.exercise.recorder import Recorder, RunWatcher
from antiphon.exercise.runner import exercise
from antiphon.exercise.scenario import Scenario, get_scenario
from antiphon.exercise.stop import Stop
from antiphon.exercise.target import Target
from antiphon.exercise.webhook_listener import webhook_listener
from antiphon.generated.options import CURRENT_OPTIONS
from antiphon.judge.base_requests import BaseRequests
from antiphon.judge.engine import Judge
from antiphon.judge.operations import UNKNOWN, operation_of
from antiphon.judge.skips import UNROUTED
from antiphon.recording.exchange import Exchange
from antiphon.recording.file import TranscriptWriter, read_transcript
from antiphon.recording.outcome import Outcome
from antiphon.recording.records import Header, Record, ScenarioEnd
from antiphon.recording.redaction.redactor import Redactor
from antiphon.recording.source import Remark
from antiphon.recording.transcript import Transcript, by_scenario
from antiphon.report.reproduction.command_target import CommandTarget
from antiphon.run.findings import Findings
from antiphon.run.options import RunOptions
from antiphon.run.reference_target import reach, reference
from antiphon.run.scope import header, is_unsent, scope_text, whole_depth
from antiphon.run.selection import NO_ADDRESS, Selection
from antiphon.suite.absent_members import MissedMembers
from antiphon.suite.ledger_entries import record_observation
from antiphon.suite.observation import Observation
from antiphon.suite.refused_alone import RefusedParts

__all__ = ["Session", "reference"]


@dataclass
class Session:
    """Session of one run. `play` comes first, then tests are observed, then `close`."""

    plan: RunOptions
    watcher: RunWatcher | None = None
    transcripts: Mapping[str, Transcript] = field(default_factory=dict)
    exchanges: dict[str, Exchange] = field(default_factory=dict)
    endings: list[ScenarioEnd] = field(default_factory=list)
    target: Target | None = None
    commands: CommandTarget | None = None
    """The target as printed commands name it."""
    remarks: list[Remark] = field(default_factory=list)
    """Problems of a stored run that are not its server's."""
    seconds: float = 0.0
    started_at: float = 0.0
    budget: Budget | None = None
    """Budget shared by several runs."""
    stop: Stop = field(default_factory=Stop)
    """Ends the run early when that is requested."""
    stored_records: Sequence[Record] | None = None
    """The records of a stored run, where they have been read."""
    headers: list[Header] = field(default_factory=list)
    runs: int = 1
    """Number of runs in the ledger."""

    def __post_init__(self) -> None:
        self.contract: Contract = contract(self.plan.edition)
        self.selection = Selection(self.plan, self.contract)
        self.findings = Findings(self.contract, Judge(self.contract, self.wants))
        self._left_out: list[ScenarioEnd] = []

    def wants(self, requirement: str) -> bool:
        """The run judges a requirement."""
        return self.selection.wants(requirement)

    def play(self, names: Iterable[str]) -> None:
        """Play scenarios against the target, or read them from transcripts; then judge every exchange."""
        began = time.monotonic()
        self.started_at = time.time()
        names = sorted(set(names))
        if self.plan.transcripts:
            records = self._stored()
        else:
            records = self.exercise(self.planned_scenarios(names))
            self._raise_if_misconfigured(records)
        self.load(names, records)
        self.seconds = time.monotonic() - began

    def load(self, names: Iterable[str], records: Sequence[Record]) -> None:
        """Take the records of scenarios, and judge every exchange by every check."""
        cases = {name: get_scenario(name).case for name in names}
        self.transcripts = {
            name: replace(transcript, case=cases.get(name)) for name, transcript in by_scenario(records).items()
        }
        for record in records:
            self._take(record)
        self.findings.judge.finish()

    def _take(self, record: Record) -> None:
        match record:
            case Exchange():
                self.exchanges[record.id] = record
                self.findings.add(record)
            case ScenarioEnd():
                self.endings.append(record)
            case Header(data):
                self.headers.append(record)
                self.started_at = float(data.get("started_at", self.started_at))
                self.target = self.target or Target.from_header(data.get("target") or {})
                read = CommandTarget.from_json(data.get("commands"), self.target.base_url, self.target.model)
                self.commands = self.commands or read
                self.findings.costs.prices = self.findings.costs.prices or prices(data.get("prices") or {})

    def planned_scenarios(self, names: Iterable[str]) -> list[Scenario]:
        """The scenarios that would be played, of those that the tests read."""
        names = sorted(set(names))
        number, of = self.plan.shard
        reasons = {name: self.selection.exclusion_reason(get_scenario(name)) for name in names}
        left_out = {name: reason for name, reason in reasons.items() if reason}
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

    @cached_property
    def base_requests(self) -> BaseRequests:
        """How the requests that triggers change were answered as they are. Read it after `play`."""
        return BaseRequests.of(self.exchanges.values(), self.contract.edition)

    def excuse(self, exchange: Exchange, requirements: Collection[str]) -> str:
        """Why a reply says nothing of requirements; empty where it does. Read it after `play`.

        Nothing shows that the route of a 404, 405 or 501 exists, or what was refused is another part of the create.
        """
        if self._is_unrouted(exchange):
            return UNROUTED
        return self._refused_parts.excuse(exchange, requirements)

    def _is_unrouted(self, exchange: Exchange) -> bool:
        operation = operation_of(exchange, self.contract.edition)
        return (
            operation != UNKNOWN
            and not exchange.is_socket
            and self.base_requests.routes.outcome(exchange, operation) is Outcome.UNROUTED
        )

    @cached_property
    def _refused_parts(self) -> RefusedParts:
        return RefusedParts.of(self.exchanges.values())

    @cached_property
    def missed_members(self) -> MissedMembers:
        """What the replies lack that the checks of every exchange want."""
        return MissedMembers(self.contract, self.wants)

    def _stored(self) -> list[Record]:
        if self.stored_records is not None:
            return list(self.stored_records)
        records: list[Record] = []
        for each in read_transcript(self.plan.transcripts):
            (self.remarks if isinstance(each, Remark) else records).append(each)  # type: ignore[arg-type]
        return records

    def exercise(self, scenarios: Sequence[Scenario]) -> list[Record]:
        """Play scenarios against the target, and write what comes; their records."""
        with ExitStack() as stack:
            plan = self.plan
            target = plan.target or stack.enter_context(reference(plan.faults, plan.edition, plan.part))
            target = stack.enter_context(webhook_listener(target))
            self.target = target
            budget = self.budget or Budget(plan.bounds, prices(target.prices))
            budget.renew()
            run(reach, target, budget.seconds_left, self.stop)
            budget.calls += 1 if plan.target else 0
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
            run(exercise, scenarios, target, self.contract, recording, budget, self.stop)
        return recording.records

    def _raise_if_misconfigured(self, records: Sequence[Record]) -> None:
        """Raises ConfigError where the target refused everything for one reason that the configuration can mend."""
        exchanges = (each for each in records if isinstance(each, Exchange))
        if self.target and (reason := auth_failure(exchanges, self.target)):
            raise ConfigError(reason)

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
    def whole_depth(self) -> str:
        """The deepest depth of which all was played that the other options take in; empty where it is unknown."""
        return whole_depth(self.plan, self.headers, self.endings)

    @property
    def covers(self) -> frozenset[str]:
        """The capabilities that are tested completely, though others are not."""
        plan = self.plan
        whole = (
            not plan.select and plan.shard[1] == 1 and not any(map(is_unsent, self.endings)) and not plan.transcripts
        )
        return self.selection.capabilities if whole and plan.profile else frozenset()

    def add(self, other: Session) -> None:
        """Take over what another run of the same found, but for its ledger."""
        self.runs += 1
        self.findings.judge.outcomes.add(other.findings.judge.outcomes)
        self.seconds += other.seconds
        for exchange in other.exchanges.values():
            self.exchanges[exchange.id] = exchange
            self.findings.account(exchange)
        self.headers += other.headers
        self.remarks += other.remarks
        unfinished = [each for each in other.endings if each.outcome != "finished"]
        self.endings += [replace(each, scenario=f"{other.plan.run}:{each.scenario}") for each in unfinished]

    def record(self, requirements: Iterable[str], observation: Observation) -> None:
        """Record a test's observation in the ledger, for each requirement that the edition has."""
        if observation.void:
            observation = replace(observation, untestable=self.findings.judge.outcomes.words(observation.void))
        record_observation(self.findings.ledger, self.contract, requirements, observation)
