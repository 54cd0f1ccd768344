"""Where requirements come from: the sources of `spec/sources.yaml`, and evidence that names them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from antiphon.contract.model import Evidence
from antiphon.contract.paths import spec_dir
from antiphon.contract.spec_files import read_validated


@dataclass(frozen=True, slots=True)
class EvidenceSource:
    """One document, body of traffic or report; the kind and the date of its evidence unless an entry says otherwise."""

    id: str
    says: str
    kind: str
    date: str


@cache
def _file() -> Any:
    return read_validated(spec_dir() / "sources.yaml", "sources")


@cache
def sources() -> Mapping[str, EvidenceSource]:
    """Every source by id, in the order of the file. Raises SpecError."""
    rows = _file()["sources"]
    return {name: EvidenceSource(name, each["says"], each["kind"], each["date"]) for name, each in rows.items()}


def evidence_kinds() -> Mapping[str, str]:
    """What each kind of evidence means. Raises SpecError."""
    kinds: Mapping[str, str] = _file()["kinds"]
    return kinds


def evidence_of(entries: Iterable[str | Mapping[str, Any]], where: str) -> tuple[Evidence, ...]:
    """The evidence of an entry: names of sources, or objects with what differs. `where` is the usual place."""
    return tuple(_evidence({"source": each} if isinstance(each, str) else each, where) for each in entries)


def _evidence(entry: Mapping[str, Any], where: str) -> Evidence:
    source = sources()[entry["source"]]
    return Evidence(**{"kind": source.kind, "where": where, "date": source.date, **entry})
