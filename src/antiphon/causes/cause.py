"""Breaches as they are folded, and the causes that come of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from antiphon.causes.reply_kind import ReplyKind

ABSENT = ("nothing", "none", "an object with no fields")
"""What a check writes where a member is not there, or holds nothing."""


@dataclass(frozen=True, slots=True)
class BrokenPlace:
    """Where a requirement is broken, what was expected and came there, and what kind of reply holds it."""

    exchange: str
    at: str
    expected: str
    got: str
    reply: ReplyKind | None = None
    """None where the exchange is not known."""
    message: str = ""

    @property
    def named(self) -> str:
        """The other requirement that the message says is broken here; empty where it names none."""
        name = self.message.partition(":")[0]
        return name if "." in name and " " not in name else ""

    @property
    def pointer(self) -> str:
        """The JSON pointer, without the number of an event."""
        return self.at[self.at.index("/") :] if "/" in self.at else ""

    @property
    def member(self) -> str:
        """Name of the member that the place is about; empty for a whole exchange."""
        quoted = self.expected.removeprefix("a field '").rstrip("'")
        if quoted != self.expected.rstrip("'"):
            return quoted
        names = [name for name in self.pointer.split("/") if name and not name.isdecimal()]
        return names[-1] if names else self.at.removeprefix("header ") if self.at.startswith("header ") else ""


@dataclass(frozen=True)
class Breach:
    """A broken requirement with its first places."""

    requirement: str
    level: str
    violated: int
    clients: frozenset[str]
    places: tuple[BrokenPlace, ...]

    @property
    def first(self) -> BrokenPlace | None:
        """The first place; None where none was kept."""
        return self.places[0] if self.places else None

    @property
    def area(self) -> str:
        """The first part of the id."""
        return self.requirement.partition(".")[0]

    @cached_property
    def got(self) -> str:
        """What came at the first place."""
        return self.first.got if self.first else ""

    @property
    def lacks_member(self) -> bool:
        """Something is not there at the first place."""
        return self.got in ABSENT or (self.first is not None and self.first.expected.startswith("a field '"))

    @property
    def is_null(self) -> bool:
        """A null stands at the first place."""
        return self.got == "null" and bool(self.first and self.first.pointer)

    @property
    def member(self) -> str:
        """Name of the member at the first place."""
        return self.first.member if self.first else ""

    @property
    def depth(self) -> int:
        """How deep in the response the first place is; 1 for its own members."""
        pointer = self.first.pointer.removeprefix("/response") if self.first else ""
        return pointer.count("/")

    @property
    def weight(self) -> tuple[int, int, int, str]:
        """Sorts the breach that says most of a cause first: clients, level, number of places, id."""
        return -len(self.clients), self.level != "must", -self.violated, self.requirement


@dataclass(frozen=True)
class Cause:
    """What one change of the server would mend: the requirements that it breaks, the weightiest first."""

    id: str
    title: str
    breaches: Sequence[Breach]
    clients: frozenset[str] = frozenset()

    @property
    def level(self) -> str:
        """must where it breaks any must."""
        return "should" if self.breaches and all(breach.level != "must" for breach in self.breaches) else "must"

    @property
    def places(self) -> int:
        """How many places its requirements count together."""
        return sum(breach.violated for breach in self.breaches)

    @property
    def is_lone(self) -> bool:
        """One should that breaks no known client."""
        return len(self.breaches) == 1 and self.is_minor

    @property
    def is_minor(self) -> bool:
        """Shoulds alone, and no known client breaks."""
        return self.level == "should" and not self.clients

    @property
    def weight(self) -> tuple[int, bool, int, int, str]:
        """Sorts the gravest first: clients broken, level, breadth in requirements and in places."""
        return -len(self.clients), self.level != "must", -len(self.breaches), -self.places, self.id
