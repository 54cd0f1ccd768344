"""Options for the size and the budget of a run."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import click

from antiphon.contract.depth import Depth, parse_depth
from antiphon.errors import ConfigError
from antiphon.exercise.budget.bounds import Bounds
from antiphon.generated.options import DEFAULT, GenerationOptions

F = TypeVar("F", bound=Callable[..., Any])
_OPTIONS = (
    click.option(
        "--depth",
        metavar="NAME",
        help="core (40 calls), standard (150) or thorough. [default: thorough where calls cost nothing, else standard]",
    ),
    click.option("--thorough", is_flag=True, help="The same as --depth thorough."),
    click.option("--profile", metavar="NAME", help="Only what this profile asks for; see `antiphon list profiles`."),
    click.option("--repeat", type=int, metavar="N", help="Play everything N times; what holds in some is flaky."),
    click.option("--max-calls", type=int, metavar="N", help="Stop before more calls are made."),
    click.option("--max-tokens", type=int, metavar="N", help="Stop before more tokens can be used."),
    click.option("--max-cost", type=float, metavar="X", help="Stop before it can cost more, by the target's prices."),
    click.option(
        "--max-time",
        type=float,
        metavar="SECONDS",
        help="End after so long, clean-up and reports included. [default: 120 where the default depth is thorough]",
    ),
    click.option(
        "--properties",
        type=int,
        metavar="N",
        help="Also N generated requests of each kind. "
        f"[default: {DEFAULT} for a thorough run of the reference server, else 0]",
    ),
    click.option("--seed", type=int, metavar="N", help="The seed of what is generated. [default: 0]"),
    click.option("--dry-run", is_flag=True, help="Say what would be played and what it would cost; no network."),
)


@dataclass(frozen=True)
class Extent:
    """Size and budget of a run."""

    profile: str = ""
    repeat: int = 1
    bounds: Bounds = field(default_factory=Bounds)
    properties: GenerationOptions = field(default_factory=GenerationOptions)
    depth: Depth | None = None
    """None where nobody chose one."""


@dataclass(frozen=True)
class ExtentOptions:
    """Values of these options on the command line; None for an option that is absent."""

    values: Mapping[str, Any]
    dry_run: bool = False

    def extent(self, read: Mapping[str, Any], generates: bool = False) -> Extent:
        """The extent, with the configuration's values where the command line is silent. Raises ConfigError."""
        given = {name: read.get(name) if value is None else value for name, value in self.values.items()}
        repeat = given["repeat"]
        bounds = Bounds(given["max_calls"], given["max_tokens"], given["max_cost"], given["max_time"])
        depth = _depth(self.values, given)
        wanted = given["properties"]
        if wanted is None:
            is_whole = depth in (None, Depth.THOROUGH) and not given["profile"]
            wanted = DEFAULT if generates and is_whole else 0
        properties = GenerationOptions(wanted, given["seed"] or 0)
        return Extent(given["profile"] or "", 1 if repeat is None else repeat, bounds, properties, depth)


def _depth(options: Mapping[str, Any], given: Mapping[str, Any]) -> Depth | None:
    """The depth that is asked for; what the command line says of it comes before the configuration."""
    if options["thorough"] and options["depth"] not in (None, Depth.THOROUGH):
        raise ConfigError(f"--thorough is --depth thorough; drop it, or --depth {options['depth']}.")
    if options["thorough"] or (given["thorough"] and given["depth"] is None):
        return Depth.THOROUGH
    return None if given["depth"] is None else parse_depth(given["depth"])


def extent_options(function: F) -> F:
    """Adds the options; the command gets them as one argument, `wanted`."""

    @functools.wraps(function)
    def wrapped(*args: Any, dry_run: bool, **rest: Any) -> Any:
        names = ("profile", "repeat", "max_calls", "max_tokens", "max_cost", "max_time", "properties", "seed")
        given = {name: rest.pop(name) for name in ("depth", *names)} | {"thorough": rest.pop("thorough") or None}
        return function(*args, wanted=ExtentOptions(given, dry_run), **rest)

    return functools.reduce(lambda inner, option: option(inner), reversed(_OPTIONS), wrapped)  # type: ignore[return-value]
