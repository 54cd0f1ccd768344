"""Reader of `spec/`. An error names the file, the entry and the known choices."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import yaml

from antiphon.contract.model import Capability, Client, Contract, Edition, Evidence, Level, Profile, Requirement, Route
from antiphon.contract.paths import spec_dir
from antiphon.errors import ConfigError, SpecError

DEFAULT_EDITION = "openai-2026-08"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(path: Path) -> Any:
    """A YAML file's value. Raises SpecError with file and line where it is not YAML."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else "?"
        raise SpecError(f"{_name(path)}, line {line}: not YAML: {error.problem or error}.") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SpecError(f"{_name(path)}: cannot be read: {error}.") from None


def read_validated(path: Path, meta: str) -> Any:
    """A YAML file's value, valid under `spec/meta/META.schema.json`."""
    # YAML knows dates and keys that are numbers, JSON does not; the schemas speak of JSON.
    value = json.loads(json.dumps(read_yaml(path), default=str))
    for error in meta_schema(meta).iter_errors(value):
        where = "/".join(str(part) for part in error.instance_path)
        raise SpecError(f"{_name(path)}, entry {_entry(value, error.instance_path) or where}: {error.message}.")
    return value


@cache
def meta_schema(name: str) -> Any:
    """The validator of `spec/meta/NAME.schema.json`."""
    path = spec_dir() / "meta" / f"{name}.schema.json"
    try:
        return jsonschema_rs.validator_for(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise SpecError(f"{_name(path)}: no usable schema: {error}.") from None


def _name(path: Path) -> str:
    try:
        return f"spec/{path.relative_to(spec_dir())}"
    except ValueError:
        return str(path)


def _entry(value: Any, path: Iterable[Any]) -> str:
    """The id of the innermost named entry on a path into a file, and what is left of the path."""
    named, rest = "", []
    for part in path:
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            break
        rest.append(str(part))
        if isinstance(value, dict) and isinstance(value.get("id"), str):
            named, rest = value["id"], []
    return "/".join([named, *rest]) if named else ""


@cache
def all_requirements() -> Mapping[str, Requirement]:
    """Every requirement of `spec/requirements/*.yaml` by id, in the order of files and entries."""
    found: dict[str, Requirement] = {}
    for path in sorted((spec_dir() / "requirements").glob("*.yaml")):
        value = read_validated(path, "requirements")
        for entry in value["requirements"]:
            if entry["id"] in found:
                raise SpecError(f"{_name(path)}, entry {entry['id']}: this id stands twice; ids are unique.")
            found[entry["id"]] = _requirement(entry, value["area"])
    return found


def _requirement(entry: Mapping[str, Any], area: str) -> Requirement:
    evidence = tuple(
        Evidence(**{key: str(part) for key, part in each.items() if key in Evidence.__slots__})
        for each in entry["evidence"]
    )
    lists = {key: tuple(entry.get(key, ())) for key in ("breaks", "rules", "defects", "decides", "editions")}
    return Requirement(
        id=entry["id"],
        says=entry["says"],
        level=Level(entry["level"]),
        area=area,
        capability=entry["capability"],
        evidence=evidence,
        judged=entry.get("judged", ""),
        note=entry.get("note", ""),
        excluded=entry.get("excluded", ""),
        **lists,
    )


@cache
def edition_ids() -> tuple[str, ...]:
    """The ids of the editions in `spec/editions/`, sorted."""
    return tuple(sorted(path.stem for path in (spec_dir() / "editions").glob("*.yaml")))


@cache
def edition(name: str = DEFAULT_EDITION) -> Edition:
    """An edition with what it inherits from its base. Raises ConfigError for an unknown name."""
    if name not in edition_ids():
        raise ConfigError(f"No edition {name!r}; {nearest(name, edition_ids())}.")
    value = read_validated(spec_dir() / "editions" / f"{name}.yaml", "edition")
    base = edition(value["base"]) if value.get("base") else None
    routes = dict(base.routes) if base else {}
    for operation, route in (value.get("routes") or {}).items():
        if route is None:
            routes.pop(operation, None)
        else:
            routes[operation] = Route(operation, route["method"], route["path"])
    levels = {**(base.levels if base else {}), **(value.get("levels") or {})}
    data = {**(base.data if base else {}), **value}
    data["quirks"] = [*(base.data["quirks"] if base else ()), *(value.get("quirks") or ())]
    return Edition(name, str(value["date"]), value["title"], value.get("base"), routes, levels, data)


def nearest(name: str, choices: Iterable[str]) -> str:
    """A hint for a mistyped name: the nearest known ones, or all of a few."""
    choices = list(choices)
    close = get_close_matches(name, choices, n=3, cutoff=0.5)
    if close:
        return "did you mean " + " or ".join(close) + "?"
    return "known are " + ", ".join(choices[:12]) if len(choices) <= 12 else "`antiphon list` shows what there is"


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
    return Contract(reading, counted, _capabilities(), _profiles(), _clients(), every)


@cache
def _capabilities() -> Mapping[str, Capability]:
    value = read_validated(spec_dir() / "capabilities.yaml", "capabilities")
    return {
        each["id"]: Capability(each["id"], each["says"], each.get("declined_by") or {}, each["shown_by"])
        for each in value["capabilities"]
    }


@cache
def _profiles() -> Mapping[str, Profile]:
    value = read_validated(spec_dir() / "profiles.yaml", "profiles")
    return {each["id"]: Profile(each["id"], each["says"], tuple(each["capabilities"])) for each in value["profiles"]}


@cache
def _clients() -> Mapping[str, Client]:
    found = {}
    for path in sorted((spec_dir() / "clients").glob("*.yaml")):
        value = read_validated(path, "client")
        found[value["id"]] = Client(
            value["id"], value["title"], str(value["version"]), str(value["date"]), tuple(value["needs"])
        )
    return found
