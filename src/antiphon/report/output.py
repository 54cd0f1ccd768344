"""Output of a result: the report files, and the form on the screen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from antiphon.errors import ConfigError

FORMATS = ("json", "html", "junit", "summary", "allure", "ctrf", "sarif")
DEFAULT = FORMATS[:5]
"""The formats that are written where none is named."""


@dataclass(frozen=True)
class Output:
    """Report formats, and whether the screen gets JSON."""

    formats: Sequence[str] = DEFAULT
    as_json: bool = False
    """The result alone on standard output, and all else on standard error."""


def check_formats(formats: Iterable[str]) -> None:
    """Raises ConfigError for an unknown format."""
    unknown = sorted(set(formats) - set(FORMATS))
    if unknown:
        raise ConfigError(f"No report format {unknown[0]!r}; known are {', '.join(FORMATS)}.")
