"""Builder of faults."""

from __future__ import annotations

from typing import Unpack

from antiphon.server.behaviour.fault import Fault, Hooks

OPEN_STANDARD = "open-responses-2026-04-24"


def fault(name: str, says: str, breaks: str, *, implies: str = "", needs: str = "", **hooks: Unpack[Hooks]) -> Fault:
    """A fault as a module of this package writes it. Ids of requirements and editions are separated by spaces."""
    return Fault(
        name=name,
        says=says,
        breaks=frozenset(breaks.split()),
        implies=frozenset(implies.split()),
        needs=frozenset(needs.split()),
        **hooks,
    )
