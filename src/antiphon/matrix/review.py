"""Reviews: what a reader found of each broken must, beside its recipe. A must that nobody read is shown as unread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from antiphon.matrix.recipe import Recipe, read_yaml
from antiphon.report.result_model import Result

FILE = "review.yaml"


@dataclass(frozen=True)
class Review:
    """What a reader found of a result; what is not broken any more is left out."""

    date: str = ""
    own: Sequence[str] = ()
    not_its_own: Mapping[str, str] = field(default_factory=dict)
    echoes: Mapping[str, str] = field(default_factory=dict)
    mistaken: Mapping[str, str] = field(default_factory=dict)
    notes: Sequence[str] = ()
    unread: Sequence[str] = ()

    def word(self, requirement: str) -> str:
        """What it found of a requirement, in a word; empty for one that is its own."""
        kinds = {
            "not its own": self.not_its_own, "an echo": self.echoes, "our mistake": self.mistaken,
            "not read": self.unread,
        }  # fmt: skip
        return next((word for word, ids in kinds.items() if requirement in ids), "")


def broken_musts(result: Result) -> list[str]:
    """The requirements of level must that are broken."""
    return [each["id"] for each in result["requirements"] if each["verdict"] == "fail"]


def review(recipe: Recipe, version: str, result: Result) -> Review:
    """The review of a result. Raises ConfigError for a file that is not as it must be."""
    path = recipe.folder / FILE
    entry: Mapping[str, Any] = read_yaml(path, "review").get(version, {}) if path.is_file() else {}
    broken = broken_musts(result)
    kinds = {name: _those(entry.get(name, {}), broken) for name in ("not_its_own", "echoes", "mistaken")}
    own = [id for id in broken if id in entry.get("own", ())]
    read = {*own, *(id for kind in kinds.values() for id in kind)}
    unread = [id for id in broken if id not in read]
    return Review(entry.get("date", ""), own, **kinds, notes=entry.get("notes", ()), unread=unread)


def _those(reasons: Mapping[str, str], broken: Sequence[str]) -> dict[str, str]:
    return {id: reason for id, reason in reasons.items() if id in broken}
