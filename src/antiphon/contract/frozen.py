"""What an edition promises, recorded: a released edition changes only under a new date."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from antiphon.contract.load import contract, edition_ids, read_yaml
from antiphon.contract.model import Contract, Requirement
from antiphon.contract.paths import spec_dir
from antiphon.contract.schemas.bundle import components
from antiphon.contract.schemas.library import Relaxation, relaxations
from antiphon.errors import ConfigError

COMMAND = "antiphon spec --freeze"
SHARED = ("requirements", "relaxations")
_HEAD = f"""\
# What the editions promised when they were recorded; written by `{COMMAND}`.
# A digest stands for a sentence with its capability, for the changes of a relaxation, for a rule, or for whole files.
# An edition that is `released: true` is recorded anew only after its date has changed.
"""
_NOT_RULES = {"id", "date", "title", "base", "routes", "levels", "sources"}


def digest(value: Any) -> str:
    """Eight hexadecimal digits that stand for a value."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def current() -> dict[str, Any]:
    """What `spec/` promises now, in the form of `spec/frozen.yaml`."""
    books = {name: contract(name) for name in edition_ids()}
    every = next(iter(books.values())).every
    changes = {each.id: _change(each) for name in books for each in relaxations(name)}
    common = {name: digest(read_yaml(spec_dir() / f"{name}.yaml")) for name in ("errors", "streams", "parameters")}
    return {
        "requirements": {each.id: _sentence(each) for each in every.values()},
        "relaxations": dict(sorted(changes.items())),
        "editions": {name: _edition(book) | common for name, book in books.items()},
    }


def _sentence(each: Requirement) -> str:
    return digest([each.says, each.capability, each.level, each.editions, bool(each.excluded)])


def _change(each: Relaxation) -> str:
    return digest([each.changes, each.until])


def _edition(book: Contract) -> dict[str, Any]:
    reading = book.edition
    return {
        "date": reading.date,
        "released": False,
        "routes": {name: f"{route.method} {route.path}" for name, route in sorted(reading.routes.items())},
        "levels": dict(sorted(_levels(book))),
        "rules": {key: digest(value) for key, value in sorted(reading.data.items()) if key not in _NOT_RULES},
        "relaxed": sorted(each.id for each in relaxations(reading.id)),
        "schemas": digest(components(reading.id)),
    }


def _levels(book: Contract) -> Iterator[tuple[str, str]]:
    """The levels that the edition has of its own."""
    for name, level in book.edition.levels.items():
        if level != book.every[name].level:
            yield name, level


def recorded() -> dict[str, Any]:
    """`spec/frozen.yaml`; empty tables when it has not been written."""
    path = spec_dir() / "frozen.yaml"
    empty: dict[str, Any] = {"requirements": {}, "relaxations": {}, "editions": {}}
    return read_yaml(path) if path.is_file() else empty


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """One line for each thing that an edition promises otherwise than it was recorded."""
    found = []
    for table in SHARED:
        found += [f"{table[:-1]} {name}: {how}" for name, how in _differences(old[table], new[table])]
    for name, how in _differences(dict.fromkeys(old["editions"], ""), dict.fromkeys(new["editions"], "")):
        found.append(f"edition {name}: {how}")
    for name in sorted(old["editions"].keys() & new["editions"].keys()):
        found += [f"edition {name}: {line}" for line in _edition_changes(old["editions"][name], new["editions"][name])]
    return found


def _edition_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    for key in new:
        was, now = old.get(key), new[key]
        if key == "released" or was == now:
            continue
        if isinstance(now, dict) and isinstance(was, dict):
            yield from (f"{key[:-1]} {name}: {how}" for name, how in _differences(was, now))
        elif isinstance(now, list) and isinstance(was, list):
            yield from (
                f"{key} {name}: {how}" for name, how in _differences(dict.fromkeys(was, ""), dict.fromkeys(now, ""))
            )
        else:
            yield f"{key}: {was} → {now}"


def _differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name in sorted({*old, *new}):
        if name not in new:
            yield name, "gone"
        elif name not in old:
            yield name, "new"
        elif old[name] != new[name]:
            yield name, f"changed ({old[name]} → {new[name]})"


def freeze() -> list[str]:
    """Record the present state and tell what changed. Raises ConfigError where a released edition kept its date."""
    old, new = recorded(), current()
    found = changes(old, new)
    for name, was in old["editions"].items():
        now = new["editions"].get(name)
        if was.get("released") and (now is None or now["date"] == was["date"]) and now != {**was, "released": False}:
            raise ConfigError(
                f"Edition {name} is released and changed: give the new reading a file and a date of its own."
            )
        if now is not None:
            now["released"] = bool(was.get("released")) and now["date"] == was["date"]
    text = yaml.dump(new, Dumper=yaml.SafeDumper, sort_keys=False, default_flow_style=False, width=120)
    (spec_dir() / "frozen.yaml").write_text(_HEAD + text, encoding="utf-8")
    return found
