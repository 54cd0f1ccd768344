"""Defects that were reported of real servers, from `spec/defects.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from antiphon.contract.paths import spec_dir
from antiphon.contract.spec_files import read_validated


@dataclass(frozen=True)
class Defect:
    """A defect of a real server, and the faults of the reference server that do the same."""

    id: str
    says: str
    of: str
    harm: str
    link: str
    faults: tuple[str, ...] = ()
    """A run that catches one of them catches the defect."""
    unplayed: str = ""
    """Why no fault does the same."""


@cache
def defects() -> Mapping[str, Defect]:
    """The defects by id. Raises SpecError."""
    entries = read_validated(spec_dir() / "defects.yaml", "defects")["defects"]
    return {each["id"]: Defect(**{**each, "faults": tuple(each.get("faults", ()))}) for each in entries}
