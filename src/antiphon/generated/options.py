"""Amount of generated requests, and their seed."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass

from antiphon.errors import ConfigError
from antiphon.exercise.scenario import Scenario

AREA = "properties"
"""The folder of the suites whose scenarios are generated."""
MOST = 10_000
DEFAULT = 2
"""Default number of examples against the reference server."""


@dataclass(frozen=True)
class GenerationOptions:
    """Options of generation. Raises ConfigError for values out of range."""

    examples: int = 0
    """Requests of each operation and kind; none at all where it is 0."""
    seed: int = 0
    """The same seed gives the same requests."""
    seconds: float = 120.0
    """Seconds after the generation of its requests in which a scenario may send."""
    patience: float = 30.0
    """Seconds in which a request that must be refused is to be answered."""
    shrinks: bool = True
    """Failing requests are shrunk; else they are only reported."""

    def __post_init__(self) -> None:
        if not 0 <= self.examples <= MOST:
            raise ConfigError(f"--properties is {self.examples}; give a whole number from 0 to {MOST}.")
        if not 0 <= self.seed < 2**32:
            raise ConfigError(f"--seed is {self.seed}; give a whole number from 0 to {2**32 - 1}.")


def is_generated(scenario: Scenario) -> bool:
    """The scenario sends generated requests."""
    return scenario.area == AREA


NO_GENERATION = GenerationOptions()
CURRENT_OPTIONS: ContextVar[GenerationOptions] = ContextVar("ASKED", default=NO_GENERATION)
"""Generation options of the current run."""
