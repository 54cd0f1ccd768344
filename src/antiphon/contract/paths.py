"""Where the data lies: in the package of a wheel, at the root of a checkout."""

from __future__ import annotations

from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]


def _data_dir(name: str) -> Path:
    checkout = PACKAGE.parents[1] / name
    inside = PACKAGE / name
    return inside if inside.is_dir() or not checkout.is_dir() else checkout


@cache
def spec_dir() -> Path:
    """The folder with the contract as YAML."""
    return _data_dir("spec")


@cache
def suites_dir() -> Path:
    """The folder with the suite files."""
    return _data_dir("suites")
