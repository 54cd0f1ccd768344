"""The contract as values: requirements with their evidence, editions, capabilities, profiles, clients."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import cast

from antiphon.contract.edition_data import EditionData

MOST_PATHS = 1024
"""Paths whose operation is remembered."""


class Level(StrEnum):
    """Strength of a requirement."""

    MUST = "must"
    SHOULD = "should"
    MAY = "may"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Source of a requirement, with its date."""

    kind: str
    source: str
    where: str = ""
    date: str = ""
    counts: str = ""
    note: str = ""

    def __str__(self) -> str:
        said = ", ".join(part for part in (self.where, self.date, self.counts) if part)
        return f"{self.kind} ({self.source}{', ' + said if said else ''})"


@dataclass(frozen=True, slots=True)
class Requirement:
    """One observable promise that a server keeps or breaks."""

    id: str
    says: str
    level: Level
    area: str
    capability: str
    evidence: tuple[Evidence, ...]
    judged: str = "wire"
    breaks: tuple[str, ...] = ()
    defects: tuple[str, ...] = ()
    editions: tuple[str, ...] = ()
    note: str = ""
    excluded: str = ""


@dataclass(frozen=True)
class Route:
    """A method and a path template below the base URL."""

    operation: str
    method: str
    path: str

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(re.sub(r"\\\{[^/]*?\\\}", "[^/]+", re.escape(self.path)) + "/?$")

    def fits(self, method: str, path: str) -> bool:
        """The end of `path` is this route; what stands before it is the base path of some deployment."""
        if method.upper() != self.method:
            return False
        start = path.rfind(self.path.split("{")[0].rstrip("/"))
        return start >= 0 and self._pattern.match(path, start) is not None


@dataclass(frozen=True)
class Edition:
    """A dated reading of the contract."""

    id: str
    date: str
    title: str
    base: str | None
    routes: Mapping[str, Route]
    levels: Mapping[str, str]
    """Requirement id → must, should, may or off, where it differs from the requirement's own level."""
    data: EditionData = field(default_factory=lambda: EditionData())
    """The rest of the edition's file: statuses, stream rules, quirks."""

    def values_of(self, field_name: str) -> list[str]:
        """The values that the edition lists for a field, and those that it tolerates besides."""
        listed = cast("Mapping[str, list[str]]", self.data).get(field_name) or ()
        return [*listed, *self.data.get("also_tolerated", {}).get(field_name, ())]

    def operation(self, method: str, path: str) -> str:
        """The operation of a request; `unknown` where no route fits. A message over a socket is one to its address."""
        known = self._operations
        if (method, path) not in known:
            if len(known) >= MOST_PATHS:
                known.clear()
            known[method, path] = self._operation(method, path)
        return known[method, path]

    def _operation(self, method: str, path: str) -> str:
        method = "GET" if method == "WS" else method
        for route in self._by_length:
            if route.fits(method, path):
                return route.operation
        return "unknown"

    @cached_property
    def _operations(self) -> dict[tuple[str, str], str]:
        return {}

    @cached_property
    def _by_length(self) -> list[Route]:
        # A literal segment beats a placeholder: /responses/compact is no response id.
        return sorted(self.routes.values(), key=lambda route: (route.path.count("{"), -len(route.path)))


@dataclass(frozen=True, slots=True)
class Capability:
    """Group of requirements that a server may lack if it declines them cleanly."""

    id: str
    says: str
    declined_when: tuple[str, ...] = ()
    """Sentences: each is what one way to decline it cleanly looks like."""
    routes: tuple[str, ...] = ()
    """Operations without which an edition does not have it."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A named set of capabilities that must hold."""

    id: str
    says: str
    capabilities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Client:
    """A program that talks to servers, and the requirements without which it fails."""

    id: str
    title: str
    version: str
    date: str
    needs: tuple[str, ...]


@dataclass(frozen=True)
class Contract:
    """All of `spec/` that verdicts depend on, read under one edition."""

    edition: Edition
    requirements: Mapping[str, Requirement]
    """Requirements that count in the edition, with the edition's levels."""
    capabilities: Mapping[str, Capability]
    profiles: Mapping[str, Profile]
    clients: Mapping[str, Client]
    every: Mapping[str, Requirement]
    """All requirements of every edition, excluded ones too, with their own levels."""

    def level(self, requirement: str) -> Level:
        """The level of a requirement under the edition."""
        return self.requirements[requirement].level
