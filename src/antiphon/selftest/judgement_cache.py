"""Cache of judgements: an exchange of the fault-free server is judged once for all runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from antiphon.contract.model import Contract
from antiphon.judge.engine import Judge
from antiphon.judge.operations import operation_of
from antiphon.judge.registry import Violation
from antiphon.recording.exchange import Exchange
from antiphon.recording.outcome import Outcome, outcome


@dataclass(frozen=True)
class CachedJudgement:
    """Cached results of judging one exchange."""

    exchange: Exchange
    subjects: tuple[Any, ...]
    """Those that relations want to see."""
    held: frozenset[str]
    """Requirements that were judged and not broken."""
    violations: Mapping[str, list[Violation]]
    """By requirement that was broken."""


class JudgementCache:
    """The exchanges that are known, by identity."""

    def __init__(self, contract: Contract, exchanges: Iterable[Exchange]) -> None:
        blank = Judge(contract)
        self._known = {
            id(each): _judge_exchange(blank.another(), each)
            for each in exchanges
            if outcome(each) is not Outcome.UNROUTED  # what it shows depends on others
        }

    def of(self, exchange: Exchange) -> CachedJudgement | None:
        """The judgement of an exchange, where it is known."""
        return self._known.get(id(exchange))


def _judge_exchange(judge: Judge, exchange: Exchange) -> CachedJudgement:
    """The judgement of an exchange by a judge that has seen nothing yet."""
    result = outcome(exchange)
    judge.feed(exchange)
    entries = {name: entry for name, entry in judge.ledger.entries.items() if entry.judged}
    held = frozenset(name for name, entry in entries.items() if not entry.violated)
    found = {name: list(entry.places) for name, entry in entries.items() if name not in held}
    operation = operation_of(exchange, judge.contract.edition)
    subjects = judge.subjects(exchange, operation, result) if operation != "unknown" else ()
    return CachedJudgement(exchange, tuple(each for each in subjects if judge.relations_for(type(each))), held, found)


class CachingJudge(Judge):
    """Judge with the same results as `Judge`, from the cache where it can."""

    def __init__(self, contract: Contract, memory: JudgementCache) -> None:
        super().__init__(contract)
        self._memory = memory
        self.violated_in: dict[str, set[str]] = {}
        """Requirement → the scenarios in an exchange of which, by itself, it is broken."""

    def feed(self, exchange: Exchange, file: str = "") -> dict[str, list[Violation]]:
        """Judge an exchange, from the cache where it is known."""
        found = self._from_cache(exchange, file)
        for requirement in found:
            self.violated_in.setdefault(requirement, set()).add(exchange.scenario or "")
        return found

    def _from_cache(self, exchange: Exchange, file: str) -> dict[str, list[Violation]]:
        known = self._memory.of(exchange)
        if known is None:
            return super().feed(exchange, file)
        self.count(exchange)
        for subject in known.subjects:
            for relation in self.relations_for(type(subject)):
                relation.see(subject)
        self.ledger.record_pass(known.held)
        for requirement, violations in known.violations.items():
            self.ledger[requirement].record_violations(violations)
        return dict(known.violations)
