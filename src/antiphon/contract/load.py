"""Reader of `spec/`. An error names the file, the entry and the known choices."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from functools import cache
from typing import Any, cast

from antiphon.contract.edition_data import EditionData
from antiphon.contract.evidence import evidence_of
from antiphon.contract.model import Capability, Client, Contract, Edition, Level, Profile, Requirement, Route
from antiphon.contract.paths import spec_dir
from antiphon.contract.spec_files import read_validated, spec_name
from antiphon.contract.triggers import requirements_of_triggers
from antiphon.errors import ConfigError, SpecError

DEFAULT_EDITION = "openai-2026-08"


@cache
def all_requirements() -> Mapping[str, Requirement]:
    """Every requirement by id: those of `spec/requirements/`, in the order of files and entries, and of triggers."""
    found: dict[str, Requirement] = {}
    for path in sorted((spec_dir() / "requirements").glob("*.yaml")):
        value = read_validated(path, "requirements")
        made = requirements_of_triggers() if value["area"] == "errors" else ()
        for each in (*(_requirement(entry, value) for entry in value["requirements"]), *made):
            if each.id in found:
                raise SpecError(f"{spec_name(path)}, entry {each.id}: this id stands twice; ids are unique.")
            found[each.id] = each
    return _with_clients(found)


def _requirement(entry: Mapping[str, Any], area: Mapping[str, Any]) -> Requirement:
    """A requirement of a file, whose head says what all that do not say otherwise have in common."""
    return Requirement(
        id=entry["id"],
        says=entry["says"],
        level=Level(entry["level"]),
        area=area["area"],
        capability=entry.get("capability", area["capability"]),
        evidence=evidence_of(entry["evidence"], area["where"]),
        judged=entry.get("judged", ""),
        defects=tuple(entry.get("defects", ())),
        editions=tuple(entry.get("editions", ())),
        note=entry.get("note", ""),
        excluded=entry.get("excluded", ""),
    )


def _with_clients(found: Mapping[str, Requirement]) -> Mapping[str, Requirement]:
    """The requirements, each with the clients that break without it."""
    breaks: dict[str, list[str]] = {}
    for client in clients().values():
        for name in client.needs:
            if name in found:  # a requirement that is gone since it was measured needs nobody any more
                breaks.setdefault(name, []).append(client.id)
    return {name: replace(each, breaks=tuple(breaks[name])) if name in breaks else each for name, each in found.items()}


@cache
def edition_ids() -> tuple[str, ...]:
    """The ids of the editions in `spec/editions/`, sorted."""
    return tuple(sorted(path.stem for path in (spec_dir() / "editions").glob("*.yaml")))


@cache
def edition(name: str = DEFAULT_EDITION) -> Edition:
    """An edition with what it inherits from its base. Raises ConfigError for an unknown name."""
    if name not in edition_ids():
        raise ConfigError(f"No edition {name!r}; {nearest(name, edition_ids())}")
    value = read_validated(spec_dir() / "editions" / f"{name}.yaml", "edition")
    base = edition(value["base"]) if value.get("base") else None
    routes = dict(base.routes) if base else {}
    for operation, route in (value.get("routes") or {}).items():
        if route is None:
            routes.pop(operation, None)
        else:
            routes[operation] = Route(operation, route["method"], route["path"])
    levels = {**(base.levels if base else {}), **(value.get("levels") or {})}
    data = cast("EditionData", {**(base.data if base else {}), **value})  # its meta schema has been asked
    data["quirks"] = [*(base.data["quirks"] if base else ()), *(value.get("quirks") or ())]
    return Edition(name, str(value["date"]), value["title"], value.get("base"), routes, levels, data)


def nearest(name: str, choices: Iterable[str]) -> str:
    """The end of a sentence about a mistyped name: the nearest known ones, or all of a few."""
    choices = list(choices)
    close = get_close_matches(name, choices, n=3, cutoff=0.5)
    if close:
        return did_you_mean(close)
    return f"known are {', '.join(choices)}." if len(choices) <= 12 else "`antiphon list` shows what there is."


def did_you_mean(names: Sequence[str]) -> str:
    """A question for the one of several that was meant."""
    *others, last = names
    return f"did you mean {', '.join(others)}{' or ' if others else ''}{last}?"


@cache
def contract(edition_id: str = DEFAULT_EDITION) -> Contract:
    """The contract under an edition. Raises SpecError where `spec/` is broken, ConfigError for an unknown edition."""
    reading = edition(edition_id)
    every = all_requirements()
    for unknown in sorted(set(reading.levels) - set(every)):
        raise SpecError(f"spec/editions/{edition_id}.yaml, levels: no requirement {unknown!r}.")
    counted = {}
    for requirement in every.values():
        level = reading.levels.get(requirement.id, requirement.level)
        if level == "off" or requirement.excluded:
            continue
        if requirement.editions and edition_id not in requirement.editions:
            continue
        counted[requirement.id] = replace(requirement, level=Level(level))
    return Contract(reading, counted, _capabilities(), _profiles(reading), clients(), every)


@cache
def _capabilities() -> Mapping[str, Capability]:
    value = read_validated(spec_dir() / "capabilities.yaml", "capabilities")
    return {
        each["id"]: Capability(each["id"], each["says"], tuple(each["declined_when"]), tuple(each.get("routes", ())))
        for each in value["capabilities"]
    }


def _profiles(reading: Edition) -> Mapping[str, Profile]:
    """The profiles, without what the edition does not have; without those of which nothing is left."""
    value = read_validated(spec_dir() / "profiles.yaml", "profiles")
    has = {each.id for each in _capabilities().values() if reading.routes.keys() >= set(each.routes)}
    all_of_it = (Profile(each["id"], each["says"], tuple(each["capabilities"])) for each in value["profiles"])
    here = [replace(each, capabilities=tuple(name for name in each.capabilities if name in has)) for each in all_of_it]
    return {each.id: each for each in here if each.capabilities}


@cache
def clients() -> Mapping[str, Client]:
    """The clients of `spec/clients/*.yaml` by id."""
    found, needs = {}, _measured_needs()
    for path in sorted((spec_dir() / "clients").glob("*.yaml")):
        value = read_validated(path, "client")
        found[value["id"]] = Client(
            value["id"], value["title"], str(value["version"]), str(value["date"]), needs.get(value["id"], ())
        )
    return found


def _measured_needs() -> Mapping[str, tuple[str, ...]]:
    """By client, the requirements on whose breach it was seen to choke, in some manner and some feature."""
    measured = json.loads((spec_dir() / "clients" / "measured" / "requirements.json").read_text(encoding="utf-8"))
    return {client: tuple(requirements) for client, requirements in measured.items()}
