"""`antiphon.toml`: targets and defaults. Options have the names that they have on the command line."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from antiphon.contract.load import nearest
from antiphon.errors import ConfigError
from antiphon.exercise.address import parse_base_url
from antiphon.exercise.limits import Limits
from antiphon.exercise.target import Target

FILE = "antiphon.toml"
_RUN = {
    "target": str, "edition": str, "report_dir": str, "thorough": bool, "select": list,
}  # fmt: skip
_TARGET = {
    "base_url": str, "model": str, "api_key_env": str, "edition": str, "other_model": str, "reasoning_model": str,
    "capabilities": dict, "headers": dict, "limits": dict, "verify_tls": bool,
    "webhook_listen": str, "webhook_secret_env": str,
}  # fmt: skip


class Config:
    """What a configuration file says; empty where there is none."""

    def __init__(self, path: Path | None, value: Mapping[str, Any]) -> None:
        self.path = path
        self.run: Mapping[str, Any] = {key: each for key, each in value.items() if key != "targets"}
        self._targets: Mapping[str, Any] = value.get("targets", {})
        self._check(self.run, _RUN, "top level")
        for name, target in self._targets.items():
            if not isinstance(target, dict):
                raise ConfigError(f"{path}: targets.{name} is not a table; write [targets.{name}].")
            self._check(target, _TARGET, f"targets.{name}")

    def _check(self, given: Mapping[str, Any], known: Mapping[str, type], where: str) -> None:
        for key, value in given.items():
            if key not in known:
                raise ConfigError(f"{self.path}, {where}: unknown key {key!r}; {nearest(key, known)}.")
            if not isinstance(value, known[key]):
                raise ConfigError(f"{self.path}, {where}: {key} is {value!r}; it takes a {_word(known[key])}.")

    def target(self, name: str) -> dict[str, Any]:
        """The settings of a named target. Raises ConfigError for an unknown one."""
        if name not in self._targets:
            place = self.path or f"no {FILE} here"
            raise ConfigError(
                f"No target {name!r} ({place}); {nearest(name, self._targets) if self._targets else 'it names none'}."
            )
        return {"name": name, **self._targets[name]}


def _word(kind: type) -> str:
    return {str: "text", bool: "true or false", list: "list", dict: "table"}[kind]


def load(path: Path | None = None) -> Config:
    """The configuration of a file, or of `antiphon.toml` in this folder. Raises ConfigError naming file and place."""
    chosen = path or Path(FILE)
    try:
        return Config(chosen, tomllib.loads(chosen.read_text(encoding="utf-8")))
    except FileNotFoundError:
        if path is None:
            return Config(None, {})
        raise ConfigError(f"{path}: no such file; give --config the path of an {FILE}.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{chosen}: cannot be read ({error}).") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{chosen}: not TOML: {error}.") from None


def target(settings: Mapping[str, Any]) -> Target:
    """A target from settings as they stand in a file or on the command line. Raises ConfigError."""
    values = {key: value for key, value in settings.items() if value is not None}
    if "base_url" not in values:
        raise ConfigError("A target needs a base URL: give --base-url, or base_url in the file.")
    values["base_url"] = str(parse_base_url(values["base_url"]))
    values["limits"] = _limits(values.pop("limits", {}))
    return Target(**values)


def _limits(values: Mapping[str, Any]) -> Limits:
    known = [each.name for each in fields(Limits)]
    for key in values:
        if key not in known:
            raise ConfigError(f"Unknown limit {key!r}; {nearest(key, known)}.")
    return Limits(**values)
