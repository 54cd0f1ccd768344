"""Conclusions from verdicts for profiles and known clients."""

from __future__ import annotations

from collections.abc import Sequence

from antiphon.contract.model import Client, Contract, Profile
from antiphon.judge.verdict import Verdict
from antiphon.report.facts import RunFacts
from antiphon.report.result_model import ResultClient, ResultProfile, ResultRequirement

Requirements = Sequence[ResultRequirement]

EXERCISED_VERDICTS = (Verdict.PASS, Verdict.FAIL, Verdict.WARN)
"""Verdicts that say something of what the server did."""


def profiles(contract: Contract, requirements: Requirements, run: RunFacts) -> dict[str, ResultProfile]:
    """A statement on each profile, by its id."""
    return {each.id: _profile(each, requirements, run) for each in contract.profiles.values()}


def _profile(profile: Profile, requirements: Requirements, run: RunFacts) -> ResultProfile:
    decisive = [each for each in requirements if each["level"] == "must" and each["capability"] in profile.capabilities]
    seen = {each["capability"] for each in decisive if each["verdict"] in EXERCISED_VERDICTS}
    missing = [each for each in profile.capabilities if each in run.missing]
    unjudged = {each["capability"] for each in decisive} - seen - set(missing)
    broken = [each["id"] for each in decisive if each["verdict"] == Verdict.FAIL]
    partial = run.partial and not run.covers.issuperset(profile.capabilities)
    unsure = partial or bool(unjudged) or any(each["verdict"] == Verdict.ERROR for each in decisive)
    claim: ResultProfile = {
        "says": profile.says,
        "holds": False if broken or missing else None if unsure or not seen else True,
        "requirements": len(decisive),
        "judged": sum(1 for each in decisive if each["verdict"] in EXERCISED_VERDICTS),
        "broken": broken,
        "missing": missing,
        "unjudged": sorted(unjudged - run.not_asked),
    }
    if not_asked := sorted(unjudged & run.not_asked):
        claim["not_asked"] = not_asked
    return claim


def clients(contract: Contract, requirements: Requirements, run: RunFacts) -> dict[str, ResultClient]:
    """A statement on each known client, by its id."""
    return {each.id: _client(each, requirements, run) for each in contract.clients.values()}


def _client(client: Client, requirements: Requirements, run: RunFacts) -> ResultClient:
    needed = [each for each in requirements if client.id in each["breaks"] or each["id"] in client.needs]
    broken = [each["id"] for each in needed if each["violated"] and each["verdict"] != Verdict.ERROR]
    unknown = sum(1 for each in needed if each["verdict"] not in EXERCISED_VERDICTS and each["id"] not in broken)
    unsure = run.partial or unknown > 0 or not needed
    return {
        "title": client.title,
        "version": client.version,
        "works": False if broken else None if unsure else True,
        "broken": broken,
        "unknown": unknown,
    }
