"""Proves the checks: every fault of the reference server is caught by what it names, and changes nothing else."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field, replace

from antiphon.contract.consequences import Consequences, consequences, write
from antiphon.contract.load import DEFAULT_EDITION
from antiphon.judge.verdict import Verdict
from antiphon.proving.bench import DEVIATES, Baseline, Bench, Verdicts
from antiphon.server.faults import Fault, catalogue

BROKEN = {Verdict.FAIL.value, Verdict.WARN.value, DEVIATES}
WRONG = {Verdict.FAIL.value, Verdict.WARN.value, Verdict.ERROR.value}
UNJUDGED = {Verdict.NOT_TESTABLE.value, Verdict.NOT_APPLICABLE.value}


@dataclass(frozen=True)
class Proof:
    """What one fault did to the verdicts."""

    fault: str
    edition: str
    breaks: frozenset[str]
    implies: frozenset[str]
    hides: frozenset[str]
    broken: frozenset[str]
    """Requirements that are broken with the fault and not without it."""
    changed: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Other requirements whose verdict differs: before and after."""
    seconds: float = 0.0

    @property
    def missed(self) -> frozenset[str]:
        return self.breaks - self.broken

    @property
    def collateral(self) -> frozenset[str]:
        return self.broken - self.breaks - self.implies

    @property
    def unforeseen(self) -> frozenset[str]:
        """Requirements whose verdict changed, without being broken, and that are not known to."""
        return frozenset(each for each in self.changed if not self._is_foreseen(each))

    def _is_foreseen(self, requirement: str) -> bool:
        hidden = requirement in self.hides and self.changed[requirement][1] in UNJUDGED
        return hidden or requirement in self.implies

    @property
    def holds(self) -> bool:
        """All that the fault names is broken, and nothing else changed but what it is known to imply."""
        return not self.missed and not self.collateral and not self.unforeseen


class NotRight(Exception):
    """The right server breaks requirements, so that nothing can be proven with it."""

    def __init__(self, edition: str, wrong: Mapping[str, str]) -> None:
        listed = ", ".join(f"{each} ({verdict})" for each, verdict in sorted(wrong.items()))
        super().__init__(f"The reference server is not right in edition {edition} even without a fault: {listed}.")
        self.wrong = wrong


_bench: Bench


def _prepare(edition: str, baseline: Baseline) -> None:
    """Collect the suite in a worker, once for all faults that it will try."""
    global _bench
    _bench = Bench(edition, baseline)


def _under(fault: str) -> tuple[Verdicts, float]:
    began = time.monotonic()
    return _bench.under(fault), time.monotonic() - began


def prove(
    names: Iterable[str] | None = None,
    edition: str = DEFAULT_EDITION,
    workers: int = 6,
    tell: Callable[[Proof], None] = lambda proof: None,
) -> list[Proof]:
    """The proofs of the named faults, or of all; several processes share them.

    A fault that cannot be shown in `edition` is tried in the first one in which it can. Raises NotRight.
    """
    faults = catalogue()
    chosen = [faults[name] for name in (faults if names is None else names)]
    proofs: dict[str, Proof] = {}
    for each in dict.fromkeys(_edition_of(fault, edition) for fault in chosen):
        share = [fault for fault in chosen if _edition_of(fault, edition) == each]
        for proof in _proofs(share, each, workers):
            proofs[proof.fault] = proof
            tell(proof)
    return [proofs[fault.name] for fault in chosen]


def _edition_of(fault: Fault, wanted: str) -> str:
    return wanted if not fault.needs or wanted in fault.needs else min(fault.needs)


def _proofs(faults: list[Fault], edition: str, workers: int) -> Iterator[Proof]:
    bench = Bench(edition)
    wrong = {each: verdict for each, verdict in bench.right.items() if verdict in WRONG}
    if wrong:
        raise NotRight(edition, wrong)
    context = multiprocessing.get_context("spawn")
    workers = max(1, min(workers, len(faults)))
    with ProcessPoolExecutor(workers, context, _prepare, (edition, bench.baseline)) as pool:
        waiting: dict[Future[tuple[Verdicts, float]], Fault] = {pool.submit(_under, each.name): each for each in faults}
        for future in as_completed(waiting):
            after, seconds = future.result()
            yield proof_of(waiting[future], edition, bench.right, after, seconds)


def proof_of(fault: Fault, edition: str, before: Verdicts, after: Verdicts, seconds: float = 0.0) -> Proof:
    """Compare the verdicts with a fault to those without."""
    changed = {each: (before[each], after[each]) for each in after if after[each] != before[each]}
    broken = frozenset(each for each, (_, now) in changed.items() if now in BROKEN)
    rest = {each: pair for each, pair in changed.items() if each not in broken}
    return Proof(fault.name, edition, fault.breaks, fault.implies, fault.hides, broken, rest, seconds)


def unproven(proofs: Iterable[Proof], requirements: Iterable[str]) -> list[str]:
    """The requirements that no fault was caught by."""
    caught = {each for proof in proofs for each in proof.breaks & proof.broken}
    return sorted(set(requirements) - caught)


def record(proofs: Iterable[Proof]) -> None:
    """Write down what each of these faults was seen to hide, in place of what was written of that before."""
    known = dict(consequences())
    for proof in proofs:
        before = known.get(proof.fault, Consequences())
        unjudged = {each for each, (_, after) in proof.changed.items() if after in UNJUDGED}
        implied = proof.implies | before.implies
        known[proof.fault] = replace(before, hides=frozenset(unjudged - implied))
    write(known)
