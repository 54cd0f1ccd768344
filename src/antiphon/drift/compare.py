"""Comparison of sources: document, SDK, wire and our contract, and which of them changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NotRequired, TypedDict

from antiphon.drift.inventory import Inventory, InventoryEntry
from antiphon.drift.own_contract import ours
from antiphon.drift.recorded_shapes import changed_shapes, recorded_shapes
from antiphon.drift.source_map import KnownDifference, known_differences

Source = Literal["document", "sdk", "wire"]
SOURCES: tuple[Source, ...] = ("document", "sdk", "wire")
_NAMES = {"openapi": "document", "sdk": "sdk", "wire": "wire"}
_USUAL = frozenset(("document", "sdk"))


class ComparisonRow(TypedDict):
    """An entry in which a source differs from our contract: who has it (None where it cannot be known), who moved."""

    what: str
    kind: str
    name: str
    document: bool | None
    sdk: bool | None
    wire: bool | None
    ours: bool | None
    moved: str
    change: NotRequired[str]
    """Of a field that is of another shape: the one that was recorded, and the one that it has."""
    count: NotRequired[int]
    """Of recordings only, as the two below: how often it came, and where first."""
    exchange: NotRequired[str]
    at: NotRequired[str]


def expected_sources(entry: InventoryEntry, mine: Inventory) -> frozenset[str]:
    """The sources that have an entry by our contract."""
    named = mine.entries.get(entry)
    if named is None:
        return frozenset()
    return frozenset(_NAMES.get(each, each) for each in named) if named else _USUAL


def rows(theirs: Mapping[str, Inventory]) -> list[ComparisonRow]:
    """One row for each entry in which a source differs from our contract, without the known differences."""
    mine = ours()
    found: dict[InventoryEntry, ComparisonRow] = {}
    used: set[KnownDifference] = set()
    for source, inventory in theirs.items():
        for entry, moved in _differences(source, inventory, mine):
            hit = [each for each in known_differences() if each.covers(source, entry)]
            used.update(hit)
            if not hit:
                row = found.setdefault(entry, _row(entry, theirs, mine))
                row["moved"] = _who(row["moved"], source, moved, row)
    listed = [found[entry] for entry in sorted(found)]
    unused = [each for each in known_differences() if each.source in theirs and each.lasts and each not in used]
    return listed + [*_changes(theirs)] + [_stale(each) for each in unused]


def _changes(theirs: Mapping[str, Inventory]) -> Iterable[ComparisonRow]:
    """One row for each field whose types are others than were recorded of its source, or that is required now."""
    for source, inventory in theirs.items():
        for kind, name, change in changed_shapes(recorded_shapes(source), inventory):
            row = _row(InventoryEntry("field", kind, name), theirs, ours())
            yield {**row, "moved": f"{source} changed it", "change": change}


def _differences(source: str, theirs: Inventory, mine: Inventory) -> Iterable[tuple[InventoryEntry, str]]:
    for entry in theirs.entries:
        if entry not in mine.entries and mine.knows(entry) and not _within_new(entry, mine):
            yield entry, "added"
    for entry in mine.entries:
        if source not in expected_sources(entry, mine) or entry in theirs.entries or not theirs.knows(entry):
            continue
        if not _within_new(entry, theirs):
            yield entry, "dropped"


def _within_new(entry: InventoryEntry, lacking: Inventory) -> bool:
    """Whether the thing that holds the entry is itself missing, so that one row is enough."""
    steps = entry.name.split("=")[0].split(".")
    longest = len(steps) + 1 if entry.what == "value" else len(steps)
    above = (InventoryEntry("field", entry.kind, ".".join(steps[:length])) for length in range(1, longest))
    return entry.what in ("field", "value") and any(each not in lacking.entries for each in above)


def _row(entry: InventoryEntry, theirs: Mapping[str, Inventory], mine: Inventory) -> ComparisonRow:
    row: ComparisonRow = {
        "what": entry.what,
        "kind": entry.kind,
        "name": entry.name,
        "document": None,
        "sdk": None,
        "wire": None,
        "ours": entry in mine.entries,
        "moved": "",
    }
    for source in SOURCES:
        inventory = theirs.get(source)
        if inventory is None:
            row[source] = _expects(source, entry, mine)
        else:
            row[source] = entry in inventory.entries if inventory.knows(entry) or entry in inventory.entries else None
    return row


def _expects(source: str, entry: InventoryEntry, mine: Inventory) -> bool | None:
    """Whether a source has an entry by our contract; the wire counts only where it is named."""
    if entry not in mine.entries:
        return None
    return True if source in expected_sources(entry, mine) else None if source == "wire" else False


def _who(before: str, source: str, how: str, row: ComparisonRow) -> str:
    """The source that changed; we did, where several others agree against us."""
    agreeing = [each for each in SOURCES if row[each] is (how == "added")]
    if len(agreeing) > 1 and before:
        return "we are behind" if how == "added" else "we are ahead"
    return f"{source} {how} it"


def _stale(difference: KnownDifference) -> ComparisonRow:
    return {
        "what": difference.what,
        "kind": difference.kind,
        "name": difference.name,
        "document": None,
        "sdk": None,
        "wire": None,
        "ours": None,
        "moved": f"{difference.source} no longer differs here; take the entry out of spec/drift.yaml",
    }


def text(rows_found: Sequence[ComparisonRow]) -> list[str]:
    """The rows as lines: who moved, what, and who has it."""
    marks = {True: "yes", False: "no", None: "-"}
    return [
        f"{row['moved']:<22} {row['what']:<9} {row['kind']:<34} {row['name'] + _changed(row):<44} "
        + "  ".join(f"{source} {marks[row[source]]}" for source in SOURCES)
        + f"  ours {marks[row['ours']]}"
        for row in rows_found
    ]


def _changed(row: ComparisonRow) -> str:
    return f": {row['change']}" if "change" in row else ""
