"""Engine: runs the checks on exchanges, one at a time, and fills the ledger."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from datetime import UTC, datetime

from antiphon.contract.model import Contract
from antiphon.judge.admission import admitted_sights, sight_of
from antiphon.judge.check_runner import ExchangeFindings, runners_by_kind
from antiphon.judge.extract import subjects_of
from antiphon.judge.inferred_intent import inferred_intent
from antiphon.judge.judge_state import JudgeState
from antiphon.judge.ledger import Ledger
from antiphon.judge.operations import UNKNOWN, operation_of
from antiphon.judge.outcome_tally import OutcomeTally
from antiphon.judge.recording_limits import recording_limits
from antiphon.judge.registry import Relation, Violation, all_checks
from antiphon.judge.relation_set import RelationSet
from antiphon.judge.route_memory import HeldFindings, RouteMemory
from antiphon.judge.skips import UNROUTED, skip_reason
from antiphon.judge.subjects.responses import Call
from antiphon.recording.exchange import Exchange
from antiphon.recording.outcome import Outcome, outcome


@contextmanager
def cycle_collector_paused() -> Iterator[None]:
    """Without the collector of cycles: an exchange has none, and a long one would be looked through many times."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


class Judge:
    """Judges exchanges by every check that does not need a certain scenario.

    Memory does not grow with the exchanges, but for a short digest of each response object that relations need.
    """

    def __init__(self, contract: Contract, wants: Callable[[str], bool] = lambda requirement: True) -> None:
        self.contract = contract
        self._counted = frozenset(filter(wants, contract.requirements))
        self.ledger = Ledger()
        self.exchanges = 0
        self.skips: Counter[str] = Counter()
        """How many exchanges were not judged, by the reason."""
        self.outcomes = OutcomeTally()
        self.routes = RouteMemory()
        self._runners = runners_by_kind(tuple(each for each in all_checks() if each.requirement in self._counted))
        quirks = contract.edition.data.get("quirks", ())
        self._until = [(each["about"], str(each["until"])) for each in quirks if "until" in each]
        self._lifted = [(each["about"], frozenset(each["statuses"])) for each in quirks if "statuses" in each]
        self._limits = recording_limits(frozenset(contract.requirements))
        self.relations = RelationSet()

    def another(self) -> Judge:
        """A judge of the same contract that has seen nothing yet; cheaper than one made anew."""
        other = copy(self)
        other.ledger, other.exchanges, other.skips = Ledger(), 0, Counter()
        other.outcomes, other.routes, other.relations = OutcomeTally(), RouteMemory(), RelationSet()
        return other

    @property
    def skipped(self) -> int:
        """How many exchanges were not judged."""
        return self.skips.total()

    def _excused(self, exchange: Exchange) -> set[str]:
        """The requirements that a quirk of the edition lifts for an exchange, or that its recording cannot show."""
        excused = {requirement for requirement, statuses in self._lifted if exchange.status in statuses}
        if exchange.started_at and self._until:
            day = datetime.fromtimestamp(exchange.started_at, UTC).date().isoformat()
            excused |= {requirement for requirement, until in self._until if day < until}
        return excused | self._limits.of(exchange.notes) if exchange.notes else excused

    def feed(self, exchange: Exchange, file: str = "") -> dict[str, list[Violation]]:
        """Judge one exchange of a file; the violations found in it by requirement. Counts go to the ledger."""
        with cycle_collector_paused():
            return self._feed(exchange, file)

    def _feed(self, exchange: Exchange, file: str) -> dict[str, list[Violation]]:
        operation = self.count(exchange)
        if reason := skip_reason(exchange, operation):
            self.skips[reason] += 1
            return {}
        result = self.routes.outcome(exchange, operation)
        if result is Outcome.UNROUTED:
            held = self.routes.held(operation)
            held.exchanges += 1
            # It counts only if another reply shows its route to exist, and then as one of that route.
            self._examine(exchange, operation, outcome(exchange, routed=True), held, file)
            return {}
        return self._examine(exchange, operation, result, self, file)

    def _examine(
        self, exchange: Exchange, operation: str, result: Outcome, into: Judge | HeldFindings, file: str
    ) -> dict[str, list[Violation]]:
        findings = ExchangeFindings(self._excused(exchange), file)
        for subject in self.subjects(exchange, operation, result):
            self._run(subject, findings)
            for relation in into.relations.of(type(subject)):
                relation.see(subject)
        findings.enter(into.ledger, exchange.elapsed)
        return findings.violations

    def count(self, exchange: Exchange) -> str:
        """Count an exchange, and what it shows of its route; the operation that it performs."""
        self.exchanges += 1
        self.outcomes.see(exchange)
        operation = operation_of(exchange, self.contract.edition)
        is_news = operation != UNKNOWN and self.routes.see(exchange, operation)
        if is_news and (held := self.routes.release(operation)):
            self._take_over(held)
        return operation

    def _take_over(self, held: HeldFindings) -> None:
        self.ledger.add(held.ledger)
        self.relations.add(held.relations)

    def add(self, state: JudgeState) -> None:
        """Take over what another judge of the same contract found, before either is finished."""
        self.exchanges += state.exchanges
        self.skips.update(state.skips)
        self.outcomes.add(state.outcomes)
        self.ledger.add(state.ledger)
        self.relations.add(state.relations)
        for held in self.routes.add(state.routes):
            self._take_over(held)

    @property
    def state(self) -> JudgeState:
        """What it found so far."""
        return JudgeState(self.exchanges, self.skips, self.outcomes, self.ledger, self.relations, self.routes)

    def subjects(self, exchange: Exchange, operation: str, result: Outcome) -> Iterator[Call]:
        """The subjects of an exchange that its intent and its outcome admit."""
        edition = self.contract.edition
        call = Call(exchange, operation, edition)
        sights = admitted_sights(exchange.intent or inferred_intent(call), result)
        for subject in subjects_of(exchange, operation, edition):
            if sight_of(type(subject)) in sights:
                yield subject

    def _run(self, subject: Call, findings: ExchangeFindings) -> None:
        runner = self._runners.get(type(subject))
        if runner is not None:
            runner.run(subject, findings)

    def relations_for(self, kind: type) -> Sequence[Relation]:
        """The relations that want to see the subjects of a class."""
        return self.relations.of(kind)

    def finish(self) -> Ledger:
        """Judge the relations between exchanges, once, after the last one was fed."""
        self.skips += Counter({UNROUTED: self.routes.drop()})
        for relation in self.relations:
            for requirement, seen in self._close(relation):
                if requirement in self._counted:
                    self.ledger[requirement].record_violations(seen)
        self.relations = RelationSet()
        return self.ledger

    def _close(self, relation: Relation) -> Iterator[tuple[str, Iterable[Violation]]]:
        try:
            yield from relation.close()
        except Exception as error:  # likewise
            for requirement in relation.requirements:
                self.ledger[requirement].errors.add(f"{type(relation).__name__}: {error!r}")
