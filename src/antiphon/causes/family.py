"""What a family of breaches is: a title in plain words, and which breaches belong to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from antiphon.causes.cause import Breach
from antiphon.causes.reply_kind import ReplyKind

MOST_NAMED = 3
"""Names that a title holds; the rest are counted."""


def always(_breach: Breach) -> bool:
    """Any breach of the requirements of a family belongs to it."""
    return True


def members_of(breach: Breach) -> list[str]:
    """The member that a breach is about."""
    return [breach.member] if breach.member else []


def last_part(breach: Breach) -> list[str]:
    """The end of an id as words: `temperature above` of `errors.trigger.temperature-above`."""
    return [breach.requirement.removesuffix(".detail").rpartition(".")[2].replace("-", " ")]


@dataclass(frozen=True)
class Family:
    """Breaches of one kind, whatever the server. `{names}` in the title stands for what they are about."""

    id: str
    title: str
    requirements: tuple[str, ...]
    """Ids; `*` stands for any end."""
    applies: Callable[[Breach], bool] = always
    names: Callable[[Breach], list[str]] = members_of

    def takes(self, breach: Breach) -> bool:
        """Whether a breach belongs to it."""
        return fits(breach.requirement, self.requirements) and self.applies(breach)

    def title_of(self, breaches: Sequence[Breach]) -> str:
        """The title for these breaches."""
        names = enumeration([name for breach in breaches if self.takes(breach) for name in self.names(breach)])
        return self.title.format(names=names) if names else self.title.replace(": {names}", "")


@dataclass(frozen=True)
class Dominance:
    """A kind of reply that explains by itself what else is broken in it."""

    id: str
    title: str
    replies: frozenset[ReplyKind]
    only: tuple[str, ...] = ("*",)
    """Requirements that it explains."""
    spared: tuple[str, ...] = ("headers.*",)
    """Requirements that it does not explain."""

    def explains(self, breach: Breach) -> bool:
        """Every known place of the breach is in such a reply."""
        return (
            fits(breach.requirement, self.only)
            and not fits(breach.requirement, self.spared)
            and bool(breach.places)
            and all(place.reply in self.replies for place in breach.places)
        )


def fits(requirement: str, patterns: Sequence[str]) -> bool:
    """Whether an id is one of those that the patterns stand for."""
    return any(fnmatchcase(requirement, pattern) for pattern in patterns)


def enumeration(names: Sequence[str]) -> str:
    """Different names in their order, as `a, b, c and 4 more`."""
    distinct = list(dict.fromkeys(names))
    more = len(distinct) - MOST_NAMED
    return ", ".join(distinct[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
