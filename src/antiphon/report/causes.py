"""Causes of a result: its broken requirements, folded, as they stand in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from antiphon.causes.cause import Breach, BrokenPlace, Cause
from antiphon.causes.fold import fold
from antiphon.causes.reply_kind import ReplyKind
from antiphon.effects.claims import broken_claims
from antiphon.report.reproduction.choice import best_shown
from antiphon.report.result_model import Result, ResultCause, ResultRequirement, ResultViolation

BROKEN = ("fail", "warn")
FindReply = Callable[[str], ReplyKind | None]


def causes(
    requirements: Sequence[ResultRequirement],
    clients: Mapping[str, Any],
    capabilities: Mapping[str, Any],
    reply: FindReply = lambda _: None,
) -> list[ResultCause]:
    """The causes of what is broken, the gravest first. `reply` tells the kind of an exchange's reply by its id."""
    broken = {each["id"]: each for each in requirements if each["verdict"] in BROKEN}
    folded = fold(_breach(each, clients, reply) for each in broken.values())
    explained = {each["capability"] for each in broken.values() if each["verdict"] == "fail"}
    return [*_claims(capabilities, explained), *(_cause(cause, broken) for cause in folded)]


def causes_of(result: Result) -> list[ResultCause]:
    """The causes that a result holds; those of an older result are folded without its exchanges."""
    if "causes" in result:
        return result["causes"]
    return causes(result["requirements"], result["clients"], result.get("capabilities", {}))


def cause_of(result: Result) -> dict[str, ResultCause]:
    """The cause of each broken requirement, by the requirement's id."""
    return {id: cause for cause in causes_of(result) for id in cause["requirements"]}


def _breach(requirement: ResultRequirement, clients: Mapping[str, Any], reply: FindReply) -> Breach:
    return Breach(
        requirement=requirement["id"],
        level=requirement["level"],
        violated=requirement["violated"],
        clients=frozenset(clients) & frozenset(requirement["breaks"]),
        places=tuple(_place(violation, reply) for violation in requirement["violations"]),
    )


def _place(violation: ResultViolation, reply: FindReply) -> BrokenPlace:
    name = violation["exchange"]
    return BrokenPlace(
        name, violation["at"], violation["expected"], violation["got"], reply(name), violation["message"]
    )


def _cause(cause: Cause, broken: Mapping[str, ResultRequirement]) -> ResultCause:
    ids = [breach.requirement for breach in cause.breaches]
    folded: ResultCause = {
        "id": cause.id,
        "title": cause.title,
        "level": cause.level,
        "requirements": ids,
        "places": cause.places,
        "clients": sorted(cause.clients),
    }
    if first := best_shown([violation for id in ids for violation in broken[id]["violations"]]):
        folded["first"] = first
    return folded


def _claims(capabilities: Mapping[str, Any], explained: set[str]) -> list[ResultCause]:
    """A cause for each capability that is claimed and not there, where no broken must of it says so already."""
    return [
        {
            "id": f"capability.{id}",
            "title": f"{'The core, which no server may lack' if id == 'core' else id}, is {capabilities[id]['state']}: "
            f"{capabilities[id]['note']}",
            "level": "must",
            "requirements": [],
            "places": len(capabilities[id]["evidence"]),
            "clients": [],
        }
        for id in broken_claims(capabilities)
        if id not in explained
    ]
