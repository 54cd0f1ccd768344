"""What a soak of an implementation showed, in a few numbers: `soak/NAME@VERSION.json` of the reports."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from antiphon.errors import ConfigError
from antiphon.matrix.recipe import Subject, check_values
from antiphon.report.files import write_atomically
from antiphon.report.words import plural

FOLDER, SCHEMA = "soak", "matrix-soak"
HELD, BROKEN = "held", "broken"
FAILED = ("unanswered", "damaged", "broke")
"""Outcomes of calls that got no whole answer, or a server error, as `spec/soak.schema.json` has them."""


@dataclass(frozen=True)
class SoakSummary:
    """Steps of users at once, and the musts that held with the first step and broke in a later one."""

    date: str
    users: Sequence[int]
    calls: Sequence[int]
    failed: Sequence[int]
    """By step, as users and calls: those that got no whole answer, or a server error."""
    broken: Mapping[str, int]
    """By must, the users at once from which it was broken."""

    @property
    def text(self) -> str:
        """The number of musts that broke, and the most users at once: `1 (8 users)`."""
        return f"{len(self.broken)} ({plural(self.users[-1], 'user')})"


def summary_path(reports: Path, subject: Subject) -> Path:
    """Where it stands what a soak of an implementation showed."""
    return reports / FOLDER / f"{subject.name}.json"


def publish_soak(result: Path, reports: Path, subject: Subject) -> None:
    """Write the summary of a soak.json, where there is one that the recipe asks for. Raises AntiphonError."""
    if result.is_file() and subject.recipe.values.get("soak"):
        values = summary_of(json.loads(result.read_text(encoding="utf-8")))
        write_atomically(summary_path(reports, subject), json.dumps(values, indent=1) + "\n")


def summary_of(result: Mapping[str, Any]) -> dict[str, Any]:
    """The summary of the result of a soak, as `spec/meta/matrix-soak.schema.json` describes it."""
    return {
        "date": result["started_at"][:10],
        "users": [step["users"] for step in result["steps"]],
        "calls": [step["exchanges"] for step in result["steps"]],
        "failed": [sum(step["outcomes"].get(name, 0) for name in FAILED) for step in result["steps"]],
        "broken": dict(_broken_under_load(result)),
    }


def _broken_under_load(result: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """The musts that held with the first step and were broken in a later one, each with its users."""
    for each in result["requirements"]:
        if each["level"] == "must" and each["states"][0] == HELD and BROKEN in each["states"]:
            yield each["id"], result["steps"][each["states"].index(BROKEN)]["users"]


def soak_summary(reports: Path, subject: Subject) -> SoakSummary | None:
    """What a soak of an implementation showed; None where there was none. Raises ConfigError."""
    path = summary_path(reports, subject)
    if not path.is_file():
        return None
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path}: cannot be read as JSON ({error}).") from None
    check_values(path, SCHEMA, values)
    return SoakSummary(**values)
