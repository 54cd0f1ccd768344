"""Registry of checks: pure functions of exchanges, each for one requirement."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, Protocol, TypeVar


@dataclass(frozen=True)
class Violation:
    """A place where a requirement is broken.

    `at` is a JSON pointer into the reply, or `event 7` with an optional pointer; empty for the whole exchange.
    `exchange` is filled in by the engine, except for relations between exchanges; `file` is that of its recording.
    """

    at: str
    expected: str
    got: str
    message: str = ""
    exchange: str = ""
    file: str = ""
    others: tuple[str, ...] = ()
    """Further exchanges without which this one does not show it, where they are known."""


Finder = Callable[[Any], Iterable[Violation]]
F = TypeVar("F", bound=Finder)


@dataclass(frozen=True)
class CheckTable:
    """Two functions of a subject that many checks share, so that the engine calls each of them once for all."""

    subject: type
    shown_requirements: Callable[[Any], Collection[str]]
    """Requirements that a subject shows; a check applies where its own is among them."""
    broken_requirements: Callable[[Any], Collection[str]] | None = None
    """Requirements that a subject may break: the others hold, and their checks are not called. None calls all."""


@dataclass(frozen=True)
class Check:
    """A function that finds violations of one requirement in subjects of one kind."""

    requirement: str
    subject: type
    find: Finder
    applies: Callable[[Any], bool] | None = None
    table: CheckTable | None = None
    sorts: tuple[str, ...] | None = None
    """The sorts of subjects (`Call.sort`) that it concerns; None for all."""

    @property
    def says(self) -> str:
        """The first line of its docstring."""
        return (self.find.__doc__ or "").strip().split("\n")[0]


_CHECKS: list[Check] = []


def check(
    requirement: str, subject: type, applies: Callable[[Any], bool] | None = None, sorts: tuple[str, ...] | None = None
) -> Callable[[F], F]:
    """Register a function as a check of a requirement, on every subject of a class to which it applies.

    With `sorts`, on subjects of those sorts alone.
    """

    def register(find: F) -> F:
        _CHECKS.append(Check(requirement, subject, find, applies, None, sorts))
        return find

    return register


def check_table(
    subject: type,
    shown_requirements: Callable[[Any], Collection[str]],
    broken_requirements: Callable[[Any], Collection[str]] | None = None,
) -> Callable[[str], Callable[[F], F]]:
    """A decorator that registers functions as the checks of a table, each for its requirement (see `CheckTable`)."""
    table = CheckTable(subject, shown_requirements, broken_requirements)

    def check_of(requirement: str) -> Callable[[F], F]:
        def register(find: F) -> F:
            _CHECKS.append(
                Check(requirement, subject, find, lambda each: requirement in shown_requirements(each), table)
            )
            return find

        return register

    return check_of


class Relation(Protocol):
    """Check over several exchanges.

    `see` gets every subject of the class `on` and keeps a short digest of it, never the subject. `close` yields, for
    each requirement and each group of exchanges that could be compared, the violations found in it. It is a dataclass
    of its digests, so that they can be written to a file; they may not depend on the order of the exchanges.
    """

    requirements: ClassVar[tuple[str, ...]]
    subject: ClassVar[type]

    def see(self, subject: Any) -> None:
        """Keep a digest of a subject."""

    def add(self, other: Any) -> None:
        """Take over the digests that another relation of the same class keeps."""

    def close(self) -> Iterator[tuple[str, Iterable[Violation]]]:
        """Requirements with the violations of each group that could be compared."""


R = TypeVar("R", bound=type[Relation])
_RELATIONS: list[type[Relation]] = []


def relation(cls: R) -> R:
    """Register a class as a relation between exchanges."""
    _RELATIONS.append(cls)
    return cls


@cache
def all_relations() -> tuple[type[Relation], ...]:
    """Every relation of the package `antiphon.judge.checks`, ordered by name."""
    all_checks()
    return tuple(sorted(_RELATIONS, key=lambda cls: cls.__name__))


@cache
def judged_ids() -> frozenset[str]:
    """The requirements that a check or a relation judges."""
    return frozenset(check.requirement for check in all_checks()) | {
        requirement for relation in all_relations() for requirement in relation.requirements
    }


@cache
def all_checks() -> tuple[Check, ...]:
    """Every check of the package `antiphon.judge.checks`, ordered by requirement and name."""
    package = importlib.import_module("antiphon.judge.checks")
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        importlib.import_module(module.name)
    return tuple(sorted(_CHECKS, key=lambda check: (check.requirement, check.find.__module__, check.find.__name__)))
