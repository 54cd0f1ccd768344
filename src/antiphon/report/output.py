"""Output of a result: the report files, and the form on the screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from antiphon.report.formats import DEFAULT


@dataclass(frozen=True)
class Output:
    """Report formats, and whether the screen gets JSON."""

    formats: Sequence[str] = DEFAULT
    as_json: bool = False
    """The result alone on standard output, and all else on standard error."""
    verbose: bool = False
    """The tables after the first screen."""
