"""Tokens of a pasted text: fields of a stream, heads of HTTP, values, gaps and the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from antiphon.recording.exchange import Pairs


@dataclass(frozen=True)
class Field:
    """A field of a stream; `raw` is its line as it stands, empty where it was repaired."""

    name: str
    value: str
    raw: str


@dataclass(frozen=True)
class Blank:
    """A blank line, as it stands."""

    raw: str


@dataclass(frozen=True)
class Head:
    """Status line and headers of a reply."""

    status: int
    headers: Pairs


@dataclass(frozen=True)
class CalledRoute:
    """Request line and headers."""

    method: str
    path: str
    headers: Pairs


@dataclass(frozen=True)
class Value:
    """A JSON value: `text` is how it is written, `mark` is `>` or `<` where its direction is marked."""

    value: Any
    text: str | None
    mark: str
    elided: bool = False
    """Parts of it were left out when it was printed."""
    is_first: bool = True
    """Nothing stands before it in its line."""
    wrapped: bool = False
    """Lines were broken within its texts."""


@dataclass(frozen=True)
class Gap:
    """A line that says that something was left out there."""

    line: str


@dataclass(frozen=True)
class Rest:
    """A line that is none of these. `elided` says that something was left out there."""

    line: str
    elided: bool


@dataclass(frozen=True)
class Noise:
    """A line of curl or of the shell."""

    line: str


Token = Field | Blank | Head | CalledRoute | Value | Gap | Rest | Noise
