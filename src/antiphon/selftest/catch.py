"""What a run of a depth catches: faults of the reference server, and defects that were reported of real servers."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from antiphon.contract.defects import defects
from antiphon.contract.depth import Depth
from antiphon.selftest.proof import Proof


@dataclass(frozen=True)
class Catch:
    """Faults and defects that a depth catches and misses. A fault is caught where it breaks what it is meant to."""

    depth: Depth
    caught: tuple[str, ...]
    missed: tuple[str, ...]
    defects: tuple[str, ...]
    """Ids of the defects that are caught."""
    missed_defects: tuple[str, ...]

    @property
    def share(self) -> float:
        """Per cent of the faults that are caught."""
        return 100 * len(self.caught) / max(1, len(self.caught) + len(self.missed))

    def as_json(self) -> dict[str, Any]:
        """The catch as JSON."""
        return {
            "depth": self.depth,
            "faults": {"caught": len(self.caught), "share": round(self.share, 1), "missed": list(self.missed)},
            "defects": {"caught": list(self.defects), "missed": list(self.missed_defects)},
        }

    def text(self) -> str:
        """The catch in a few lines."""
        faults, known = len(self.caught) + len(self.missed), len(self.defects) + len(self.missed_defects)
        return (
            f"missed faults: {', '.join(self.missed) or 'none'}\n"
            f"missed defects: {', '.join(self.missed_defects) or 'none'}\n"
            f"At depth {self.depth} {len(self.caught)} of {faults} faults are caught ({self.share:.1f} %), and "
            f"{len(self.defects)} of {known} defects that were reported of real servers."
        )


def catch_of(depth: Depth, proofs: Iterable[Proof]) -> Catch:
    """The catch of the proofs of a selftest that was played at a depth."""
    seen = {proof.fault: proof.is_seen for proof in proofs}
    return catch_of_names(depth, seen, {name for name, is_seen in seen.items() if is_seen})


def catch_of_names(depth: Depth, faults: Iterable[str], seen: Collection[str]) -> Catch:
    """The catch where these of all faults are seen."""
    faults = sorted(faults)
    caught = {each.id: any(name in seen for name in each.faults) for each in defects().values()}
    return Catch(
        depth,
        tuple(name for name in faults if name in seen),
        tuple(name for name in faults if name not in seen),
        tuple(sorted(id for id, is_caught in caught.items() if is_caught)),
        tuple(sorted(id for id, is_caught in caught.items() if not is_caught)),
    )
