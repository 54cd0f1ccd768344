"""One run: which scenarios are needed, playing or loading them, and judging what they left."""

from __future__ import annotations

import base64
import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import anyio

from antiphon import __version__
from antiphon.contract.load import DEFAULT_EDITION, contract
from antiphon.contract.model import Contract, Requirement
from antiphon.errors import ConfigError, Unreachable
from antiphon.exercise.limits import Limits
from antiphon.exercise.listening import taking_webhooks
from antiphon.exercise.objection import objection
from antiphon.exercise.receiver import receiving
from antiphon.exercise.run import Recording, Watcher, exercise
from antiphon.exercise.scenario import Scenario, registered
from antiphon.exercise.target import Target
from antiphon.exercise.transport import Transport
from antiphon.judge.drift import Drift
from antiphon.judge.engine import Judge
from antiphon.judge.registry import Violation
from antiphon.plan import Plan, check_selection
from antiphon.suite.observe import Observation
from antiphon.transcript.exchange import INBOUND, Exchange
from antiphon.transcript.files import TranscriptWriter, read_transcript
from antiphon.transcript.lines import Ending, Header, Record
from antiphon.transcript.redact import Redactor
from antiphon.transcript.source import Remark
from antiphon.transcript.transcript import Transcript, by_scenario


@dataclass
class Session:
    """A run and what it found. `play` comes first, then tests are observed, then `close`."""

    plan: Plan
    watcher: Watcher | None = None
    transcripts: Mapping[str, Transcript] = field(default_factory=dict)
    exchanges: dict[str, Exchange] = field(default_factory=dict)
    endings: list[Ending] = field(default_factory=list)
    target: Target | None = None
    remarks: list[Remark] = field(default_factory=list)
    """What is wrong with a stored run besides what its server did."""
    seconds: float = 0.0
    started_at: float = 0.0

    def __post_init__(self) -> None:
        self.contract: Contract = contract(self.plan.edition)
        self.judge = Judge(self.contract, self.plan.wants)
        self.drift = Drift(self.contract.edition)
        self._left_out: list[Ending] = []
        check_selection(self.plan, self.contract)

    def requirements(self) -> list[Requirement]:
        """The requirements of the edition that the selection takes in."""
        return [each for each in self.contract.requirements.values() if self.plan.wants(each.id)]

    def play(self, names: Iterable[str]) -> None:
        """Play scenarios against the target, or load them; then judge every exchange by every check."""
        began = time.monotonic()
        self.started_at = time.time()
        names = sorted(set(names))
        records = self._load() if self.plan.transcripts else self._exercise(self._chosen(names))
        cases = {name: registered(name).case for name in names}
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
                self.drift.see(record)
            case Ending():
                self.endings.append(record)
            case Header(data):
                self.started_at = float(data.get("started_at", self.started_at))
                self.target = self.target or Target(**data["target"])

    def _chosen(self, names: Sequence[str]) -> list[Scenario]:
        number, of = self.plan.shard
        chosen = [registered(name) for index, name in enumerate(names) if index % of == number - 1]
        chosen = [each for each in chosen if self.plan.thorough or not each.thorough]
        left_out = [registered(name).name for name in names if registered(name).thorough and not self.plan.thorough]
        self._left_out = [Ending(name, "skipped", "it is played with --thorough only") for name in left_out]
        if self.watcher:
            self.watcher.planned(len(chosen))
        return chosen

    def _load(self) -> list[Record]:
        records: list[Record] = []
        for each in read_transcript(self.plan.transcripts):
            (self.remarks if isinstance(each, Remark) else records).append(each)  # type: ignore[arg-type]
        return records

    def _exercise(self, scenarios: Sequence[Scenario]) -> list[Record]:
        with ExitStack() as stack:
            target = self.plan.target or stack.enter_context(reference(self.plan.faults, self.plan.edition))
            target = stack.enter_context(taking_webhooks(target))
            self.target = target
            anyio.run(_reach, target)
            redactor = Redactor(target.secrets())
            write: Callable[[Record], None] = lambda record: None  # noqa: E731 - nothing is kept without a folder
            if self.plan.folder:
                write = stack.enter_context(TranscriptWriter(self.plan.folder / "transcript.jsonl", redactor)).write
            recording = Recording(write, redactor, self.watcher)
            write(self._header(target))
            for ending in self._left_out:
                recording.records.append(ending)
                write(ending)
            anyio.run(exercise, scenarios, target, self.contract, recording)
            self._object(recording.records, target)
        return recording.records

    def _object(self, records: Sequence[Record], target: Target) -> None:
        """Raises ConfigError where the target refused everything for one reason that the configuration can mend."""
        refused = objection((each for each in records if isinstance(each, Exchange)), target)
        if refused:
            raise ConfigError(refused)

    def _header(self, target: Target) -> Header:
        return Header(
            {
                "antiphon": __version__,
                "edition": self.plan.edition,
                "started_at": round(self.started_at, 3),
                "target": target.described(),
            }
        )

    def record(self, requirements: Iterable[str], seen: Observation) -> None:
        """Enter what a test saw into the ledger under each requirement that the edition counts."""
        for requirement in requirements:
            if requirement not in self.contract.requirements:
                continue
            entry = self.judge.ledger[requirement]
            if seen.error:
                entry.errors.add(seen.error)
            elif seen.untestable:
                entry.untestable.add(seen.untestable)
            elif seen.inapplicable:
                entry.inapplicable.add(seen.inapplicable)
            else:
                entry.see([_briefly(seen.violation, self.contract.requirements[requirement])] if seen.violation else [])


def _briefly(violation: Violation, requirement: Requirement) -> Violation:
    """A violation that does not say again what the requirement says."""
    return replace(violation, message="") if violation.message == requirement.says else violation


async def _reach(target: Target) -> None:
    async with Transport(
        target.base_url, limits=target.limits, headers=target.request_headers(), verify=target.verify_tls
    ) as transport:
        failure = await transport.reach()
    if failure:
        raise Unreachable(f"{target.base_url} does not answer: {failure.message}.".replace("?.", "?"))


@cache
def _keys() -> tuple[str, str]:
    """The API key and the webhook secret of every reference server of this process."""
    return f"sk-antiphon-{secrets.token_hex(16)}", "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()


@contextmanager
def reference(faults: Sequence[str] = (), edition: str = DEFAULT_EDITION) -> Iterator[Target]:
    """The reference server on a free port, as a target."""
    from antiphon.server import Settings, running

    key, secret = _keys()
    with ExitStack() as stack:
        receiver = stack.enter_context(receiving(secret))
        settings = Settings(
            faults=tuple(faults), edition=edition, api_key=key, webhook=receiver.url, webhook_secret=secret
        )
        base_url = stack.enter_context(running(settings))
        yield Target(
            base_url,
            model=settings.models[0],
            name="reference server",
            edition=edition,
            own_key=key,
            limits=Limits(calls=10_000),
            other_model=settings.models[1],
            reasoning_model=settings.models[0],
            receiver=receiver,
        )


def totals(exchanges: Iterable[Exchange]) -> tuple[int, int]:
    """The number of calls, and the tokens that their replies say were used."""
    calls = tokens = 0
    for exchange in exchanges:
        calls += INBOUND not in exchange.notes
        reply: Any = exchange.reply
        usage = reply.get("usage") if isinstance(reply, dict) else None
        total = usage.get("total_tokens") if isinstance(usage, dict) else None
        tokens += total if isinstance(total, int) and not isinstance(total, bool) else 0
    return calls, tokens
