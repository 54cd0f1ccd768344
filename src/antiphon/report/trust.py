"""Standing of a result: why it may say nothing good of its target, though it says so itself."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from antiphon.contract.load import contract, edition_ids
from antiphon.report.claims import EXERCISED_VERDICTS
from antiphon.report.result_model import Result
from antiphon.report.seal import is_intact
from antiphon.report.words import plural

FRESH = timedelta(days=30)
"""For how long a result speaks of its target: another version may have come since."""


def tamper_evidence(result: Result) -> str:
    """What shows that the file is not what a judge wrote, in a few words; empty where nothing does."""
    if "digest" not in result:
        return "has no digest"
    if not is_intact(result):
        return "edited after it was judged"
    return "" if _adds_up(result) else "its numbers do not add up"


def staleness(result: Result, today: date) -> str:
    """Why a result does not speak of today, in a few words; empty where it does."""
    try:
        day = date.fromisoformat(result["started_at"][:10])
    except ValueError:
        return "of no known day"
    if day > today + timedelta(days=1):
        return f"of a day to come, {day}"
    if today - day > FRESH:
        return f"stale, of {day}"
    if result["edition"] not in edition_ids():
        return "of an unknown edition"
    lacking = _lacking_musts(result)
    return f"stale, {plural(lacking, 'must')} of today not in it" if lacking else ""


def doubt(result: Result, today: date) -> str:
    """Why nothing good may be said on the word of this result; empty where nothing speaks against it."""
    return tamper_evidence(result) or staleness(result, today)


def _adds_up(result: Result) -> bool:
    """Totals, numbers and profiles are those of the requirements."""
    verdicts = Counter(each["verdict"] for each in result["requirements"])
    failed = {each["id"] for each in result["requirements"] if each["verdict"] == "fail"}
    seen, profiles = result["exercised"], result["profiles"].values()
    return (
        all(verdicts.get(verdict, 0) == count for verdict, count in result["totals"].items())
        and sum(result["totals"].values()) == len(result["requirements"]) == seen["requirements"]
        and seen["judged"] == sum(verdicts[verdict] for verdict in EXERCISED_VERDICTS)
        and seen["held"] == verdicts["pass"]
        and all(failed.issuperset(each["broken"]) for each in profiles)
        and not any(each["holds"] and _is_broken(result, name) for name, each in result["profiles"].items())
    )


def _is_broken(result: Result, profile: str) -> bool:
    """A must of a capability of the profile is broken, or it names what is missing itself."""
    claim = result["profiles"][profile]
    known = contract(result["edition"]).profiles if result["edition"] in edition_ids() else {}
    capabilities = known[profile].capabilities if profile in known else ()
    broken = (each for each in result["requirements"] if each["verdict"] == "fail" and each["level"] == "must")
    return bool(claim["broken"] or claim["missing"]) or any(each["capability"] in capabilities for each in broken)


def _lacking_musts(result: Result) -> int:
    """The musts of the edition as it is today that the result does not have."""
    has = {each["id"] for each in result["requirements"]}
    return sum(
        1 for each in contract(result["edition"]).requirements.values() if each.level == "must" and each.id not in has
    )
