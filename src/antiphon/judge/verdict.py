"""Verdicts, from the entries of the ledger."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from antiphon.contract.model import Level
from antiphon.judge.ledger import LedgerEntry


class Verdict(StrEnum):
    """Verdict on one requirement after a run."""

    PASS = "pass"
    FAIL = "fail"
    WARN = "warn"
    NOT_APPLICABLE = "not-applicable"
    NOT_TESTABLE = "not-testable"
    NOT_ASKED = "not-asked"
    ERROR = "error"


class Judgement(NamedTuple):
    """A verdict and, where it is neither pass nor fail, or was not the same in all runs, the reason."""

    verdict: Verdict
    reason: str


CHOICE = "a choice of the server: "
"""Begins the reason where a may is not so: that is neither a fault nor a lack."""
UNSEEN = "nothing in these exchanges shows it"


def judgement(
    entry: LedgerEntry | None, level: Level, left_out: str = "", declined: str = "", unseen: str = UNSEEN
) -> Judgement:
    """The verdict on one requirement. Nothing is a pass unless something was judged.

    `left_out` is why the run did not ask for it at all, `declined` how the target declines its capability, `unseen` why
    the exchanges may not show it; they count where the ledger holds nothing.
    """
    if declined and not (entry and (entry.errors or entry.judged or entry.inapplicable or entry.untestable)):
        return Judgement(Verdict.NOT_APPLICABLE, declined)
    if entry is None:
        return Judgement(Verdict.NOT_ASKED, left_out) if left_out else Judgement(Verdict.NOT_TESTABLE, unseen)
    if entry.errors:
        return Judgement(Verdict.ERROR, _first(entry.errors))
    if entry.violated:
        return _broken(entry, level)
    if entry.judged:
        return Judgement(Verdict.PASS, "")
    if entry.inapplicable:
        return Judgement(Verdict.NOT_APPLICABLE, _first(entry.inapplicable))
    if entry.untestable:
        return Judgement(Verdict.NOT_TESTABLE, _first(entry.untestable))
    unplayed = min(entry.unplayed, default=left_out)
    return Judgement(Verdict.NOT_ASKED, unplayed) if unplayed else Judgement(Verdict.NOT_TESTABLE, unseen)


def _broken(entry: LedgerEntry, level: Level) -> Judgement:
    match level:
        case Level.MUST:
            return Judgement(Verdict.FAIL, flaky(entry))
        case Level.SHOULD:
            return Judgement(Verdict.WARN, flaky(entry))
        case Level.MAY:
            place = entry.places[0]
            return Judgement(Verdict.NOT_APPLICABLE, f"{CHOICE}{place.message or place.got}")


def flaky(entry: LedgerEntry) -> str:
    """In how many of several runs a requirement held that was broken in others; empty where none differ."""
    return f"flaky: held in {entry.held_runs} of {entry.runs} runs" if 0 < entry.held_runs < entry.runs else ""


def _first(reasons: set[str]) -> str:
    first, *rest = sorted(reasons) or [""]
    return f"{first} (and {len(rest)} more reasons)" if rest else first
