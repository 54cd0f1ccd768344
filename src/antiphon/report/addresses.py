"""Addresses of the documentation, as the installed package states them."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, metadata


@cache
def documentation() -> str:
    """The address of the documentation site, with its slash; empty where the package is not installed."""
    try:
        rows = metadata("antiphon").get_all("Project-URL") or []
    except PackageNotFoundError:
        return ""
    known = dict(row.partition(", ")[::2] for row in rows)
    return str(known.get("Documentation", ""))


def requirement_page(id: str) -> str:
    """The address of a requirement's section; empty where that of the site is not known."""
    return f"{documentation()}contract/requirements/{id.split('.')[0]}/#{id}" if documentation() else ""


def manual_page(name: str) -> str:
    """The address of a page of the manual, such as `gating`; likewise."""
    return f"{documentation()}{name}/" if documentation() else ""
