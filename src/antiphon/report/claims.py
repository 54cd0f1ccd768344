"""Conclusions from verdicts for profiles and known clients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from antiphon.clients.verdicts import FeatureState, FeatureVerdict, SeenServer, client_verdicts, overall
from antiphon.contract.model import Client, Contract, Profile
from antiphon.judge.verdict import Verdict
from antiphon.report.facts import RunFacts
from antiphon.report.result_model import ResultClient, ResultFeature, ResultProfile, ResultRequirement
from antiphon.report.text import clip

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


def clients(contract: Contract, run: RunFacts) -> dict[str, ResultClient]:
    """A statement on each known client, by its id."""
    declined = {name: run.refusal_of(name) or f"no {name}" for name in run.missing}
    server = SeenServer(run.sightings, contract.edition, declined)
    seen = client_verdicts(server) if run.features is None else run.features
    known = (client for client in contract.clients.values() if client.id in seen)
    return {client.id: _client(client, seen[client.id], run) for client in known}


def _client(client: Client, features: Mapping[str, FeatureVerdict], run: RunFacts) -> ResultClient:
    works = overall(features.values())
    return {
        "title": client.title,
        "version": client.version,
        "works": None if works and run.partial and client.id not in run.clients else works,
        "broken": sorted({each.requirement for each in features.values() if each.state is FeatureState.FAILS} - {""}),
        "unknown": sum(1 for each in features.values() if each.state is FeatureState.UNKNOWN),
        "features": {name: _feature(each) for name, each in features.items()},
    }


def _feature(verdict: FeatureVerdict) -> ResultFeature:
    said: ResultFeature = {"state": verdict.state.value}
    if verdict.requirement:
        said["requirement"] = verdict.requirement
    if verdict.why:
        said["why"] = clip(verdict.why)
    if verdict.exchange:
        said["exchange"] = verdict.exchange
    return said


def broken_clients(works: Mapping[str, ResultClient]) -> dict[str, set[str]]:
    """The clients in which a feature fails for it, by requirement."""
    found: dict[str, set[str]] = {}
    for id, client in works.items():
        for requirement in client["broken"]:
            found.setdefault(requirement, set()).add(id)
    return found
