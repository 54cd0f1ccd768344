"""What to run against what, and where the results go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from antiphon.contract.load import DEFAULT_EDITION, nearest
from antiphon.contract.model import Contract
from antiphon.errors import ConfigError
from antiphon.exercise.target import Target


@dataclass(frozen=True)
class Plan:
    """The choices of one run."""

    target: Target | None = None
    """None: the reference server, started for this run on a free port."""
    edition: str = DEFAULT_EDITION
    transcripts: tuple[Path, ...] = ()
    """Stored runs to judge in place of a target."""
    folder: Path | None = None
    """Where the transcript and the reports are written; None writes nothing."""
    select: tuple[str, ...] = ()
    """Requirement ids, or prefixes of them, that are judged; empty for all."""
    thorough: bool = False
    shard: tuple[int, int] = (1, 1)
    faults: tuple[str, ...] = ()
    """Faults of the reference server; only without a target."""

    def __post_init__(self) -> None:
        if self.faults and self.target:
            raise ConfigError("Faults belong to the reference server; drop --fault or the target.")
        if self.faults:
            check_faults(self.faults)
        number, of = self.shard
        if not 1 <= number <= of:
            raise ConfigError(f"Shard {number}/{of} does not exist; give I/N with I from 1 to N.")

    @property
    def filtered(self) -> bool:
        """Only a part of the suite is asked for, so that no profile can be said to hold."""
        return bool(self.select) or self.shard[1] > 1

    def wants(self, requirement: str) -> bool:
        """The selection takes in a requirement: by its id, or by a prefix of it that ends at a dot."""
        return not self.select or any(
            requirement == each or requirement.startswith(each.rstrip(".*") + ".") for each in self.select
        )


def check_faults(names: Sequence[str]) -> None:
    """Raises ConfigError, with the nearest names, for a fault that the reference server does not know."""
    from antiphon.server.faults import catalogue

    for name in names:
        if name not in catalogue():
            raise ConfigError(f"No fault {name!r}; {nearest(name, catalogue())}.")


def check_selection(plan: Plan, book: Contract) -> None:
    """Raises ConfigError, with the nearest ids, for a selection that takes in no requirement."""
    for each in plan.select:
        if not any(replace(plan, select=(each,)).wants(requirement) for requirement in book.every):
            raise ConfigError(f"No requirement {each!r}; {nearest(each, book.every)}.")
