"""Values that a server sent beyond the contract, from recordings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from antiphon.contract.load import edition
from antiphon.drift.compare import ComparisonRow
from antiphon.drift.inventory import InventoryEntry
from antiphon.drift.source_map import known_differences
from antiphon.judge.drift import DriftRow, DriftTable
from antiphon.recording.exchange import Exchange
from antiphon.recording.importers import Remark, read


def rows(files: Sequence[Path], edition_id: str) -> tuple[list[ComparisonRow], list[Remark], int]:
    """One row for each name that the contract lacks, the remarks of the readers, and how many exchanges there were."""
    drift, remarks, count = DriftTable(edition(edition_id)), list[Remark](), 0
    for path in files:
        for record in read(path):
            if isinstance(record, Exchange):
                drift.see(record)
                count += 1
            elif isinstance(record, Remark):
                remarks.append(record)
    return [_row(each) for each in drift.rows() if not _is_known(each)], remarks, count


def _row(row: DriftRow) -> ComparisonRow:
    return {
        "what": row["what"],
        "kind": row["kind"],
        "name": row["name"],
        "count": row["count"],
        "exchange": row["exchange"],
        "at": row["at"],
        "document": None,
        "sdk": None,
        "wire": True,
        "ours": False,
        "moved": "wire added it",
    }


def _is_known(row: DriftRow) -> bool:
    entry = InventoryEntry(row["what"], row["kind"], row["name"])
    return any(each.covers("wire", entry) for each in known_differences())
