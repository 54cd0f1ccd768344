"""Text of a gate: for a terminal, a job summary, a program, and annotations of a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from antiphon import __version__
from antiphon.errors import Exit
from antiphon.gate.decision import Demand, Gate, GateFinding, GateOutcome
from antiphon.report.text import clip, markdown, visible

OUTCOME_ORDER = (
    GateOutcome.BROKEN,
    GateOutcome.EXPIRED,
    GateOutcome.STALE,
    GateOutcome.FLAKY,
    GateOutcome.UNSEEN,
    GateOutcome.EXPECTED,
)
WORDS = {Exit.HOLDS: "holds", Exit.BROKEN: "broken", Exit.OURS: "our own error", Exit.STALE: "outdated baseline",
         Exit.USAGE: "nothing judged", Exit.UNREACHABLE: "not reachable"}  # fmt: skip
OWN_WORDS: Mapping[str, Mapping[bool | None, str]] = {
    "profile": {True: "holds", False: "does not hold", None: "cannot be said to hold"},
    "client": {True: "works", False: "does not work", None: "cannot be said to work"},
}
"""Kind of a demand → whether it is met → the words for it."""
MET = {"profile": "profiles that hold", "client": "clients that work"}
MOST_SHOWN = 50
_RULES = {GateOutcome.STALE: "baseline.stale", GateOutcome.EXPIRED: "baseline.expired"}


@dataclass(frozen=True, slots=True)
class BaselineProblem:
    """Mistake in a baseline file. `rule` is baseline.stale or baseline.expired; lines count from 1."""

    rule: str
    message: str
    file: str
    line: int
    requirement: str
    level: str
    """error where it decides, else warning."""


def problems(gate: Gate) -> list[BaselineProblem]:
    """Outdated entries of the baseline, by line; for SARIF and for annotations."""
    level = "warning" if gate.policy.new_failures_only else "error"
    found = [
        BaselineProblem(rule, f"{each.id} {each.why}.", gate.policy.baseline.path, each.entry.line, each.id, level)
        for outcome, rule in _RULES.items()
        for each in gate.findings_with(outcome)
        if each.entry and gate.policy.baseline
    ]
    return sorted(found, key=lambda each: each.line)


def counts(gate: Gate) -> dict[str, int]:
    """Number of requirements with each outcome, zeros included."""
    return {outcome.value: len(gate.findings_with(outcome)) for outcome in OUTCOME_ORDER}


def line(gate: Gate) -> str:
    """The gate in one line."""
    told = [f"{number} {name}" for name, number in counts(gate).items() if number]
    told += [f"{MET[kind]}: {number} of {asked}" for kind, number, asked in _met(gate)]
    told += [f"{', '.join(gate.claims)} must be there, and is not"] if gate.claims else []
    rule = "requirements do not decide" if gate.policy.clients else f"fails on {gate.policy.fail_on}"
    return f"gate {WORDS[gate.exit]}: {', '.join(told) or 'nothing broken'}; {rule}"


def _met(gate: Gate) -> Iterator[tuple[str, int, int]]:
    """Of each kind of demand, how many are met, and of how many."""
    for kind in OWN_WORDS:
        asked = [each for each in gate.demands if each.kind == kind]
        if asked:
            yield kind, sum(each.holds is True for each in asked), len(asked)


def as_text(gate: Gate) -> list[str]:
    """The gate as lines for a terminal; what is as expected is only counted."""
    lines = [line(gate)]
    for each in gate.demands:
        lines.append(f"  {each.kind} {each.name} {OWN_WORDS[each.kind][each.holds]}{':' if each.why else ''}")
        lines += [f"    {why}" for why in each.reasons]
    lines += [f"  {id} must be there, and is not" for id in gate.claims]
    for outcome in OUTCOME_ORDER[:-1]:
        shown = gate.findings_with(outcome)
        lines += [f"  {outcome.value:<12}  {_finding_line(each)}" for each in shown[:MOST_SHOWN]]
        if len(shown) > MOST_SHOWN:
            lines.append(f"  {outcome.value:<12}  and {len(shown) - MOST_SHOWN} more")
    return [visible(each) for each in lines]


def _finding_line(finding: GateFinding) -> str:
    said = f"{finding.id}  {finding.got}" + (f": {finding.why}" if finding.why else "")
    if not finding.entry:
        return said
    follow = ", ".join(filter(None, (finding.entry.owner, finding.entry.link)))
    return f"{said}  (line {finding.entry.line}, {follow})"


def as_markdown(gate: Gate) -> str:
    """The gate for the summary of a CI job."""
    lines = [f"### {markdown(line(gate))}", ""]
    lines += [
        f"- {each.kind} {markdown(each.name)} {OWN_WORDS[each.kind][each.holds]}{_because(each)}"
        for each in gate.demands
    ]
    rows = list(_rows(gate))
    if rows:
        lines += ["", "| outcome | requirement | verdict | why | owner |", "|---|---|---|---|---|", *rows]
    return "\n".join(lines) + "\n"


def _because(demand: Demand) -> str:
    return f": {markdown(demand.why)}" if demand.reasons else ""


def _rows(gate: Gate) -> Iterator[str]:
    for outcome in OUTCOME_ORDER:
        for each in gate.findings_with(outcome)[:MOST_SHOWN]:
            owner = each.entry.owner if each.entry else ""
            link = each.entry.link if each.entry else ""
            cells = (outcome.value, each.id, each.got, clip(each.why, 300), " ".join(filter(None, (owner, link))))
            yield f"| {' | '.join(map(markdown, cells))} |"


def as_json(gate: Gate) -> dict[str, Any]:
    """The gate for programs: verdict, exit code, counts, every finding, every demand, every problem of the file."""
    baseline = gate.policy.baseline
    return {
        "antiphon": __version__,
        "verdict": WORDS[gate.exit],
        "exit": int(gate.exit),
        "baseline": baseline.path if baseline else "",
        "fail_on": gate.policy.fail_on,
        "new_failures_only": gate.policy.new_failures_only,
        "counts": counts(gate),
        "profiles": [
            {"profile": each.name, "holds": each.holds, "why": each.why}
            for each in gate.demands
            if each.kind == "profile"
        ],
        "clients": [
            {"client": each.name, "works": each.holds, "why": each.why}
            for each in gate.demands
            if each.kind == "client"
        ],
        "findings": [_finding(each) for each in gate.findings],
        "problems": [{key: getattr(each, key) for key in BaselineProblem.__slots__} for each in problems(gate)],
    }


def _finding(finding: GateFinding) -> dict[str, Any]:
    entry = finding.entry
    said = {key: getattr(finding, key) for key in ("id", "level", "expected", "got", "why")}
    about = {"reason": entry.reason, "link": entry.link, "owner": entry.owner, "line": entry.line} if entry else {}
    if entry and entry.expires:
        about["expires"] = entry.expires.isoformat()
    return {"outcome": finding.outcome.value, **said, **about}
