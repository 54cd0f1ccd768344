"""Effect of a fault on the verdicts, and whether it is exactly the intended one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from antiphon.judge.verdict import Verdict
from antiphon.selftest.bench import DEVIATES, PlayedVerdicts
from antiphon.server.faults import Fault

BROKEN_VERDICTS = {Verdict.FAIL.value, Verdict.WARN.value, DEVIATES}
WRONG = {Verdict.FAIL.value, Verdict.WARN.value, Verdict.ERROR.value}
UNJUDGED_VERDICTS = {Verdict.NOT_TESTABLE.value, Verdict.NOT_APPLICABLE.value, Verdict.NOT_ASKED.value}
TIMED = frozenset({"sse.arrives-as-made"})
"""Requirements on times, which a busy machine leaves unshown: that is not the doing of a fault."""


@dataclass(frozen=True)
class Proof:
    """Effect of one fault on the verdicts."""

    fault: str
    edition: str
    breaks: frozenset[str]
    implies: frozenset[str]
    hides: frozenset[str]
    broken: frozenset[str]
    """Requirements that are broken with the fault and not without it."""
    changed: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Other requirements whose verdict differs: before and after."""
    failing: frozenset[str] = frozenset()
    """Tests of the suites that fail with the fault and not without it."""
    shown_by: Mapping[str, frozenset[frozenset[str]]] = field(default_factory=dict)
    """Requirement that is meant to be broken, and is → sets of scenarios, each of which shows it."""
    seconds: float = 0.0
    first: Proof | None = None
    """First outcome, beside the others, of a fault that was tried again alone."""

    @property
    def is_seen(self) -> bool:
        """Something that is meant to be broken is: a run as deep as this one tells of the fault."""
        return bool(self.broken & (self.breaks | self.implies))

    @property
    def missed(self) -> frozenset[str]:
        """Requirements that should be broken and are not."""
        return self.breaks - self.broken

    @property
    def collateral(self) -> frozenset[str]:
        """Requirements that are broken besides, and not implied."""
        return self.broken - self.breaks - self.implies

    @property
    def unforeseen(self) -> frozenset[str]:
        """Requirements whose verdict changed, without being broken, and that are not known to."""
        return frozenset(each for each in self.changed if not self._is_foreseen(each))

    def _is_foreseen(self, requirement: str) -> bool:
        before, after = self.changed[requirement]
        if before in UNJUDGED_VERDICTS and after == Verdict.PASS.value:
            return True  # the run without the fault was too quick to show it, and the right server keeps it
        hidden = requirement in self.hides and self.changed[requirement][1] in UNJUDGED_VERDICTS
        return hidden or requirement in self.implies

    @property
    def holds(self) -> bool:
        """All that the fault names is broken, and nothing else changed but what it is known to imply."""
        return not self.missed and not self.collateral and not self.unforeseen

    @property
    def outcome(self) -> str:
        """`caught`, `wide` where more than that changed, or `missed`."""
        return "missed" if self.missed else "caught" if self.holds else "wide"

    @property
    def is_unsteady(self) -> bool:
        """The fault was caught only in the second attempt, alone."""
        return self.holds and self.first is not None

    def again(self, second: Proof) -> Proof:
        """The second attempt, with this one as the first."""
        return replace(second, first=self)

    def as_json(self) -> dict[str, Any]:
        """The proof as JSON."""
        said: dict[str, Any] = {
            "fault": self.fault,
            "edition": self.edition,
            "outcome": self.outcome,
            "holds": self.holds,
            "breaks": sorted(self.breaks),
            "broken": sorted(self.broken),
            "missed": sorted(self.missed),
            "collateral": sorted(self.collateral),
            "changed": {each: list(self.changed[each]) for each in sorted(self.unforeseen)},
            "tests": sorted(self.failing),
            "seconds": round(self.seconds, 2),
        }
        return said | ({"first": self.first.as_json()} if self.first else {})


def proof_of(fault: Fault, edition: str, before: PlayedVerdicts, after: PlayedVerdicts, seconds: float = 0.0) -> Proof:
    """Compare the verdicts under a fault with those without it."""
    was, now = before.verdicts, after.verdicts
    changed = {each: (was[each], now[each]) for each in now if now[each] != was[each]}
    broken = frozenset(each for each, (_, verdict) in changed.items() if verdict in BROKEN_VERDICTS)
    rest = {
        each: pair
        for each, pair in changed.items()
        if each not in broken and not (each in TIMED and pair[1] in UNJUDGED_VERDICTS)
    }
    failing = after.failing - before.failing
    meant = broken & (fault.breaks | fault.implies)
    shown_by = {name: after.shown_by[name] for name in meant if name in after.shown_by}
    return Proof(
        fault.name, edition, fault.breaks, fault.implies, fault.hides, broken, rest, failing, shown_by, seconds
    )


def unproven(proofs: Iterable[Proof], requirements: Iterable[str]) -> list[str]:
    """The requirements that no fault was caught by."""
    caught = {each for proof in proofs for each in proof.breaks & proof.broken}
    return sorted(set(requirements) - caught)


@dataclass(frozen=True)
class Score:
    """All proofs, added up."""

    faults: int
    caught: int
    """Faults by which all that they name was broken, whatever else changed."""
    missed: int
    wide: int
    unsteady: tuple[str, ...]
    """Faults that were caught only when tried again, alone."""
    requirements: int
    """Those that a fault was caught by."""
    idle: tuple[str, ...]
    """Tests of the suites that failed with no fault."""

    @property
    def mutation(self) -> float:
        """Per cent of the faults that were caught."""
        return 100 * self.caught / max(1, self.faults)

    def as_json(self) -> dict[str, Any]:
        """The score as JSON."""
        return {
            "faults": self.faults,
            "caught": self.caught,
            "missed": self.missed,
            "wide": self.wide,
            "unsteady": list(self.unsteady),
            "requirements": self.requirements,
            "mutation_score": round(self.mutation, 1),
            "idle_tests": list(self.idle),
        }


def score_of(proofs: Iterable[Proof], tests: Iterable[str] = ()) -> Score:
    """The score of these proofs; `tests` are those that there are."""
    proofs = list(proofs)
    missed = sum(proof.outcome == "missed" for proof in proofs)
    failing = {each for proof in proofs for each in proof.failing}
    return Score(
        faults=len(proofs),
        caught=len(proofs) - missed,
        missed=missed,
        wide=sum(proof.outcome == "wide" for proof in proofs),
        unsteady=tuple(sorted(proof.fault for proof in proofs if proof.is_unsteady)),
        requirements=len({each for proof in proofs for each in proof.breaks & proof.broken}),
        idle=tuple(sorted(set(tests) - failing)),
    )
