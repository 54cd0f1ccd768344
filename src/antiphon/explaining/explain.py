"""Lookup of a name, and the description of everything that has it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from antiphon.explaining import others
from antiphon.explaining.names import found
from antiphon.explaining.requirement import of_requirement
from antiphon.explaining.values import of_event, of_value

_HOW: Mapping[str, Callable[[str], dict[str, Any]]] = {
    "requirement": of_requirement,
    "event": of_event,
    "parameter": others.of_parameter,
    "disagreement": others.of_disagreement,
    "trigger": others.of_trigger,
    "relaxation": others.of_relaxation,
    "edition": others.of_edition,
    "capability": others.of_capability,
    "profile": others.of_profile,
    "client": others.of_client,
    "code": others.of_code,
    "rule": others.of_rule,
    "fault": others.of_fault,
}


def explain(name: str) -> list[dict[str, Any]]:
    """Everything that has the name, each with its kind and what is known; nothing empty is kept.

    Raises ConfigError with near misses for a name that nothing has.
    """
    rows = []
    for kind, full in found(name):
        facts = _HOW[kind](full) if kind in _HOW else of_value(kind, full)
        # `false` and 0 say something; an empty text or list does not.
        kept = {key: value for key, value in facts.items() if value not in ("", [], {}, ())}
        rows.append({"what": kind, "name": full, **kept})
    return rows
