"""Differences between two editions: routes, levels, rules, relaxations of schemas."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from antiphon.contract.load import contract
from antiphon.contract.model import Contract
from antiphon.contract.schemas.validation import Schemas

_TOLD_ELSEWHERE = {"id", "date", "title", "base", "routes", "levels", "sources"}


def between(first: str, second: str) -> Iterator[str]:
    """One line per difference, from `first` to `second`. Raises ConfigError for an unknown edition."""
    before, after = contract(first), contract(second)
    yield f"{before.edition.id} ({before.edition.title}) → {after.edition.id} ({after.edition.title})"
    yield from _routes(before, after)
    yield from _levels(before, after)
    yield from _rules(before, after)
    yield from _relaxations(first, second)


def _routes(before: Contract, after: Contract) -> Iterator[str]:
    old, new = before.edition.routes, after.edition.routes
    for operation in sorted({*old, *new}):
        was, now = old.get(operation), new.get(operation)
        if was != now:
            yield f"route   {operation}: {_route(was)} → {_route(now)}"


def _route(route: Any) -> str:
    return f"{route.method} {route.path}" if route else "none"


def _levels(before: Contract, after: Contract) -> Iterator[str]:
    for name in before.every:
        was, now = before.requirements.get(name), after.requirements.get(name)
        old, new = was.level.value if was else "not counted", now.level.value if now else "not counted"
        if old != new:
            yield f"level   {name}: {old} → {new}"


def _rules(before: Contract, after: Contract) -> Iterator[str]:
    old, new = before.edition.data, after.edition.data
    for key in sorted({*old, *new} - _TOLD_ELSEWHERE):
        if old.get(key) != new.get(key):
            yield f"rule    {key}: {_short(old.get(key))} → {_short(new.get(key))}"


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 160 else text[:159] + "…"


def _relaxations(first: str, second: str) -> Iterator[str]:
    old = {each.id: each for each in Schemas(first).relaxations()}
    new = {each.id: each for each in Schemas(second).relaxations()}
    for name in sorted({*old, *new}):
        if (name in old) != (name in new):
            yield f"schema  {name}: {'only in ' + first if name in old else 'only in ' + second}"
