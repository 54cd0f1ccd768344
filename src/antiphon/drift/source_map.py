"""`spec/drift.yaml`: other sources' names for our kinds, and the known differences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from antiphon.contract.paths import spec_dir
from antiphon.contract.spec_files import read_validated
from antiphon.drift.inventory import InventoryEntry


@dataclass(frozen=True, slots=True)
class KnownDifference:
    """Known difference: source, subject, and the reason why it stays."""

    source: str
    what: str
    kind: str
    name: str
    reason: str
    lasts: bool = True
    """The source always differs here, so that it is news where it does not; else some of its forms do."""

    def covers(self, source: str, entry: InventoryEntry) -> bool:
        """The difference of an entry in a source is this one."""
        return (
            source == self.source
            and fnmatchcase(entry.what, self.what)
            and fnmatchcase(entry.kind, self.kind)
            and fnmatchcase(entry.name, self.name)
        )


@cache
def source_map() -> Mapping[str, Any]:
    """The whole file. Raises SpecError."""
    value = read_validated(spec_dir() / "drift.yaml", "drift")
    assert isinstance(value, dict)
    return value


@cache
def known_differences() -> tuple[KnownDifference, ...]:
    """The known differences."""
    return tuple(
        KnownDifference(
            row["in"], row.get("what", "*"), row["kind"], str(row["name"]), row["reason"], row.get("lasts", True)
        )
        for row in source_map()["known"]
    )


def own_names(source: str) -> dict[str, Any]:
    """The name of each of our kinds in a source, for those that it has."""
    return {kind: row[source] for kind, row in source_map()["kinds"].items() if source in row}
