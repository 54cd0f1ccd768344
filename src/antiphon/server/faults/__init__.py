"""Every way in which the reference server can be told to be wrong."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches
from functools import cache
from types import MappingProxyType

from antiphon.contract.consequences import consequences
from antiphon.server.behaviour.fault import Fault

__all__ = ["Fault", "catalogue", "faults_by_name"]


@cache
def catalogue() -> Mapping[str, Fault]:
    """All faults by name, in the order of their names, with what each was measured to hide."""
    found: dict[str, Fault] = {}
    for fault in sorted(_collected(), key=lambda each: each.name):
        if fault.name in found:
            raise ValueError(f"Two faults have the name {fault.name!r}.")
        found[fault.name] = fault
    for name, hides in consequences().items():
        if name not in found:
            raise ValueError(f"spec/faults.yaml, entry {name}: there is no such fault.")
        found[name] = replace(found[name], hides=hides)
    return MappingProxyType(found)


def _collected() -> Iterator[Fault]:
    """Those of every area: one module each, or a package of modules where there are many."""
    for module in pkgutil.walk_packages(__path__, f"{__name__}."):
        yield from getattr(importlib.import_module(module.name), "FAULTS", ())


def faults_by_name(names: Iterable[str]) -> tuple[Fault, ...]:
    """The faults of these names; ValueError with the likely name where there is none."""
    names = tuple(names)
    if not names:
        return ()
    known = catalogue()
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, 1, 0.5)
            hint = f"did you mean {near[0]!r}?" if near else "`antiphon serve --help` tells where they are listed."
            raise ValueError(f"There is no fault {name!r}: {hint}")
    return tuple(known[name] for name in names)
