"""Parameters of a create and the levers that show their effect, from `spec/parameters.yaml`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from antiphon.contract.load import read_validated
from antiphon.contract.paths import spec_dir

SURFACES = {"create": "responses", "chat.create": "chat"}
"""The operations whose parameters are looked at, and the surface of each."""


@dataclass(frozen=True, slots=True)
class Invalid:
    """A value that must be refused. `value` is JSON in the notation of spec/errors.yaml; empty where it is left out."""

    value: str
    trigger: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """Parameter, the field in which a reply repeats it (`echo`, empty where none does), and the levers that show its
    effect.
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
        invalid=tuple(
            Invalid(json.dumps(each["value"], ensure_ascii=False) if "value" in each else "", each["trigger"])
            for each in entry.get("invalid", ())
        ),
    )
