"""Decision whether a result may pass: broken requirements compared with the expected ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum

from antiphon.effects.claims import broken_claims
from antiphon.errors import Exit
from antiphon.gate.baseline import Baseline, BaselineEntry
from antiphon.report.result import silence
from antiphon.report.result_model import Result, ResultProfile, ResultRequirement

BROKEN_BY = {"must": ("fail",), "should": ("fail", "warn")}
_WEIGHT = {"fail": 2, "warn": 1}


class GateOutcome(StrEnum):
    """Outcome of a requirement that is broken or that a baseline names."""

    EXPECTED = "as expected"
    BROKEN = "newly broken"
    STALE = "stale"
    EXPIRED = "expired"
    FLAKY = "known flaky"
    UNSEEN = "not shown"


@dataclass(frozen=True, slots=True)
class GateFinding:
    """One requirement with its outcome. `entry` is its entry in the baseline, if it has one."""

    outcome: GateOutcome
    id: str
    level: str
    expected: str
    got: str
    why: str = ""
    entry: BaselineEntry | None = None


@dataclass(frozen=True, slots=True)
class Demand:
    """What must hold. `holds` is None where too little was judged to decide; then it is not met either."""

    kind: str
    """profile or client."""
    name: str
    holds: bool | None
    reasons: tuple[str, ...] = ()

    @property
    def why(self) -> str:
        """The reasons in one line; empty without any."""
        return "; ".join(self.reasons)


@dataclass(frozen=True)
class GatePolicy:
    """Rules of the decision. The default: no broken must."""

    baseline: Baseline | None = None
    profiles: tuple[str, ...] = ()
    """Profiles that must hold besides; an expected failure does not make one hold."""
    clients: tuple[str, ...] = ()
    """Clients that must work. They alone decide then, not what is broken beside what they do."""
    fail_on: str = "must"
    """must or should: the lowest level whose breach decides."""
    new_failures_only: bool = False
    """Stale and expired entries are shown and do not decide."""
    today: date = field(default_factory=lambda: datetime.now(UTC).date())

    @property
    def is_default(self) -> bool:
        """No option changes how a result is decided."""
        return not (self.baseline or self.profiles or self.clients or self.new_failures_only) and self.fail_on == "must"


@dataclass(frozen=True)
class Gate:
    """A decision, with its findings and policy."""

    policy: GatePolicy
    findings: tuple[GateFinding, ...]
    demands: tuple[Demand, ...]
    errors: int
    """Requirements with the verdict error: mistakes of ours."""
    claims: tuple[str, ...] = ()
    """Capabilities that must be there and are not."""
    silence: Exit = Exit.HOLDS
    """What calls without an answer, or nothing judged at all, come to; no baseline excuses them."""

    def findings_with(self, outcome: GateOutcome) -> list[GateFinding]:
        """The findings of one outcome."""
        return [each for each in self.findings if each.outcome is outcome]

    @property
    def exit(self) -> Exit:
        """A new failure comes first, then an error of ours, then an outdated baseline."""
        if self.findings_with(GateOutcome.BROKEN) or any(not each.holds for each in self.demands) or self.claims:
            return Exit.BROKEN
        if self.errors:
            return Exit.OURS
        if self.silence:
            return self.silence
        outdated = self.findings_with(GateOutcome.STALE) or self.findings_with(GateOutcome.EXPIRED)
        return Exit.STALE if outdated and not self.policy.new_failures_only else Exit.HOLDS


def decide_verdicts(requirements: Iterable[ResultRequirement], policy: GatePolicy, depth: str = "") -> Gate:
    """Hold verdicts alone against a policy: no profile, no claim and no number of calls is known.

    `depth` is that of which all was played, empty where it is unknown.
    """
    return Gate(policy, tuple(_findings(requirements, policy, depth)), (), 0)


def decide(result: Result, policy: GatePolicy) -> Gate:
    """Hold a result against a policy."""
    findings = () if policy.clients else tuple(_findings(result["requirements"], policy, result.get("depth", "")))
    flaky = frozenset(policy.baseline.flaky if policy.baseline else ())
    demands = tuple(_demand(result, name, flaky) for name in policy.profiles)
    demands += tuple(_works(result, name) for name in policy.clients)
    claims = tuple(broken_claims(result.get("capabilities", {})))
    return Gate(policy, findings, demands, result["totals"]["error"], claims, silence(result))


def _findings(requirements: Iterable[ResultRequirement], policy: GatePolicy, depth: str) -> Iterator[GateFinding]:
    known = policy.baseline.expected if policy.baseline else {}
    flaky = policy.baseline.flaky if policy.baseline else {}
    decisive = BROKEN_BY[policy.fail_on]
    seen = set()
    for each in requirements:
        name, got = each["id"], each["verdict"]
        seen.add(name)
        if name in flaky:
            yield GateFinding(GateOutcome.FLAKY, name, each["level"], "", got, "never decides", flaky[name])
        elif name in known:
            entry = known[name]
            outcome, why = _outcome(entry, got, decisive, policy.today)
            if outcome is GateOutcome.STALE and policy.baseline and policy.baseline.is_beyond(depth):
                outcome, why = GateOutcome.UNSEEN, f"expected {entry.verdict} at depth {policy.baseline.depth}"
            yield GateFinding(outcome, name, each["level"], entry.verdict, got, why, entry)
        elif got in decisive:
            yield GateFinding(GateOutcome.BROKEN, name, each["level"], "pass", got)
    for name, entry in [*known.items(), *flaky.items()]:
        if name not in seen:
            yield GateFinding(GateOutcome.UNSEEN, name, "", entry.verdict, "", "the edition does not count it", entry)


def _outcome(entry: BaselineEntry, got: str, decisive: tuple[str, ...], today: date) -> tuple[GateOutcome, str]:
    worse = got in decisive and _WEIGHT[got] > _WEIGHT.get(entry.verdict, 0)
    if worse:
        return GateOutcome.BROKEN, f"expected {entry.verdict}"
    if entry.expires and entry.expires < today:
        return GateOutcome.EXPIRED, f"was excused until {entry.expires}; it is now {got}"
    if got == entry.verdict:
        return GateOutcome.EXPECTED, entry.reason
    if got in ("not-testable", "not-asked", "error"):
        return GateOutcome.UNSEEN, f"expected {entry.verdict}, and nothing showed it"
    return GateOutcome.STALE, f"expected {entry.verdict}, but it is now {got}; take the entry out"


def _works(result: Result, name: str) -> Demand:
    client = result["clients"].get(name)
    if client is None:
        return Demand("client", name, None, ("it was not measured",))
    wanted = "fails" if client["works"] is False else "unknown"
    why = (f"{each}: {found.get('why', '')}" for each, found in client.get("features", {}).items()
           if found["state"] == wanted)  # fmt: skip
    return Demand("client", name, client["works"], () if client["works"] else tuple(why))


def _demand(result: Result, name: str, flaky: frozenset[str]) -> Demand:
    profile = result["profiles"].get(name)
    if profile is None:
        return Demand("profile", name, None, ("the result says nothing of it",))
    broken = [each for each in profile["broken"] if each not in flaky]
    if broken or profile["missing"]:
        lacks = f"lacks {', '.join(profile['missing'])}" if profile["missing"] else ""
        told = f"{len(broken)} broken: {', '.join(broken[:5])}{', …' if len(broken) > 5 else ''}" if broken else ""
        return Demand("profile", name, False, tuple(filter(None, (told, lacks))))
    if profile["holds"] or (profile["broken"] and not _unsure(result, profile)):
        return Demand("profile", name, True)
    partial = "only a part was selected" if result["filtered"] else "recordings do not show all of it"
    partial = "calls got no answer" if result.get("exchanges", {}).get("unanswered") else partial
    unsaid = [f"nothing was judged in {', '.join(profile['unjudged'])}"] if profile["unjudged"] else []
    unsaid += [f"not asked: {', '.join(profile['not_asked'])}"] if profile.get("not_asked") else []
    return Demand("profile", name, None, tuple(unsaid) or (partial,))


def _unsure(result: Result, profile: ResultProfile) -> bool:
    return is_partial(result) or bool(profile["unjudged"] or profile.get("not_asked"))


def is_partial(result: Result) -> bool:
    """Only a part of the contract was tested, so that an unjudged requirement proves nothing."""
    unanswered = result.get("exchanges", {}).get("unanswered")
    return bool(result["filtered"] or unanswered) or result["source"] == "judge"
