"""Options for the report formats and the form of the output."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

import click

from antiphon.report.formats import DEFAULT, FORMATS
from antiphon.report.output import Output

F = TypeVar("F", bound=Callable[..., Any])


def format_option(default: str) -> Callable[[F], F]:
    """The option `--format`, which the command gets as `formats`."""
    return click.option(
        "--format",
        "formats",
        multiple=True,
        type=click.Choice(list(FORMATS)),
        help=f"A file to write. Repeatable. {default}",
    )


def output_options(function: F) -> F:
    """Adds `--format`, `--json` and `--verbose`; the command gets them as one argument, `output`."""

    @functools.wraps(function)
    def wrapped(*args: Any, formats: tuple[str, ...], as_json: bool, verbose: bool, **kwargs: Any) -> Any:
        return function(*args, output=Output(formats or DEFAULT, as_json, verbose), **kwargs)

    as_json = click.option("--json", "as_json", is_flag=True, help="The result on standard output, as JSON.")
    verbose = click.option("-v", "--verbose", is_flag=True, help="Also the tables: each area, each requirement.")
    return format_option(f"[default: {', '.join(DEFAULT)}]")(as_json(verbose(wrapped)))  # type: ignore[return-value]
