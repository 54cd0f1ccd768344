"""Pages of requirements: an overview of the areas, and a section for each requirement of an area."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from antiphon.contract.load import all_requirements, contract, edition_ids
from antiphon.contract.model import Requirement
from antiphon.contract.site.text import codes, heading_line, table

KINDS = ("must", "should", "may", "excluded")
UNCOUNTED = "not counted"


@dataclass(frozen=True, slots=True)
class ProofSources:
    """What judges a requirement, and the faults that show that it does; the contract itself knows neither."""

    checks: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    faults: Mapping[str, str] | None = None
    """Sentences by name."""


ProofOf = Callable[[str], ProofSources]


def overview() -> str:
    """How many requirements each area has, by level, and how many each edition counts."""
    areas: dict[str, Counter[str]] = {}
    for requirement in all_requirements().values():
        kind = "excluded" if requirement.excluded else requirement.level.value
        areas.setdefault(requirement.area, Counter())[kind] += 1
    rows = [
        [f"[{name}](requirements/{name}.md)", *(str(count[kind] or "") for kind in KINDS)]
        for name, count in areas.items()
    ]
    total = [sum(count[kind] for count in areas.values()) for kind in KINDS]
    rows.append(["**all**", *(f"**{number}**" for number in total)])
    counted = [[f"[`{name}`](editions.md#{name})", str(len(contract(name).requirements))] for name in edition_ids()]
    return (
        "A requirement is one sentence that a server keeps or breaks. A broken *must* fails, a broken *should* warns; "
        "a *may* is reported only. What nothing on the wire can show is excluded, with the reason.\n\n"
        + table(["Area", *KINDS], rows)
        + "\n## Counted by edition\n\n"
        + table(["Edition", "requirements"], counted)
    )


def area(name: str, proof: ProofOf) -> str:
    """The requirements of an area, those that are judged first."""
    requirements = [requirement for requirement in all_requirements().values() if requirement.area == name]
    requirements.sort(key=lambda requirement: bool(requirement.excluded))
    return "\n".join(_section(requirement, proof(requirement.id)) for requirement in requirements)


def _section(requirement: Requirement, proof: ProofSources) -> str:
    facts = [f"- **{title}:** {text}" for title, text in _facts(requirement, proof) if text]
    note = [f"{requirement.note}\n"] if requirement.note else []
    head = heading_line(2, f"`{requirement.id}`", requirement.id)
    return "\n".join([head, f"{requirement.says}\n", *note, *facts, ""])


def _facts(requirement: Requirement, proof: ProofSources) -> Iterator[tuple[str, str]]:
    if requirement.excluded:
        yield "Not judged", requirement.excluded
    else:
        yield "Level", _levels(requirement)
    yield "Capability", f"[{requirement.capability}](../clients.md#{requirement.capability})"
    yield "Sources", "; ".join(map(str, requirement.evidence))
    yield "Checked by", codes(proof.checks)
    yield "Tested by", codes(proof.tests)
    yield "Proved by faults", "; ".join(f"`{name}` ({says.rstrip('.')})" for name, says in (proof.faults or {}).items())
    clients = contract().clients
    yield "Needed by", ", ".join(f"[{clients[name].title}](../clients.md#{name})" for name in requirement.breaks)


def _levels(requirement: Requirement) -> str:
    """The level, and each edition that reads it otherwise."""
    level = requirement.level.value
    levels = {name: _level(contract(name).requirements.get(requirement.id)) for name in edition_ids()}
    others = [f"{other} in `{name}`" for name, other in levels.items() if other != level]
    return level + (f" ({', '.join(others)})" if others else "")


def _level(requirement: Requirement | None) -> str:
    return requirement.level.value if requirement else UNCOUNTED
