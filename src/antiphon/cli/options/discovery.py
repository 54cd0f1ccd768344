"""What was left unsaid of a target, found out and said before a run."""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Sequence
from dataclasses import replace

import click

from antiphon.errors import ConfigError
from antiphon.exercise.http.address import parse_base_url
from antiphon.exercise.target import Target

MOST_SHOWN = 20
NARROWEST = 80
VERSIONED = re.compile(r"/v\d[^/]*/?$")
"""A path that ends as that of an API does."""


def completed_target(target: Target, *, quiet: bool = False) -> Target:
    """A target with its path, model and need of a key; what was found out is printed unless `quiet`.

    Where the server lists several models, a user at a terminal is asked. Raises Unreachable and ConfigError.
    """
    from antiphon.exercise.discovery import discover, is_needed
    from antiphon.exercise.event_loop import run

    if not is_needed(target):
        return target
    at_terminal = sys.stdin.isatty() and sys.stderr.isatty() and not quiet
    found = run(discover, target, _choose_model if at_terminal else None)
    if found.remarks and not quiet:
        click.echo("\n".join(_lines(found.remarks)), err=True)
    return replace(found.target, assumed=frozenset())


def _lines(remarks: Sequence[str]) -> list[str]:
    """The remarks in one line, or one a line where that is wider than the narrowest screen."""
    together = "; ".join(remarks)
    return [together] if len(together) <= NARROWEST else [remarks[0], *(f"  {each}" for each in remarks[1:])]


def _choose_model(models: Sequence[str]) -> str:
    for number, name in enumerate(models[:MOST_SHOWN], 1):
        click.echo(f"{number:>3}  {name}", err=True)
    number = click.prompt("Model", type=click.IntRange(1, len(models[:MOST_SHOWN])), default=1, err=True)
    return models[int(number) - 1]


def with_guesses(target: Target, said: Collection[str]) -> Target:
    """A target that an address alone names, with what was not `said` marked as guessed."""
    guesses, path = {"model", "api_key_env"} - set(said), parse_base_url(target.base_url).path
    if not path:
        guesses.add("base_url")
    elif not VERSIONED.search(path):
        guesses.add("version")
    return replace(target, assumed=frozenset(guesses))


def address_of(address: str | None, base_url: str | None, target_name: str | None) -> str | None:
    """The base URL that an argument or an option names; http is meant where this machine is. Raises ConfigError."""
    if address is None:
        return base_url
    if base_url or target_name:
        raise ConfigError(f"Two servers are named: {address} and {base_url or f'--target {target_name}'}; give one.")
    if "://" in address:
        return address
    is_local = address.startswith(("localhost", "127.", "[::1]", "0.0.0.0"))
    return f"{'http' if is_local else 'https'}://{address}"
