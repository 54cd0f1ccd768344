"""Crossing of modes, contexts and features of a create: `spec/crossing.yaml`, and its rows in `spec/crossed.yaml`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import combinations, product
from typing import Any

from antiphon.contract.paths import spec_dir
from antiphon.contract.spec_files import read_validated

FACTORS, ROWS = "crossing.yaml", "crossed.yaml"
Pair = frozenset[str]
"""Names of values that meet."""


@dataclass(frozen=True, eq=False)
class FactorValue:
    """Value of a factor: what a create sends for it."""

    name: str
    factor: str
    says: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    content: tuple[Mapping[str, Any], ...] = ()
    """Parts that it adds to the user's message."""
    before: tuple[Mapping[str, Any], ...] = ()
    """Items or messages that stand before the user's."""
    text: str = ""
    """The user's words, where they have to be others than usual."""
    needs: tuple[str, ...] = ()
    """Capabilities without which the row is not played."""
    capability: str = ""
    """The capability without which it is left out of a row."""
    reasons: bool = False
    """It takes a model that reasons."""

    @property
    def is_feature(self) -> bool:
        """A create asks for something more with it."""
        return bool(self.fields or self.content or self.before or self.text)


@dataclass(frozen=True)
class Factor:
    """Factor of a crossing, of which a create has one value."""

    name: str
    says: str
    values: tuple[FactorValue, ...]


@dataclass(frozen=True)
class CrossingRow:
    """Row of a crossing: one value of each factor."""

    surface: str
    number: int
    values: tuple[FactorValue, ...]

    @property
    def id(self) -> str:
        """Its number, and the values of its first two factors."""
        return f"{self.number:02}-{self.values[0].name}-{self.values[1].name}"

    @property
    def needs(self) -> frozenset[str]:
        """The capabilities without which it is not played."""
        return frozenset(name for value in self.values for name in value.needs)

    def of(self, factor: str) -> FactorValue:
        """Its value of a factor. Raises StopIteration where the surface has no such factor."""
        return next(value for value in self.values if value.factor == factor)

    def has(self, name: str) -> bool:
        """Whether a value of that name is in it."""
        return any(value.name == name for value in self.values)

    @property
    def pairs(self) -> Iterator[Pair]:
        """The pairs of values that it plays."""
        return (frozenset(each) for each in combinations([value.name for value in self.values], 2))


@dataclass(frozen=True)
class Crossing:
    """Factors of one surface, the pairs of values that stand apart, each with its reason, and the rows."""

    factors: tuple[Factor, ...]
    apart: Mapping[Pair, str]
    together: tuple[Pair, ...]
    """Values that have to meet in one row, beyond pairs."""
    closely: tuple[Pair, ...]
    """Modes and contexts that meet, both, with every other value."""
    rows: tuple[CrossingRow, ...]

    def value(self, name: str) -> FactorValue:
        """The value of that name. Raises KeyError."""
        return {value.name: value for factor in self.factors for value in factor.values}[name]

    def is_legal(self, names: Collection[str]) -> bool:
        """No two of these values stand apart."""
        return not any(frozenset(pair) in self.apart for pair in combinations(names, 2))

    def close_values(self, cell: Pair) -> list[str]:
        """The values that a mode and a context have to meet, of the factors beyond their own."""
        values = [value for factor in self.factors for value in factor.values]
        own = {value.factor for value in values if value.name in cell}
        return [each.name for each in values if each.factor not in own and self.is_legal([*cell, each.name])]

    @property
    def pairs(self) -> Iterator[Pair]:
        """Every pair of values of two factors."""
        for one, other in combinations(self.factors, 2):
            for pair in product(one.values, other.values):
                yield frozenset(value.name for value in pair)


@cache
def crossings() -> Mapping[str, Crossing]:
    """The crossings by surface. Raises SpecError."""
    rows = _file(ROWS)
    return {surface: _crossing(surface, entry, rows.get(surface, ())) for surface, entry in _file(FACTORS).items()}


def rowless_crossings() -> Mapping[str, Crossing]:
    """The same as they are while their rows are still to be made. Raises SpecError."""
    return {surface: _crossing(surface, entry, ()) for surface, entry in _file(FACTORS).items()}


def _file(name: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = read_validated(spec_dir() / name, name.removesuffix(".yaml"))
    return found


def _crossing(surface: str, entry: Mapping[str, Any], rows: Any) -> Crossing:
    factors = tuple(
        Factor(each["name"], each["says"], tuple(_value(value, each["name"]) for value in each["values"]))
        for each in entry["factors"]
    )
    apart = {
        frozenset(pair): each["because"]
        for each in entry.get("apart", ())
        for pair in product(each["values"], each["from"])
    }
    names = {value.name: value for factor in factors for value in factor.values}
    made = [CrossingRow(surface, number, tuple(names[name] for name in row)) for number, row in enumerate(rows, 1)]
    together = tuple(frozenset(each["values"]) for each in entry.get("together", ()))
    closely = tuple(frozenset(each["values"]) for each in entry.get("closely", ()))
    return Crossing(factors, apart, together, closely, tuple(made))


def _value(entry: Mapping[str, Any], factor: str) -> FactorValue:
    return FactorValue(
        name=entry["name"],
        factor=factor,
        says=entry["says"],
        fields=entry.get("fields", {}),
        content=tuple(entry.get("content", ())),
        before=tuple(entry.get("before", ())),
        text=entry.get("text", ""),
        needs=tuple(entry.get("needs", ())),
        capability=entry.get("capability", ""),
        reasons=entry.get("reasons", False),
    )
