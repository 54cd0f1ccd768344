"""Lookup of a name, and the description of everything that has it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from antiphon.explain import other_names
from antiphon.explain.names import find_names
from antiphon.explain.requirement import of_requirement
from antiphon.explain.values import of_event, of_value

_HOW: Mapping[str, Callable[[str], dict[str, Any]]] = {
    "requirement": of_requirement,
    "event": of_event,
    "parameter": other_names.of_parameter,
    "disagreement": other_names.of_disagreement,
    "trigger": other_names.of_trigger,
    "relaxation": other_names.of_relaxation,
    "edition": other_names.of_edition,
    "capability": other_names.of_capability,
    "profile": other_names.of_profile,
    "client": other_names.of_client,
    "code": other_names.of_code,
    "defect": other_names.of_defect,
    "source": other_names.of_source,
    "fault": other_names.of_fault,
}


def explain(name: str) -> list[dict[str, Any]]:
    """Everything that has the name, each with its kind and what is known; nothing empty is kept.

    Raises ConfigError with near misses for a name that nothing has.
    """
    rows = []
    for kind, full in find_names(name):
        facts = _HOW[kind](full) if kind in _HOW else of_value(kind, full)
        # `false` and 0 say something; an empty text or list does not.
        kept = {key: value for key, value in facts.items() if value not in ("", [], {}, ())}
        rows.append({"what": kind, "name": full, **kept})
    return rows
