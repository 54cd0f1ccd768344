"""Options for the gate: baseline, profiles, level."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from antiphon.cli.options.common import FILE
from antiphon.contract.load import contract
from antiphon.errors import ConfigError
from antiphon.gate.baseline import check_profiles, load
from antiphon.gate.decision import BROKEN_BY, GatePolicy

F = TypeVar("F", bound=Callable[..., Any])
_OPTIONS = (
    click.option("--baseline", type=FILE, metavar="FILE", help="What is expected to be broken; see `baseline`."),
    click.option("--require-profile", multiple=True, metavar="NAME", help="A profile that must hold. Repeatable."),
    click.option(
        "--fail-on", type=click.Choice(list(BROKEN_BY)), help="The lowest level that decides. [default: must]"
    ),
    click.option("--new-failures-only", is_flag=True, help="Stale and expired entries of the baseline do not decide."),
)


@dataclass(frozen=True)
class GateOptions:
    """Values of the gate options on the command line."""

    baseline: Path | None = None
    profiles: tuple[str, ...] = ()
    fail_on: str | None = None
    new_failures_only: bool = False

    def policy(self, edition: str, read: Mapping[str, Any] | None = None) -> GatePolicy:
        """Policy from these options; the configuration's values where an option is absent. Raises ConfigError."""
        read = read or {}
        baseline = self.baseline or (Path(read["baseline"]) if read.get("baseline") else None)
        fail_on = self.fail_on or str(read.get("fail_on", "must"))
        if fail_on not in BROKEN_BY:
            raise ConfigError(f"fail_on is {fail_on!r}; it takes {' or '.join(BROKEN_BY)}.")
        new_failures_only = self.new_failures_only or bool(read.get("new_failures_only"))
        if new_failures_only and not baseline:
            raise ConfigError("--new-failures-only needs what was broken before: give --baseline as well.")
        profiles = self.profiles or tuple(map(str, read.get("require_profile", ())))
        book = contract(edition)
        check_profiles(profiles, book)
        return GatePolicy(
            load(baseline, book) if baseline else None, profiles, fail_on=fail_on, new_failures_only=new_failures_only
        )


def gate_options(function: F) -> F:
    """Adds the options; the command gets them as one argument, `asked`."""

    @functools.wraps(function)
    def wrapped(
        *args: Any, baseline: Path | None, require_profile: tuple[str, ...], fail_on: str | None,
        new_failures_only: bool, **kwargs: Any,
    ) -> Any:  # fmt: skip
        asked = GateOptions(baseline, require_profile, fail_on, new_failures_only)
        return function(*args, asked=asked, **kwargs)

    return functools.reduce(lambda made, option: option(made), reversed(_OPTIONS), wrapped)  # type: ignore[return-value]
