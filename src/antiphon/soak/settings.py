"""Settings of a soak, as `antiphon soak` hands them to the processes that Locust starts."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from antiphon.contract.load import DEFAULT_EDITION
from antiphon.errors import ConfigError
from antiphon.exercise.limits import Limits
from antiphon.exercise.target import Target

SETTINGS = "ANTIPHON_SOAK"
"""The environment variable that holds them."""
KEY_VARIABLE = "ANTIPHON_SOAK_KEY"
"""The environment variable that holds the key of a server that we started ourselves."""
PROGRESS = "antiphon soak: "
"""Begins a line by which Locust's process tells how far it is."""
USERS = "1,10,100"
SECONDS = 30.0
MOST_USERS = 100_000
MOST_CALLS = 100_000
_KEPT_OUT = frozenset({"own_key", "own_second_key", "receiver", "assumed", "limits"})
"""Fields of a target that are secrets, or are known anew in each process."""


@dataclass(frozen=True)
class SoakSettings:
    """What is asked for."""

    target: Target
    users: tuple[int, ...]
    seconds: float = SECONDS
    """Of each step."""
    edition: str = DEFAULT_EDITION
    max_calls: int = MOST_CALLS
    max_time: float | None = None
    folder: Path = Path("antiphon-report")
    is_child: bool = False
    """`antiphon soak` reads the result and prints the report; else Locust's own process does."""
    run: str = field(default_factory=lambda: secrets.token_hex(6))

    def __post_init__(self) -> None:
        for name, value in (
            ("--duration", self.seconds),
            ("--max-calls", self.max_calls),
            ("--max-time", self.max_time),
        ):
            if value is not None and not 0 < value < 1e9:
                raise ConfigError(f"{name} is {value:g}; give a number above 0.")

    def environment(self) -> dict[str, str]:
        """The environment of the processes, with no secret but in variables of its own."""
        environment = {**os.environ, SETTINGS: json.dumps(self._as_json())}
        if self.target.own_key:
            environment[KEY_VARIABLE] = self.target.own_key
        return environment

    def _as_json(self) -> dict[str, Any]:
        target = {each.name: getattr(self.target, each.name) for each in fields(Target) if each.name not in _KEPT_OUT}
        if self.target.own_key:
            target["api_key_env"] = KEY_VARIABLE
        own = {each.name: getattr(self, each.name) for each in fields(self) if each.name not in ("target", "folder")}
        return {**own, "folder": str(self.folder), "target": target, "limits": asdict(self.target.limits)}

    @classmethod
    def of_environment(cls, environment: Mapping[str, str]) -> SoakSettings | None:
        """What `antiphon soak` handed over; None where it started no process."""
        if SETTINGS not in environment:
            return None
        values = json.loads(environment[SETTINGS])
        target = Target(**values.pop("target"), limits=Limits(**values.pop("limits")))
        return cls(**{**values, "users": tuple(values["users"]), "folder": Path(values["folder"])}, target=target)


def steps_of(text: str) -> tuple[int, ...]:
    """`1,10,100` as numbers of users. Raises ConfigError."""
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isascii() and part.isdecimal() and 0 < int(part[:9]) <= MOST_USERS for part in parts):
        raise ConfigError(f"--users {text!r} is no list of numbers of users such as {USERS}.")
    users = tuple(map(int, parts))
    if list(users) != sorted(set(users)):
        raise ConfigError(f"--users {text!r} does not rise from step to step; write it as 1,10,100.")
    return users
