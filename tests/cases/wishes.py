"""What a row of the tables in tests/data/cases wants of a result."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

BROKEN = ("fail", "warn", "error")
UNSAID = ("not-testable", "not-asked")
WISHES = {"fails", "warns", "warned_beside", "spared", "open", "no_other", "states", "not_states", "exit"}


def params(rows: Iterable[dict[str, Any]], name: str) -> list[Any]:
    """Each row, and each part of a row that waits for something."""
    found = []
    for row in rows:
        if WISHES & row.keys():
            found.append(pytest.param(row, row, id=row[name]))
        for wish in row.get("later", ()):
            waits = pytest.mark.xfail(reason=f"waits for {wish['part']}", strict=False)
            found.append(pytest.param(row, wish, id=f"{row[name]}-{wish['part']}", marks=waits))
    return found


def misses(wish: dict[str, Any], code: int, result: dict[str, Any]) -> list[str]:
    """What of a wish is not so."""
    verdicts = {each["id"]: each["verdict"] for each in result["requirements"]}
    states = {name: each["state"] for name, each in result["capabilities"].items()}
    failed = {name for name, verdict in verdicts.items() if verdict == "fail"}
    beside = "warned_beside" in wish
    warned = [name for name, verdict in verdicts.items() if verdict == "warn"]
    return [
        *(f"{name} is no fail" for name in wish.get("fails", ()) if name not in failed),
        *(f"{name} is no warning" for name in wish.get("warns", ()) if name not in warned),
        *(f"{name} is broken" for name in wish.get("spared", ()) if verdicts.get(name) in BROKEN),
        *(f"{name}: {verdicts.get(name)}" for name in wish.get("open", ()) if verdicts.get(name) not in UNSAID),
        *(f"{name} fails too" for name in sorted(failed - set(wish.get("fails", ()))) if wish.get("no_other")),
        *(f"{name} is {states[name]}" for name, state in wish.get("states", {}).items() if states[name] != state),
        *(f"{name} is {state}" for name, state in wish.get("not_states", {}).items() if states[name] == state),
        *(["nothing else is warned of"] if set(warned) <= set(wish.get("warned_beside", ())) and beside else []),
        *([f"exit code {code}"] if wish.get("exit", code) != code else []),
    ]
