"""Places inside a value: those with a type of their own, and those that the contract does not know."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

Dispatch = tuple[str, tuple[str, ...], dict[str, Any]]
"""A value that is dispatched on its type: its kind, the types that may stand there, and itself."""


class Place(NamedTuple):
    """A value inside another that is dispatched on its type."""

    pointer: str
    kind: str
    only: tuple[str, ...]
    value: dict[str, Any]


class Drift(NamedTuple):
    """Something that the contract does not know: a field, the type of an object, or a value of an open list."""

    pointer: str
    what: Literal["field", "type", "value"]
    name: str


def escape_key(name: str) -> str:
    """A key as a step of a JSON pointer."""
    return name.replace("~", "~0").replace("/", "~1")
