"""Descriptions of parameters, disagreements, triggers, editions, clients, and other names of the contract."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from antiphon.clients.dialogue import Dialogue, dialogues_of
from antiphon.clients.mutation import example_of, is_mutation
from antiphon.clients.needs import ClientNeeds, all_needs
from antiphon.clients.trait import without_event
from antiphon.contract.defects import defects
from antiphon.contract.evidence import evidence_kinds, sources
from antiphon.contract.load import all_requirements, contract, edition, edition_ids
from antiphon.contract.parameters import invalid_values
from antiphon.contract.paths import spec_dir
from antiphon.contract.schemas.library import Relaxation, editions_with_schemas, relaxations
from antiphon.contract.spec_files import read_validated
from antiphon.contract.triggers import triggers
from antiphon.explain.names import disagreements, parameters

MOST = 60
"""Requirements that are listed one by one."""


def requirement_sentences(ids: Iterable[str]) -> list[str]:
    """Requirements, each with its sentence; only their number where they are many."""
    known, rows = all_requirements(), list(ids)
    if len(rows) > MOST:
        return [f"{len(rows)} requirements"]
    return [f"{each} — {known[each].says}" if each in known else each for each in rows]


def of_parameter(name: str) -> dict[str, Any]:
    """What the contract states about a parameter."""
    row = dict(parameters()[name])
    invalid = [
        f"{json.loads(each.value) if each.value else '(left out)'!r} is refused (trigger {each.trigger})"
        for each in invalid_values(row)
    ]
    row.pop("invalid", None)
    needed = row.pop("requirements", ())
    where = f"parameter:{name}"
    row.pop("name")
    return {
        **row,
        "invalid": invalid,
        "requirements": requirement_sentences(needed),
        "disagreements": [f"{key}: {each['topic']}" for key, each in disagreements().items() if where in each["where"]],
    }


def of_disagreement(name: str) -> dict[str, Any]:
    """What the contract states about a disagreement between sources."""
    row = disagreements()[name]
    deciding = [each for each in all_requirements() if f"requirement:{each}" in row["where"]]
    return {
        "says": row["topic"],
        "positions": row["positions"],
        "decision": row["decision"],
        "where": row["where"],
        "requirements": requirement_sentences(deciding),
    }


def of_trigger(name: str) -> dict[str, Any]:
    """What the contract states about a trigger."""
    each = next(each for each in triggers() if each.id == name)
    return {
        "written in": f"spec/errors.yaml, trigger {name}",
        "operation": each.operation,
        "given": each.setup,
        "request": dict(each.request),
        "refusal": dict(each.expected),
        "accepted": list(each.accept),
        "portable": each.portable,
        "note": each.note,
        "requirements": requirement_sentences(filter(None, (each.requirement, each.detail))),
        "parameters": [key for key, row in parameters().items() if name in row.get("invalid", ())],
        "sources": [str(one) for one in each.evidence],
    }


def of_relaxation(name: str) -> dict[str, Any]:
    """What the contract states about a relaxation."""
    found = {each.id: each for edition_id in editions_with_schemas() for each in relaxations(edition_id)}
    each: Relaxation = found[name]
    holding = [
        edition_id for edition_id in editions_with_schemas() if name in {one.id for one in relaxations(edition_id)}
    ]
    return {
        "says": each.reason,
        "editions": holding,
        "until": str(each.until or ""),
        "changes": [dict(change) for change in each.changes],
        "sources": [" ".join(f"{key}: {value}" for key, value in one.items()) for one in each.evidence],
    }


def of_edition(name: str) -> dict[str, Any]:
    """What the contract states about an edition."""
    book, reading = contract(name), edition(name)
    levels: dict[str, int] = {}
    for each in book.requirements.values():
        levels[each.level.value] = levels.get(each.level.value, 0) + 1
    rest = {
        key: value for key, value in reading.data.items()
        if key not in ("id", "date", "title", "base", "routes", "levels", "sources", "quirks")
    }  # fmt: skip
    return {
        "says": reading.title,
        "date": reading.date,
        "base": reading.base or "",
        "sources": [f"{each['source']}: {each['what']}" for each in reading.data.get("sources", ())],
        "requirements": levels,
        "routes": {key: f"{route.method} {route.path}" for key, route in reading.routes.items()},
        "levels": {key: level for key, level in reading.levels.items() if book.every[key].level.value != level},
        "relaxations": {each.id: each.reason for each in relaxations(name)},
        "quirks": {each["id"]: each["says"] for each in reading.data.get("quirks", ())},
        "rules": rest,
    }


def of_capability(name: str) -> dict[str, Any]:
    """What the contract states about a capability."""
    each = contract().capabilities[name]
    row = next(
        row
        for row in read_validated(spec_dir() / "capabilities.yaml", "capabilities")["capabilities"]
        if row["id"] == name
    )
    return {
        "says": each.says,
        "needs": row.get("needs", []),
        "counts as declined when": list(each.declined_when),
        "profiles": [one.id for one in contract().profiles.values() if name in one.capabilities],
        "requirements": requirement_sentences(one.id for one in all_requirements().values() if one.capability == name),
    }


def of_profile(name: str) -> dict[str, Any]:
    """What the contract states about a profile."""
    each = contract().profiles[name]
    return {"says": each.says, "capabilities": {one: contract().capabilities[one].says for one in each.capabilities}}


def of_client(name: str) -> dict[str, Any]:
    """What a client sends, and what it was measured to choke on."""
    each = contract().clients[name]
    row = read_validated(spec_dir() / "clients" / f"{name}.yaml", "client")
    needs = all_needs().get(name)
    return {
        "says": f"{each.title} {each.version}, measured in {each.date}",
        "note": row.get("note", ""),
        "features": ", ".join(needs.features) if needs else "not measured",
        "sends": [_sent(dialogue) for dialogue in dialogues_of(name)],
        "chokes where": _choked_on(needs) if needs else [],
        "requirements": requirement_sentences(each.needs),
    }  # fmt: skip


def _choked_on(needs: ClientNeeds) -> list[str]:
    """What a client choked on, each with what it said and with what it was played; a fault before a mutation."""
    found: dict[str, str] = {}
    for case in sorted((case for case in needs.cases if case.chokes), key=lambda case: is_mutation(case.fault)):
        suspects = sorted({without_event(trait) for trait in case.suspects or case.traits})
        what = ", ".join(suspects[:2]).replace("|", " ")
        found.setdefault(what, f"{what}: {case.says} ({example_of(case.fault)})")
    return sorted(found.values())


def _sent(dialogue: Dialogue) -> str:
    """The calls of a dialogue in one line."""
    return f"{dialogue.id}: {', then '.join(f'{turn.method} {turn.path}' for turn in dialogue.turns)}"


def of_code(name: str) -> dict[str, Any]:
    """What the contract states about an error code."""
    value = read_validated(spec_dir() / "errors.yaml", "errors")
    failed = [source for source, codes in value["response_error_codes"].items() if name in codes]
    return {
        "statuses": value["codes"].get(name, []),
        "of failed responses, says": failed,
        "triggers": [each.id for each in triggers() if each.expected.get("code") == name],
    }


def of_defect(name: str) -> dict[str, Any]:
    """A defect that was reported of a server, the faults that do the same, and the requirements that would show it."""
    defect = defects()[name]
    return {
        "says": f"{defect.of}: {defect.says}",
        "report": defect.link,
        **({"faults": list(defect.faults)} if defect.faults else {"unplayed": defect.unplayed}),
        "requirements": requirement_sentences(each.id for each in all_requirements().values() if name in each.defects),
    }


def of_source(name: str) -> dict[str, Any]:
    """What the contract states about a source of evidence."""
    each = sources()[name]
    holding = [one.id for one in all_requirements().values() if any(name == piece.source for piece in one.evidence)]
    return {
        "says": each.says,
        "kind": f"{each.kind}: {evidence_kinds()[each.kind]}",
        "date": each.date,
        "requirements": requirement_sentences(holding),
    }


def of_fault(name: str) -> dict[str, Any]:
    """What a fault of the reference server does, and what it breaks."""
    from antiphon.server.faults import catalogue

    each = catalogue()[name]
    return {
        "says": each.says,
        "breaks": requirement_sentences(sorted(each.breaks)),
        "implies": requirement_sentences(sorted(each.implies)),
        "editions": sorted(each.needs) or list(edition_ids()),
        "try it": f"antiphon serve --fault {name}",
    }
