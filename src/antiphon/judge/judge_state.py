"""What a judge has found so far, so that it can travel to another one."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import msgspec

from antiphon.judge.ledger import Ledger, LedgerEntry
from antiphon.judge.outcome_tally import OutcomeTally
from antiphon.judge.relation_set import RelationSet
from antiphon.judge.route_memory import HeldFindings, RouteMemory

Digests = dict[str, msgspec.Raw]


@dataclass
class WrittenFindings:
    """Findings that wait for their route to be shown, as they are written."""

    exchanges: int
    ledger: dict[str, LedgerEntry]
    relations: Digests


@dataclass
class WrittenJudgeState:
    """State of a judge as it is written."""

    exchanges: int
    skips: dict[str, int]
    outcomes: OutcomeTally
    ledger: dict[str, LedgerEntry]
    relations: Digests
    shown: list[str]
    held: dict[str, WrittenFindings]


@dataclass
class JudgeState:
    """Counts, ledger, digests for relations, and what waits for a route to be shown."""

    exchanges: int
    skips: Counter[str]
    outcomes: OutcomeTally
    ledger: Ledger
    relations: RelationSet
    routes: RouteMemory

    def dump(self) -> WrittenJudgeState:
        """The state as values that JSON can hold."""
        held = {
            operation: WrittenFindings(each.exchanges, dict(each.ledger.entries), each.relations.dump())
            for operation, each in self.routes.waiting.items()
        }
        entries, shown = dict(self.ledger.entries), sorted(self.routes.shown)
        return WrittenJudgeState(
            self.exchanges, dict(self.skips), self.outcomes, entries, self.relations.dump(), shown, held
        )

    @classmethod
    def load(cls, written: WrittenJudgeState) -> JudgeState:
        """The state that was written. Raises msgspec.ValidationError and KeyError where it is none."""
        held = {
            operation: HeldFindings(Ledger(each.ledger), RelationSet.load(each.relations), each.exchanges)
            for operation, each in written.held.items()
        }
        return cls(
            written.exchanges,
            Counter(written.skips),
            written.outcomes,
            Ledger(written.ledger),
            RelationSet.load(written.relations),
            RouteMemory(written.shown, held),
        )
