"""Scenarios: async functions that make exchanges, in order, with a target. They assert nothing."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from antiphon.recording.exchange import Exchange

Act = Callable[..., Awaitable[None]]


class CannotContinue(Exception):
    """A scenario cannot continue: a reply lacks what it needs."""

    def __init__(self, reason: str, exchange: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.exchange = exchange


class CapabilityDeclined(CannotContinue):
    """The target declines a capability cleanly."""

    def __init__(self, capability: str, reason: str, exchange: str = "", refusal: Exchange | None = None) -> None:
        super().__init__(reason, exchange)
        self.capability = capability
        self.refusal = refusal


class OverBudget(CannotContinue):
    """The next call could pass a bound of the run, so it was not sent."""


@dataclass(frozen=True)
class Scenario:
    """An act with its name, what the target needs for it, and its case where it belongs to a family."""

    name: str
    act: Act
    needs: frozenset[str] = field(default=frozenset())
    case: Any = None
    alone: bool = False

    @property
    def area(self) -> str:
        """The folder of its suite file."""
        return Path(self.act.__code__.co_filename).parent.name

    @property
    def says(self) -> str:
        """The first line of its docstring."""
        return (inspect.getdoc(self.act) or "").split("\n")[0]


_REGISTRY: dict[str, Scenario] = {}


def register(
    act: Act,
    needs: Iterable[str] | Callable[[Any], Iterable[str]],
    each: Iterable[Any] | None,
    alone: bool,
) -> tuple[Scenario, ...]:
    """Add a scenario, or one per case of a family, to the registry. Raises ValueError for a name used twice."""
    name = act.__name__
    cases = [None] if each is None else list(each)
    made = tuple(
        Scenario(
            name if case is None else f"{name}[{case_id(case)}]",
            act,
            frozenset(needs(case) if callable(needs) else needs),
            case,
            alone,
        )
        for case in cases
    )
    for scenario in made:
        known = _REGISTRY.get(scenario.name)
        if known and known.act.__code__.co_filename != act.__code__.co_filename:
            raise ValueError(f"two scenarios are called {scenario.name}")
        _REGISTRY[scenario.name] = scenario
    return made


def case_id(case: Any) -> str:
    """The id of a case: its own `id`, or its text."""
    return str(getattr(case, "id", case))


def get_scenario(name: str) -> Scenario:
    """The scenario of that name. Raises KeyError."""
    return _REGISTRY[name]


def is_registered(name: str) -> bool:
    """There is a scenario of this name."""
    return name in _REGISTRY


def all_scenarios() -> tuple[Scenario, ...]:
    """Every scenario of the suite files imported so far."""
    return tuple(_REGISTRY.values())
