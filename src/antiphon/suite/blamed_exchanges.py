"""Exchanges that a failed assertion speaks of: the one at fault, and those without which it does not show it."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from antiphon.judge.registry import Violation
from antiphon.recording.exchange import Exchange
from antiphon.recording.transcript import Transcript


class Blame(NamedTuple):
    """What is at fault."""

    exchange: Exchange | None
    pointer: str = ""
    """Place that the assertion reads in its reply."""
    others: tuple[str, ...] = ()
    """Ids of the exchanges that show it together with that one."""


def blame(statement: ast.stmt | None, values: Mapping[str, Any], arguments: Mapping[str, Any]) -> Blame:
    """The latest exchange that a statement names, by the `values` of its names; else the last of what a test reads.

    Where a value was worked out before the statement, nobody knows from which exchanges, so that all of them count.
    """
    transcripts = [value for value in arguments.values() if isinstance(value, Transcript)]
    every = [each for transcript in transcripts for each in transcript.exchanges]
    names = [node.id for node in ast.walk(statement) if isinstance(node, ast.Name)] if statement else []
    known = {name: values[name] for name in names if name in values and name not in arguments.keys() - _read(arguments)}
    single = {name: value for name, value in known.items() if isinstance(value, Exchange)}
    several = [each for value in known.values() for each in _listed(value)]
    candidates = [*single.values()] or several
    if not candidates:
        return Blame(every[-1], "", _ids(every)) if every else Blame(None)
    chosen = max(candidates, key=lambda each: each.started_at)
    name = next((name for name, value in single.items() if value is chosen), "")
    is_worked_out = any(not isinstance(value, Exchange) and not _listed(value) for value in known.values())
    others = every if is_worked_out else [*single.values(), *several]
    return Blame(chosen, _pointer(statement, name), _ids(others, chosen))


def listed_exchange(value: Any, arguments: Mapping[str, Any]) -> Exchange | None:
    """The first of the exchanges that a list names by their ids; None for any other value."""
    every = {each.id: each for read in arguments.values() if isinstance(read, Transcript) for each in read.exchanges}
    if isinstance(value, list) and value and all(isinstance(each, str) and each in every for each in value):
        return every[value[0]]
    return None


def with_others(violation: Violation, arguments: Mapping[str, Any]) -> Violation:
    """A violation that a test states itself, with all exchanges that the test reads."""
    every = [each for read in arguments.values() if isinstance(read, Transcript) for each in read.exchanges]
    return replace(violation, others=tuple(each for each in _ids(every) if each != violation.exchange))


def _read(arguments: Mapping[str, Any]) -> set[str]:
    """The names of the transcripts among arguments; the others are of the case that is tested."""
    return {name for name, value in arguments.items() if isinstance(value, Transcript)}


def _listed(value: Any) -> list[Exchange]:
    """The exchanges of a transcript, a list or a tuple of them; none for any other value."""
    found = value.exchanges if isinstance(value, Transcript) else value
    is_list = isinstance(found, list | tuple) and found and all(isinstance(each, Exchange) for each in found)
    return list(found) if is_list else []


def _ids(exchanges: Iterable[Exchange], but: Exchange | None = None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.id for each in exchanges if each is not but))


def _pointer(statement: ast.stmt | None, name: str) -> str:
    """`/output/0` for `name.body["output"][0]`: the longest such path in the statement."""
    best: list[str] = []
    for node in ast.walk(statement) if statement else ():
        parts: list[str] = []
        while isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            parts.append(str(node.slice.value).replace("~", "~0").replace("/", "~1"))
            node = node.value
        if not isinstance(node, ast.Attribute) or node.attr not in ("body", "reply"):
            continue
        if isinstance(node.value, ast.Name) and node.value.id == name and len(parts) > len(best):
            best = parts
    return "".join(f"/{part}" for part in reversed(best))
