"""Result of a run, from which all reports are made. Its format is `spec/result.schema.json`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import cast

from antiphon import __version__
from antiphon.causes.reply_kind import ReplyKind, reply_kind
from antiphon.contract.model import Contract, Evidence, Requirement
from antiphon.effects.claims import broken_claims
from antiphon.errors import Exit
from antiphon.judge.drift import DriftRow
from antiphon.judge.ledger import Ledger, LedgerEntry
from antiphon.judge.outcome_tally import Silence
from antiphon.judge.registry import Violation
from antiphon.judge.verdict import UNSEEN, Verdict, judgement
from antiphon.recording.exchange import Exchange
from antiphon.recording.records import ScenarioEnd
from antiphon.recording.redaction.redactor import Redactor
from antiphon.report import claims
from antiphon.report.causes import causes
from antiphon.report.exchange_excerpts import FindExchange, exchange_excerpts
from antiphon.report.facts import RunFacts
from antiphon.report.files import load_result, write_json
from antiphon.report.reproduction.choice import with_best_first
from antiphon.report.reproduction.commands import Reproductions
from antiphon.report.reproduction.compared_values import with_both_values
from antiphon.report.result_model import (
    Result,
    ResultDrift,
    ResultEvidence,
    ResultRequirement,
    ResultScenario,
    ResultSilence,
    ResultViolation,
)
from antiphon.report.schema import SCHEMA_VERSION
from antiphon.report.seal import with_digest
from antiphon.report.text import clip
from antiphon.report.words import is_empty

__all__ = ["Result", "RunFacts", "build", "exit_code", "load_result", "write_json"]


def build(
    contract: Contract, ledger: Ledger, run: RunFacts, exchanges: Mapping[str, Exchange] | FindExchange
) -> Result:
    """The result of a judged run. The same input gives the same result, whatever its order."""
    find = exchanges.get if isinstance(exchanges, Mapping) else exchanges
    target = run.public_target()
    clean = _Clean(find)
    known = exchanges.values() if isinstance(exchanges, Mapping) else ()
    commands = Reproductions(known, clean.exchange, run.command_target, contract.edition.id)
    works = claims.clients(contract, run)
    breaks = claims.broken_clients(works)
    requirements = [
        _requirement(each, ledger.entries.get(each.id), breaks.get(each.id, set()), clean, commands, run)
        for each in sorted(contract.requirements.values(), key=lambda each: (each.area, each.id))
    ]
    verdicts = [each["verdict"] for each in requirements]
    made = {
        "antiphon": __version__,
        "schema": SCHEMA_VERSION,
        "edition": contract.edition.id,
        "source": run.source,
        "target": target,
        "started_at": run.started_at,
        "duration": round(run.duration, 3),
        "filtered": run.filtered,
        "filter": run.filter,
        **({"depth": run.depth} if run.depth else {}),
        "totals": {verdict.value: verdicts.count(verdict) for verdict in Verdict},
        "exercised": {
            "requirements": len(requirements),
            "judged": sum(1 for verdict in verdicts if verdict in claims.EXERCISED_VERDICTS),
            "held": verdicts.count(Verdict.PASS),
        },
        "runs": run.runs,
        "calls": run.calls,
        "tokens": run.tokens,
        **({"spending": run.spending} if run.spending else {}),
        "exchanges": {
            "judged": run.exchanges_judged,
            "skipped": run.exchanges_skipped,
            **({"unanswered": _silence(run.unanswered)} if run.unanswered else {}),
        },
        "requirements": requirements,
        "causes": causes(requirements, works, run.capabilities, clean.reply),
        "profiles": claims.profiles(contract, requirements, run),
        "clients": works,
        "parameters": list(run.parameters),
        "capabilities": dict(run.capabilities),
        "drift": sorted(map(_drift, run.drift), key=lambda each: [str(part) for part in each.values()]),
        "scenarios": sorted(map(_scenario, run.scenarios), key=lambda each: [*each.values()]),
        "transcript": run.transcript,
        "files": list(run.files),
        **({"recordings": list(run.recordings)} if run.recordings else {}),
        "traffic": exchange_excerpts(requirements, clean.exchange),
    }
    return with_digest(made)


class _Clean:
    """Exchanges without secrets, and texts about them without the same secrets."""

    def __init__(self, find: FindExchange) -> None:
        self._find = find
        self._redactor = Redactor()
        self._known: dict[str, tuple[Redactor, Exchange | None]] = {}

    def exchange(self, name: str) -> Exchange | None:
        return self._about(name)[1]

    def reply(self, name: str) -> ReplyKind | None:
        """The kind of the reply of an exchange; None where it is not known."""
        exchange = self.exchange(name)
        return reply_kind(exchange) if exchange else None

    def violation(self, violation: Violation) -> Violation:
        """A violation without what its exchange carried as credentials, its texts not too long."""
        redactor = self._about(violation.exchange)[0]

        def clean(text: str) -> str:
            return clip(redactor.text(text))

        return replace(
            violation,
            at=clean(violation.at),
            expected=clean(violation.expected),
            got=clean(violation.got),
            message=clean(violation.message),
            exchange=clean(violation.exchange),
        )

    def _about(self, name: str) -> tuple[Redactor, Exchange | None]:
        if name not in self._known:
            found = self._find(name)
            redactor = self._redactor.with_credentials_of(found.request) if found else self._redactor
            self._known[name] = redactor, redactor.exchange(found) if found else None
        return self._known[name]


def exit_code(result: Result) -> Exit:
    """Exit code of a run: no answer at all comes first, then a broken requirement, then an error of ours."""
    unanswered = result["exchanges"].get("unanswered")
    if unanswered and unanswered["calls"] == result["calls"]:
        return Exit.UNREACHABLE
    if result["totals"]["fail"] or broken_claims(result.get("capabilities", {})):
        return Exit.BROKEN
    return Exit.OURS if result["totals"]["error"] else silence(result)


def silence(result: Result) -> Exit:
    """What it comes to that calls got no answer, or that nothing was judged."""
    unanswered = result["exchanges"].get("unanswered")
    if is_empty(result):
        return Exit.UNREACHABLE if unanswered else Exit.USAGE
    return Exit.BROKEN if unanswered else Exit.HOLDS


def _requirement(
    requirement: Requirement,
    entry: LedgerEntry | None,
    breaks: Collection[str],
    clean: _Clean,
    commands: Reproductions,
    run: RunFacts,
) -> ResultRequirement:
    left_out, declined = run.left_out.get(requirement.id, ""), run.refusal_of(requirement.capability)
    unseen = run.unshown.get(requirement.capability, UNSEEN)
    verdict, reason = judgement(entry, requirement.level, left_out, declined, unseen)
    entry = entry or LedgerEntry()
    held = {"runs": {"judged": entry.runs, "held": entry.held_runs}} if entry.runs else {}
    made = held | {
        "id": requirement.id,
        "says": requirement.says,
        "level": requirement.level.value,
        "capability": requirement.capability,
        "area": requirement.area,
        "verdict": verdict.value,
        "judged": entry.judged,
        "violated": entry.violated,
        "seconds": round(entry.micros / 1e6 / max(entry.judged, 1), 4),
        "reason": clip(reason),
        "evidence": [_evidence(each) for each in requirement.evidence],
        "breaks": sorted(breaks),
        "violations": with_best_first([_violation(requirement, each, clean, commands, run) for each in entry.places]),
    }
    return cast("ResultRequirement", made)  # likewise


def _evidence(evidence: Evidence) -> ResultEvidence:
    return {
        "kind": evidence.kind,
        "source": evidence.source,
        "where": evidence.where,
        "date": evidence.date,
        "counts": evidence.counts,
    }


def _violation(
    requirement: Requirement, violation: Violation, clean: _Clean, commands: Reproductions, run: RunFacts
) -> ResultViolation:
    name, file = violation.exchange, violation.file if len(run.files) > 1 else ""
    violation = clean.violation(with_both_values(violation, clean.exchange))
    curl, script = commands.of(requirement.id, requirement.says, violation)
    made = {
        "exchange": violation.exchange,
        "at": violation.at,
        "expected": violation.expected,
        "got": violation.got,
        "message": violation.message,
        "curl": curl,
        **({"script": script} if script else {}),
        **({"file": file} if file else {}),
        **({"line": run.lines[name]} if name in run.lines else {}),
    }
    return cast("ResultViolation", made)


def _drift(row: DriftRow) -> ResultDrift:
    return {
        "kind": clip(row["kind"]),
        "what": clip(row["what"]),
        "name": clip(row["name"]),
        "exchange": clip(row["exchange"]),
        "at": clip(row["at"]),
        "count": row["count"],
    }


def _silence(silence: Silence) -> ResultSilence:
    return {"calls": silence.calls, "first": silence.first, "reason": silence.reason}


def _scenario(ending: ScenarioEnd) -> ResultScenario:
    return {
        "name": f"{ending.scenario}[{ending.case}]" if ending.case else ending.scenario,
        "outcome": ending.outcome,
        "reason": clip(ending.reason),
        "exchange": ending.exchange,
    }
