"""Exchanges that a failed assertion speaks of: the one at fault, and those without which it does not show it."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any, NamedTuple

from antiphon.judge.registry import Violation
from antiphon.recording.exchange import Exchange
from antiphon.recording.transcript import Transcript

NO_SOURCES: Mapping[str, ast.expr] = {}
NO_SCOPE: Mapping[str, Any] = {}


class Blame(NamedTuple):
    """What is at fault."""

    exchange: Exchange | None
    pointer: str = ""
    """Place that the assertion reads in its reply."""
    others: tuple[str, ...] = ()
    """Ids of the exchanges that show it together with that one."""


def blame(
    statement: ast.stmt | None,
    values: Mapping[str, Any],
    arguments: Mapping[str, Any],
    sources: Mapping[str, ast.expr] = NO_SOURCES,
    scope: Mapping[str, Any] = NO_SCOPE,
) -> Blame:
    """The latest exchange that a statement names, by the `values` of its names; else the last of what a test reads.

    One that is taken out of a transcript by its place is named so, with the names of `scope` for that place. Where a
    statement names none, those count from which its names were worked out, by what their `sources` assigned to them.
    Which others such a value needs nobody knows, so that all that the test reads count beside it.
    """
    transcripts = [value for value in arguments.values() if isinstance(value, Transcript)]
    every = [each for transcript in transcripts for each in transcript.exchanges]
    names = [node.id for node in ast.walk(statement) if isinstance(node, ast.Name)] if statement else []
    known = {name: values[name] for name in names if name in values and name not in arguments.keys() - _read(arguments)}
    chosen = _chosen(statement, values, scope) if statement else {}
    single = [*(each for each in known.values() if isinstance(each, Exchange)), *chosen.values()]
    taken = {name for name, _ in chosen}
    several = [each for name, value in known.items() if name not in taken for each in _listed(value)]
    candidates = single or several or _worked_out_of(known, values, arguments, sources, scope)
    if not candidates:
        return Blame(every[-1], "", _ids(every)) if every else Blame(None)
    latest = max(candidates, key=lambda each: each.started_at)
    name = next((name for name, value in known.items() if value is latest), "")
    is_worked_out = any(not isinstance(value, Exchange) and not _listed(value) for value in known.values())
    others = every if is_worked_out else [*single, *several]
    return Blame(latest, _pointer(statement, name), _ids(others, latest))


def _worked_out_of(
    names: Iterable[str],
    values: Mapping[str, Any],
    arguments: Mapping[str, Any],
    sources: Mapping[str, ast.expr],
    scope: Mapping[str, Any],
) -> list[Exchange]:
    """The exchanges from which names were worked out: single ones, or those of lists; whole transcripts are none."""
    single: list[Exchange] = []
    several: list[Exchange] = []
    ahead, seen = [*names], set(arguments)
    while ahead:
        if (name := ahead.pop()) in seen:
            continue
        seen.add(name)
        if isinstance(value := values.get(name), Exchange):
            single.append(value)
        elif found := _listed(value):
            several += found
        elif source := sources.get(name):
            chosen = _chosen(source, values, scope)
            single += chosen.values()
            taken = {each for each, _ in chosen}
            ahead += [node.id for node in ast.walk(source) if isinstance(node, ast.Name) and node.id not in taken]
    return single or several


def _chosen(node: ast.AST, values: Mapping[str, Any], scope: Mapping[str, Any]) -> dict[tuple[str, int], Exchange]:
    """The exchanges that are taken out of lists by their place, `named[0]`, by the name of the list and the place."""
    found = {}
    for each in ast.walk(node):
        match each:
            case ast.Subscript(value=ast.Name(id=name), slice=place) if listed := _listed(values.get(name)):
                with suppress(Exception):  # a name of the place may be of an expression within the statement
                    number = int(eval(compile(ast.Expression(place), "<place>", "eval"), dict(scope)))
                    found[name, number] = listed[number]
    return found


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
