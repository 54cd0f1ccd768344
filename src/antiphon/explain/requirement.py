"""Description of one requirement."""

from __future__ import annotations

from typing import Any

from antiphon.contract.load import all_requirements, edition, edition_ids
from antiphon.contract.model import Requirement
from antiphon.contract.paths import spec_dir
from antiphon.contract.spec_files import read_validated
from antiphon.contract.triggers import source_trigger
from antiphon.explain.examples import example
from antiphon.explain.judges import checks, faults, naming_tests
from antiphon.explain.names import disagreements, parameters


def of_requirement(name: str) -> dict[str, Any]:
    """Sentence, levels, sources, what judges it, what proves that, who needs it, and an example."""
    each = all_requirements()[name]
    facts: dict[str, Any] = {
        "says": each.says,
        "written in": _place(each),
        "level": each.level.value,
        "editions": levels(each),
        "capability": f"{each.capability}: {_capability(each.capability)}",
        "sources": [str(evidence) for evidence in each.evidence],
    }
    notes = [evidence.note for evidence in each.evidence if evidence.note]
    if each.excluded:
        facts["excluded"] = each.excluded
    else:
        facts |= _judges(each)
    facts["note"] = [*filter(None, [each.note]), *notes]
    facts["clients"] = [_client(client) for client in each.breaks]
    named = f"requirement:{name}"
    facts["disagreements"] = [f"{key}: {row['topic']}" for key, row in disagreements().items() if named in row["where"]]
    facts["parameters"] = [key for key, row in parameters().items() if name in row.get("requirements", ())]
    facts["defects"] = list(each.defects)
    if not each.excluded:
        facts["example"] = _example(name)
    return facts


def _place(each: Requirement) -> str:
    """The file that the requirement is written in, and the trigger where it is made of one."""
    trigger = source_trigger(each.id)
    return f"spec/errors.yaml, trigger {trigger}" if trigger else f"spec/requirements/{each.area}.yaml"


def levels(requirement: Requirement) -> dict[str, str]:
    """The level in each edition."""
    return {name: _level(requirement, name) for name in edition_ids()}


def _level(requirement: Requirement, name: str) -> str:
    # As in `contract`, without reading every other requirement for it.
    level = str(edition(name).levels.get(requirement.id, requirement.level))
    counted = not requirement.excluded and level != "off" and name in (requirement.editions or (name,))
    return level if counted else "not counted"


def _judges(requirement: Requirement) -> dict[str, Any]:
    from antiphon.server.faults import catalogue

    broken_by = faults().get(requirement.id, ())
    return {
        "judged": requirement.judged,
        "checks": [f"antiphon.judge.checks.{name}" for name in checks().get(requirement.id, ())],
        "tests": [f"suites/{name}" for name in naming_tests(requirement.id)],
        "faults": {name: catalogue()[name].says for name in broken_by},
    }


def _capability(name: str) -> str:
    rows = read_validated(spec_dir() / "capabilities.yaml", "capabilities")["capabilities"]
    return next(str(row["says"]) for row in rows if row["id"] == name)


def _client(name: str) -> str:
    row = read_validated(spec_dir() / "clients" / f"{name}.yaml", "client")
    return f"{row['title']} {row['version']}"


def _example(name: str) -> Any:
    found = example(name)
    if found is None:
        return "no example"
    return {"keeps it": found.keeps, "breaks it": found.breaks}
