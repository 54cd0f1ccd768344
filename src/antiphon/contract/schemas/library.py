"""Schema files of an edition, read on demand, with the edition's relaxations applied."""

from __future__ import annotations

import os.path
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from functools import cache, cached_property
from typing import Any

from antiphon.contract.load import nearest
from antiphon.contract.paths import spec_dir
from antiphon.contract.schemas.patch import patch
from antiphon.contract.spec_files import read_yaml
from antiphon.errors import ConfigError, SpecError

DIALECT = "https://json-schema.org/draft/2020-12/schema"
DEFS = "#/$defs/"
REQUIRED = {"id", "reason", "changes", "evidence"}


@dataclass(frozen=True)
class Relaxation:
    """One difference between the published schema and an edition, with its evidence."""

    id: str
    edition: str
    reason: str
    changes: tuple[Mapping[str, Any], ...]
    evidence: tuple[Mapping[str, Any], ...]
    until: date | None = None

    def applies_on(self, day: date | None) -> bool:
        """Whether it counts for traffic of that day. One that has ended counts for older traffic only."""
        return self.until is None or (day is not None and day <= self.until)


@cache
def relaxations(edition: str) -> tuple[Relaxation, ...]:
    """The relaxations of an edition, those of its base first."""
    path = spec_dir() / "editions" / "relaxations" / f"{edition}.yaml"
    if not path.is_file():
        raise ConfigError(f"No schemas for edition {edition!r}; {nearest(edition, editions_with_schemas())}")
    value = read_yaml(path)
    base: tuple[Relaxation, ...] = relaxations(value["base"]) if value.get("base") else ()
    return base + tuple(_relaxation(each, edition) for each in value["relaxations"])


def _relaxation(entry: Mapping[str, Any], edition: str) -> Relaxation:
    where = f"spec/editions/relaxations/{edition}.yaml, entry {entry.get('id', '?')}"
    if missing := REQUIRED - entry.keys():
        raise SpecError(f"{where}: lacks {', '.join(sorted(missing))}.")
    if unknown := entry.keys() - REQUIRED - {"until"}:
        known = ", ".join(sorted(REQUIRED | {"until"}))
        raise SpecError(f"{where}: has no use for {', '.join(sorted(unknown))}; known are {known}.")
    return Relaxation(
        id=entry["id"],
        edition=edition,
        reason=entry["reason"],
        changes=tuple(entry["changes"]),
        evidence=tuple(entry["evidence"]),
        until=entry.get("until"),
    )


@cache
def editions_with_schemas() -> tuple[str, ...]:
    """The editions that have schemas, sorted."""
    return tuple(sorted(path.stem for path in (spec_dir() / "editions" / "relaxations").glob("*.yaml")))


@cache
def _published(file: str) -> Mapping[str, Any]:
    path = spec_dir() / "schemas" / file
    value = read_yaml(path)
    if not isinstance(value, dict):
        raise SpecError(f"spec/schemas/{file}: holds no schemas; a map with `$defs` is expected.")
    return value


def split(reference: str, file: str = "") -> tuple[str, str]:
    """The file and the name of the definition that `reference`, read in `file`, points to."""
    where, _, name = reference.partition(DEFS)
    return (os.path.normpath(os.path.join(os.path.dirname(file), where)) if where else file), name


class Library:
    """The definitions of one edition, and the kinds of values that they hold for."""

    def __init__(self, edition: str, applied: tuple[Relaxation, ...]) -> None:
        self.edition = edition
        self.applied = applied
        self._documents: dict[str, dict[str, Any]] = {}
        self._flat: dict[str, tuple[dict[str, Any], frozenset[str]]] = {}

    @cached_property
    def kinds(self) -> Mapping[str, str | tuple[str, ...]]:
        """Each kind with its one definition, or with the files of its family."""
        kinds = _published("kinds.yaml")["kinds"]
        return {kind: where if isinstance(where, str) else tuple(where) for kind, where in kinds.items()}

    def family(self, kind: str) -> Mapping[str, str]:
        """The definition of each type of a kind; empty for a kind that has one definition."""
        where = self.kinds[kind]
        found: dict[str, str] = {}
        for file in () if isinstance(where, str) else where:
            for name, schema in self._document(file)["$defs"].items():
                if self.edition in schema.get("x-editions", (self.edition,)):
                    found[name] = f"{file}{DEFS}{name}"
        return found

    def definition(self, reference: str) -> dict[str, Any]:
        """A definition by `FILE#/$defs/NAME`, as the edition has it."""
        file, name = split(reference)
        try:
            schema: dict[str, Any] = self._document(file)["$defs"][name]
        except KeyError:
            raise SpecError(f"spec/schemas/{file}: has no definition {name!r}.") from None
        return schema

    def self_contained(self, reference: str) -> dict[str, Any]:
        """A definition with everything that it refers to, as one schema without references to other files."""
        wanted, found = [reference], dict[str, Any]()
        while wanted:
            current = wanted.pop()
            if component(current) not in found:
                found[component(current)], more = self._flattened(current)
                wanted.extend(more)
        return {"$schema": DIALECT, "$ref": DEFS + component(reference), "$defs": found}

    def _document(self, file: str) -> dict[str, Any]:
        if file not in self._documents:
            document = dict(_published(file))
            document["$defs"] = dict(document["$defs"])
            for relaxation in self.applied:
                for change in relaxation.changes:
                    where, pattern = split(change["schema"])
                    for name in _named(document["$defs"], pattern) if fnmatchcase(file, where) else ():
                        document["$defs"][name] = patch(document["$defs"].get(name, {}), change, relaxation.id)
            self._documents[file] = document
        return self._documents[file]

    def _flattened(self, reference: str) -> tuple[dict[str, Any], frozenset[str]]:
        if reference not in self._flat:
            file, _ = split(reference)
            more: set[str] = set()
            self._flat[reference] = _rewritten(self.definition(reference), file, more), frozenset(more)
        return self._flat[reference]


def _named(definitions: Mapping[str, Any], pattern: str) -> list[str]:
    """The definitions that a change is made to: one name, which may be new, or all that a pattern with `*` fits."""
    return [name for name in definitions if fnmatchcase(name, pattern)] if "*" in pattern else [pattern]


def component(reference: str) -> str:
    """A name for a definition that is its own among those of all files."""
    file, name = split(reference)
    return f"{file.removesuffix('.yaml').replace('/', '.')}.{name}"


def _rewritten(node: Any, file: str, more: set[str]) -> Any:
    """A copy of a schema whose references point into one `$defs`; what they point to is added to `more`."""
    if isinstance(node, list):
        return [_rewritten(each, file, more) for each in node]
    if not isinstance(node, dict):
        return node
    copy = {key: _rewritten(value, file, more) for key, value in node.items()}
    if isinstance(node.get("$ref"), str):
        where, name = split(node["$ref"], file)
        more.add(f"{where}{DEFS}{name}")
        copy["$ref"] = DEFS + component(f"{where}{DEFS}{name}")
    return copy


@cache
def _library(edition: str, applied: tuple[str, ...]) -> Library:
    return Library(edition, tuple(each for each in relaxations(edition) if each.id in applied))


def library(edition: str, day: date | None = None, without: frozenset[str] = frozenset()) -> Library:
    """The schemas of an edition, today or on a day, without some relaxations; one value per set of relaxations."""
    kept = (each.id for each in relaxations(edition) if each.applies_on(day) and each.id not in without)
    return _library(edition, tuple(kept))
