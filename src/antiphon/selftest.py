"""Proves the checks: every fault of the reference server is caught by what it names, and changes nothing else."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest

from antiphon.contract.load import DEFAULT_EDITION
from antiphon.judge.verdict import Verdict, judgement
from antiphon.plugin import Played, is_wire, judge_item, needed, requirements_of
from antiphon.running import run_suite
from antiphon.session import Plan, Session

Verdicts = Mapping[str, str]


@dataclass(frozen=True)
class Proof:
    """What one fault did to the verdicts."""

    fault: str
    breaks: frozenset[str]
    implies: frozenset[str]
    broken: frozenset[str]
    """Requirements that are broken with the fault and not without it."""
    changed: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Other requirements whose verdict differs: before and after."""

    @property
    def missed(self) -> frozenset[str]:
        return self.breaks - self.broken

    @property
    def collateral(self) -> frozenset[str]:
        return self.broken - self.breaks - self.implies

    @property
    def holds(self) -> bool:
        """All that the fault names is broken, and nothing else changed but what it is known to imply."""
        return not self.missed and not self.collateral and not set(self.changed) - self.implies


class _Repeat:
    """Judges the collected tests once per fault, in place of pytest's own loop."""

    def __init__(self, plans: Sequence[Plan]) -> None:
        self.plans = plans
        self.verdicts: list[Verdicts] = []

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        items = [item for item in session.items if requirements_of(item) and isinstance(item, pytest.Function)]
        for plan in self.plans:
            self.verdicts.append(_verdicts(plan, items))
        return True


def _verdicts(plan: Plan, items: Sequence[pytest.Function]) -> Verdicts:
    run = Session(plan)
    run.play(needed(run, items))
    transcripts = Played(run.transcripts)
    for item in items:
        if is_wire(item):
            continue
        params = getattr(getattr(item, "callspec", None), "params", {})
        arguments: dict[str, Any] = {}
        for name in item._fixtureinfo.argnames:
            value = params.get(name, name)
            arguments[name] = _argument(run, transcripts, getattr(value, "name", value), name)
        judge_item(run, item, requirements_of(item), arguments)
    entries = run.judge.ledger.entries
    return {
        each: judgement(entries.get(each), run.contract.level(each)).verdict.value for each in run.contract.requirements
    }


def _argument(run: Session, transcripts: Played, wanted: Any, name: str) -> Any:
    if name == "exchanges":
        return list(run.exchanges.values())
    if name == "contract":
        return run.contract
    return transcripts[wanted] if name not in ("case",) and isinstance(wanted, str) else wanted


def verdicts_under(faults: Sequence[str], edition: str = DEFAULT_EDITION) -> list[Verdicts]:
    """The verdict of every requirement of an edition, for each fault; `""` stands for the right server."""
    plans = [Plan(edition=edition, faults=(fault,) if fault else (), thorough=True) for fault in faults]
    repeat = _Repeat(plans)
    run_suite(Plan(edition=edition, thorough=True), extra=[repeat])
    return repeat.verdicts


BROKEN = {Verdict.FAIL.value, Verdict.WARN.value}


def prove(names: Iterable[str] | None = None, edition: str = DEFAULT_EDITION, workers: int = 2) -> list[Proof]:
    """The proofs of the named faults, or of all; several processes share them. The right server is run first."""
    from antiphon.server.faults import catalogue

    faults = catalogue()
    chosen = list(faults) if names is None else list(names)
    parts = [["", *chosen[start::workers]] for start in range(workers)]
    parts = [part for part in parts if len(part) > 1]
    with ProcessPoolExecutor(max(1, len(parts)), multiprocessing.get_context("spawn")) as pool:
        found = list(pool.map(verdicts_under, parts, [edition] * len(parts)))
    proofs = {}
    for part, verdicts in zip(parts, found, strict=True):
        for name, after in zip(part[1:], verdicts[1:], strict=True):
            proofs[name] = proof_of(faults[name], verdicts[0], after)
    return [proofs[name] for name in chosen]


def proof_of(fault: Any, before: Verdicts, after: Verdicts) -> Proof:
    """Compare the verdicts with a fault to those without."""
    changed = {each: (before[each], after[each]) for each in after if after[each] != before[each]}
    broken = frozenset(each for each, (_, now) in changed.items() if now in BROKEN)
    rest = {each: pair for each, pair in changed.items() if each not in broken}
    return Proof(fault.name, fault.breaks, fault.implies, broken, rest)
