"""State of a history folder beside its results: refuted changes, and differences of sources since when."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from antiphon.errors import ConfigError
from antiphon.nightly.history import STATE
from antiphon.report.files import write_atomically

_FORM = "antiphon-nightly"
MOST_KEPT = 400
"""Nights of which refuted moves are remembered."""


@dataclass
class NightMemory:
    """Content of the state file of a history folder."""

    refuted: dict[str, list[str]] = field(default_factory=dict)
    """File name of a result → what a second run did not confirm, or what only a busy server showed."""
    rows: dict[str, dict[str, str]] = field(default_factory=dict)
    """Source → difference → since when. A source that was never read is absent."""
    obstacles: dict[str, str] = field(default_factory=dict)
    """File name of a result → why it says nothing of its target."""

    def differs(self, source: str) -> Mapping[str, str] | None:
        """Differences of a source the last time; None where it was never read."""
        return self.rows.get(source)


def load(folder: Path) -> NightMemory:
    """The memory of a folder; empty where there is none. Raises ConfigError for a file that is not one."""
    path = folder / STATE
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return NightMemory()
    except (OSError, ValueError, RecursionError) as error:
        raise ConfigError(f"{path}: cannot be read ({error}); delete it, and confirmations start again.") from None
    if not _fits(value):
        raise ConfigError(f"{path}: not what `antiphon nightly` wrote; delete it, and confirmations start again.")
    return NightMemory(value["refuted"], value["rows"], value.get("obstacles", {}))


def _fits(value: Any) -> bool:
    if not isinstance(value, dict) or value.get(_FORM) != 1:
        return False
    refuted, rows = value.get("refuted"), value.get("rows")
    return (
        isinstance(refuted, dict)
        and all(isinstance(each, list) for each in refuted.values())
        and isinstance(rows, dict)
        and all(isinstance(each, dict) for each in rows.values())
        and isinstance(obstacles := value.get("obstacles", {}), dict)
        and all(isinstance(each, str) for each in obstacles.values())
    )


def save(folder: Path, state: NightMemory) -> None:
    """Write the memory of a folder. Raises AntiphonError where that fails."""
    refuted = dict(sorted(state.refuted.items())[-MOST_KEPT:])
    obstacles = dict(sorted(state.obstacles.items())[-MOST_KEPT:])
    value = {_FORM: 1, "refuted": refuted, "rows": state.rows} | ({"obstacles": obstacles} if obstacles else {})
    write_atomically(folder / STATE, json.dumps(value, ensure_ascii=False, indent=1) + "\n")
