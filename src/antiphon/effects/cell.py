"""Evidence about one parameter, and its summary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

MOST_SHOWN = 3


@dataclass
class Places:
    """A number of exchanges, and the few of them whose ids come first."""

    number: int = 0
    first: list[str] = field(default_factory=list)

    def add(self, exchange: str) -> None:
        """Count an exchange, and keep its id if it is among the first."""
        self.number += 1
        if exchange not in self.first:
            self.first = sorted([*self.first, exchange])[:MOST_SHOWN]

    def add_places(self, other: Places) -> None:
        """Count other exchanges."""
        self.number += other.number
        self.first = sorted({*self.first, *other.first})[:MOST_SHOWN]

    def __bool__(self) -> bool:
        return self.number > 0


@dataclass
class Cell:
    """Exchanges that are evidence for and against one parameter."""

    taken: Places = field(default_factory=Places)
    refused: Places = field(default_factory=Places)
    effect: Places = field(default_factory=Places)
    none: Places = field(default_factory=Places)
    """A lever shows that it had no effect."""
    repeated: Places = field(default_factory=Places)
    unrepeated: Places = field(default_factory=Places)
    judged: bool = True
    """Some lever could show an effect."""

    def add(self, other: Cell) -> None:
        """Take over other evidence about the parameter."""
        for name in ("taken", "refused", "effect", "none", "repeated", "unrepeated"):
            getattr(self, name).add_places(getattr(other, name))

    def summary(self) -> tuple[str, Sequence[str], str]:
        """The verdict, the exchanges that show it, and a note."""
        if self.effect:
            but = f"not in {self.none.number} of {self.none.number + self.effect.number} cases" if self.none else ""
            return "effective", self.effect.first, but
        if self.repeated:
            return "echoed", self.repeated.first, self._beside()
        if self.refused and not self.taken:
            return "refused", self.refused.first, "a refusal names it"
        if self.none:
            return "ignored", self.none.first, "it was taken, and what it is for did not happen"
        if self.unrepeated:
            return "ignored", self.unrepeated.first, "it was taken, and the reply shows another value or none"
        return (
            "unknown",
            self.taken.first,
            "it was taken, and nothing could show it" if self.taken else "it was not sent",
        )

    def _beside(self) -> str:
        if self.none:
            return "it is repeated, and what it is for did not happen"
        unseen = "nothing in these exchanges could show more"
        return unseen if self.judged else "no effect can be shown without trusting the model"
