"""Proof of the checks.

Every fault of the reference server is caught by the requirements that it names, and by no others.
"""

from __future__ import annotations

import gc
import multiprocessing
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field

from antiphon.contract.consequences import consequences, write
from antiphon.contract.depth import Depth
from antiphon.contract.load import DEFAULT_EDITION
from antiphon.selftest.bench import Bench, PlayedVerdicts, ReferencePlay
from antiphon.selftest.proof import UNJUDGED_VERDICTS, WRONG, Proof, proof_of
from antiphon.server.faults import Fault, catalogue

WORKERS = 12
"""Most of what a fault takes is waiting, so that more processes than cores are worth their start."""
MOST_AGAIN = 25
"""Faults that are looked at once more; where more are not right, it is not for being unsteady."""

Task = tuple[Fault, str]
"""A fault, and the edition in which it is tried."""


class ReferenceServerFails(Exception):
    """The right server breaks requirements, so that nothing can be proven with it."""

    def __init__(self, edition: str, wrong: Mapping[str, str]) -> None:
        listed = ", ".join(f"{each} ({verdict})" for each, verdict in sorted(wrong.items()))
        super().__init__(f"The reference server is not right in edition {edition} even without a fault: {listed}.")
        self.wrong = wrong


@dataclass
class ProofRun:
    """The proofs so far, by fault, and the tests of the suites that the right server does not fail."""

    proofs: dict[str, Proof] = field(default_factory=dict)
    tests: set[str] = field(default_factory=set)
    benches: Mapping[str, Bench] = field(default_factory=dict)
    """By edition."""


def prove(
    names: Iterable[str] | None = None,
    edition: str = DEFAULT_EDITION,
    workers: int = WORKERS,
    depth: Depth = Depth.THOROUGH,
    tell: Callable[[Proof], None] = lambda proof: None,
    calls: int | None = None,
) -> ProofRun:
    """Try the named faults, or all; several processes share them. Those that are not right are tried again, alone.

    A fault that cannot be shown in `edition` is tried in the first one in which it can. With `calls`, at most so many
    are played of each fault, and one that they do not show is played whole. Raises ReferenceServerFails.
    """
    faults = catalogue()
    chosen = [faults[name] for name in (faults if names is None else names)]
    found = ProofRun()
    benches = {
        each: _right(Bench(each, depth)) for each in dict.fromkeys(_edition_of(fault, edition) for fault in chosen)
    }
    found.benches = benches
    for bench in benches.values():
        found.tests |= bench.tests - bench.right.failing
    tasks = [(fault, _edition_of(fault, edition)) for fault in sorted(chosen, key=_is_quick)]
    for proof in _proofs_in_two_steps(tasks, benches, workers, calls):
        found.proofs[proof.fault] = proof
        tell(proof)
    doubtful = [(faults[proof.fault], proof.edition) for proof in found.proofs.values() if not proof.holds]
    for second in _proofs(doubtful, benches, 1) if len(doubtful) <= MOST_AGAIN else ():
        proof = found.proofs[second.fault] = found.proofs[second.fault].again(second)
        tell(proof)
    return found


def _is_quick(fault: Fault) -> bool:
    """No switch is set. Scenarios that wait for an end which never comes have one, and should start early."""
    return not fault.policy


def _edition_of(fault: Fault, requested: str) -> str:
    return requested if not fault.needs or requested in fault.needs else min(fault.needs)


def _right(bench: Bench) -> Bench:
    wrong = {each: verdict for each, verdict in bench.right.verdicts.items() if verdict in WRONG}
    if wrong:
        raise ReferenceServerFails(bench.edition, wrong)
    return bench


_benches: dict[str, Bench] = {}
"""By edition, in a worker, which inherits those of the process that started it where processes are forked."""


def _prepare(baselines: Mapping[str, ReferencePlay], depth: Depth) -> None:
    """In a fresh worker process: collect the suites again, with the records of the fault-free server."""
    for edition, baseline in baselines.items():
        if edition not in _benches:
            _benches[edition] = Bench(edition, depth, baseline)
    gc.freeze()


def _under(fault: str, edition: str, calls: int | None) -> tuple[PlayedVerdicts, float]:
    """In a worker process: verdicts under a fault."""
    began = time.monotonic()
    return _benches[edition].under(fault, calls), time.monotonic() - began


def _proofs_in_two_steps(
    tasks: Sequence[Task], benches: Mapping[str, Bench], workers: int, calls: int | None
) -> Iterator[Proof]:
    """The proofs of faults by a part of what they reach, and of those that it did not show by all of it."""
    unshown: set[str] = set()
    for proof in _proofs(tasks, benches, workers, calls):
        if calls is None or proof.holds:
            yield proof
        else:
            unshown.add(proof.fault)
    yield from _proofs([task for task in tasks if task[0].name in unshown], benches, workers)


def _proofs(
    tasks: Sequence[Task], benches: Mapping[str, Bench], workers: int, calls: int | None = None
) -> Iterator[Proof]:
    if not tasks:
        return
    context = multiprocessing.get_context("fork" if _can_fork() else "spawn")
    workers = max(1, min(workers, len(tasks)))
    given = {edition: bench.baseline for edition, bench in benches.items()}
    depth = next(iter(benches.values())).depth
    _benches.update(benches)
    with ProcessPoolExecutor(workers, context, _prepare, (given, depth)) as pool:
        waiting = {pool.submit(_under, fault.name, edition, calls): (fault, edition) for fault, edition in tasks}
        for future in as_completed(waiting):
            fault, edition = waiting[future]
            after, seconds = future.result()
            yield proof_of(fault, edition, benches[edition].right, after, seconds)


def _can_fork() -> bool:
    """A worker can begin with what was collected and played before it, which else each makes for itself."""
    return sys.platform == "linux" and threading.active_count() == 1


def record_consequences(proofs: Iterable[Proof]) -> None:
    """Write the verdicts that each of these faults hides to `spec/faults.yaml`."""
    known = dict(consequences())
    for proof in proofs:
        unjudged = frozenset(each for each, (_, after) in proof.changed.items() if after in UNJUDGED_VERDICTS)
        known[proof.fault] = unjudged - proof.implies
    write(known)
