"""Parameters of a create and the levers that show their effect, from `spec/parameters.yaml`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from antiphon.contract.paths import spec_dir
from antiphon.contract.spec_files import read_validated
from antiphon.contract.triggers import triggers

SURFACES = {"create": "responses", "chat.create": "chat"}
"""The operations whose parameters are looked at, and the surface of each."""


@dataclass(frozen=True, slots=True)
class Invalid:
    """A value that must be refused. `value` is JSON in the notation of spec/errors.yaml; empty where it is left out."""

    value: str
    trigger: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """Parameter, the field in which a reply repeats it (`echo`, empty where none does).

    The levers that show its effect.
    """

    name: str
    operation: str
    default: Any
    echo: str
    how: str
    levers: tuple[str, ...]
    invalid: tuple[Invalid, ...]

    @property
    def surface(self) -> str:
        """Responses or Chat Completions."""
        return SURFACES[self.operation]


@cache
def parameters() -> Mapping[str, tuple[Parameter, ...]]:
    """The parameters of both kinds of create, by operation, in the order of the file. Raises SpecError."""
    value = read_validated(spec_dir() / "parameters.yaml", "parameters")
    return {
        operation: tuple(_parameter(each, operation) for each in value["operations"][operation]["parameters"])
        for operation in SURFACES
    }


def _parameter(entry: Mapping[str, Any], operation: str) -> Parameter:
    echo = entry.get("echo") or {"how": "never"}
    return Parameter(
        name=entry["name"],
        operation=operation,
        default=entry.get("default"),
        echo=echo.get("field", ""),
        how=echo["how"],
        levers=tuple(entry.get("effect", ())),
        invalid=invalid_values(entry),
    )


def invalid_values(entry: Mapping[str, Any]) -> tuple[Invalid, ...]:
    """What the triggers that a parameter names give it as a value."""
    known = {each.id: each.request for each in triggers()} if "invalid" in entry else {}
    return tuple(Invalid(_sent(known[name], entry["name"]), name) for name in entry.get("invalid", ()))


def _sent(request: Mapping[str, Any], name: str) -> str:
    values = {**request.get("query", {}), **request.get("body", {})}
    return json.dumps(values[name], ensure_ascii=False) if name in values else ""
