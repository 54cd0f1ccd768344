"""Findings of a run, or of recordings: what the judge, drift, effects and costs make of its exchanges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from antiphon.clients.sightings import ClientSightings
from antiphon.contract.model import Contract
from antiphon.effects import Effects, EffectsState
from antiphon.exercise.budget.costs import CostCounts, RunCosts
from antiphon.judge.drift import DriftRow, DriftTable
from antiphon.judge.engine import Judge
from antiphon.judge.judge_state import JudgeState, WrittenJudgeState
from antiphon.judge.ledger import Ledger
from antiphon.judge.registry import Violation
from antiphon.recording.exchange import Exchange
from antiphon.recording.records import ScenarioEnd
from antiphon.report.result_model import ResultArea, ResultSpending


@dataclass
class FindingsState:
    """What findings hold, as it is written."""

    judge: WrittenJudgeState
    drift: list[DriftRow]
    effects: EffectsState
    costs: CostCounts
    clients: ClientSightings


class Findings:
    """Verdicts, drift, effects of parameters and costs, from one exchange after the other."""

    def __init__(
        self, book: Contract, judge: Judge, *, verdicts_alone: bool = False, sees_clients: bool = True
    ) -> None:
        """`sees_clients` is of a run of ours: a recording of another program has no client's own requests."""
        self.judge, self.drift, self.effects, self.costs = judge, DriftTable(book.edition), Effects(book), RunCosts()
        self.clients, self._edition = ClientSightings(), book.edition
        self._verdicts_alone, self._sees_clients = verdicts_alone, sees_clients

    @property
    def ledger(self) -> Ledger:
        """What was judged, and what was broken."""
        return self.judge.ledger

    def add(self, exchange: Exchange, file: str = "") -> dict[str, list[Violation]]:
        """Judge an exchange of a file, and account for it; its violations by requirement."""
        violations = self.judge.feed(exchange, file)
        if not self._verdicts_alone:
            self.account(exchange)
            if self._sees_clients:
                self.clients.see(exchange, violations, self._edition)
        return violations

    @property
    def state(self) -> FindingsState:
        """What was found so far."""
        return FindingsState(
            self.judge.state.dump(), self.drift.all_rows(), self.effects.state, self.costs.counts, self.clients
        )

    def add_state(self, state: FindingsState) -> None:
        """Take over what was found in other exchanges. Raises msgspec.ValidationError and KeyError."""
        self.judge.add(JudgeState.load(state.judge))
        self.drift.add(state.drift)
        self.effects.add(state.effects)
        self.costs.counts.add(state.costs)
        self.clients.add(state.clients)

    def account(self, exchange: Exchange) -> None:
        """Add an exchange to drift, effects and costs, without judging it."""
        self.drift.see(exchange)
        self.effects.see(exchange)
        self.costs.add(exchange)

    def facts(self, endings: Sequence[ScenarioEnd], claims: Mapping[str, bool]) -> dict[str, Any]:
        """The facts of a result that follow from the exchanges, by the names of `RunFacts`."""
        for requirement, entry in self.ledger.entries.items() if self._sees_clients else ():
            self.clients.see_relation(requirement, entry.places)
        return {
            "sightings": self.clients,
            "calls": self.costs.all.calls,
            "tokens": self.costs.all.tokens.total,
            "spending": cost_report(self.costs),
            "drift": self.drift.rows(),
            **self.effects.tables(endings, claims),
            "exchanges_judged": self.judge.exchanges - self.judge.skipped,
            "exchanges_skipped": self.judge.skipped,
        }


def cost_report(costs: RunCosts) -> ResultSpending:
    """What the calls cost, as it stands in a result; None where no prices are known."""
    priced = bool(costs.prices)
    areas: list[ResultArea] = [
        {
            "area": name,
            "calls": spent.calls,
            "tokens": spent.tokens.total,
            "cost": round(spent.cost, 6) if priced else None,
        }
        for name, spent in sorted(costs.areas.items())
    ]
    return {
        "input_tokens": costs.all.tokens.input,
        "output_tokens": costs.all.tokens.output,
        "cost": round(costs.all.cost, 6) if priced else None,
        "retried": costs.retried_count,
        "deleted": costs.deleted_count,
        "not_deleted": costs.undeleted_count,
        "areas": areas,
    }
