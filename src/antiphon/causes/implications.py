"""What some broken requirements together explain of others, whose own kind would be another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from antiphon.causes.family import fits


@dataclass(frozen=True)
class Implication:
    """Requirements that are all broken, and what follows of that."""

    id: str
    """The cause that takes what follows; mostly that of the signs."""
    signs: frozenset[str]
    kinds: frozenset[str] = frozenset()
    """Kinds of breaches that follow."""
    requirements: tuple[str, ...] = ()
    """Requirements that follow, as patterns."""
    title: str = ""
    """The title of the cause, where it is none of a family."""

    def explains(self, requirement: str, kind: str) -> bool:
        """Whether a breach follows."""
        return kind in self.kinds or fits(requirement, self.requirements)


IMPLICATIONS = (
    Implication(
        "canned-answers", frozenset({"create.id-unique", "response.created-at.near-now"}),
        kinds=frozenset({
            "ids-and-times", "lost-echoes", "limits", "state", "item-lists", "chain", "resume", "input-tokens",
            "structured", "compact", "conversations",
        }),
        title="Every create gets the same ready-made answer, whatever is asked",
    ),
    Implication(
        "lean-events", frozenset({"stream.sequence.present"}),
        requirements=("concurrency.streams-separate", "resume.same-numbers", "resume.after-exclusive"),
    ),
)  # fmt: skip


def implied_homes(homes: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Requirements with the cause that others explain them by. `homes` has the kind of each broken requirement."""
    for implication in IMPLICATIONS:
        if implication.signs <= homes.keys():
            for requirement, kind in homes.items():
                if implication.explains(requirement, kind):
                    yield requirement, implication.id
