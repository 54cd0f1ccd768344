"""`antiphon.toml`: targets and defaults. Its form is `spec/config.schema.json`."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from antiphon.contract.load import contract, nearest
from antiphon.contract.paths import spec_dir
from antiphon.errors import ConfigError
from antiphon.exercise.http.address import parse_base_url
from antiphon.exercise.limits import Limits
from antiphon.exercise.target import Target

FILE = "antiphon.toml"
_WORDS = {
    "string": "text", "boolean": "true or false", "array": "list", "object": "table", "integer": "whole number",
    "number": "number",
}  # fmt: skip


class Config:
    """Values of a configuration file; empty where there is none. Raises ConfigError for what the schema forbids."""

    def __init__(self, path: Path | None, value: Mapping[str, Any]) -> None:
        self.path = path
        mistake = _mistake(value) if value else ""
        if mistake:
            raise ConfigError(f"{path}, {mistake}")
        self.run: Mapping[str, Any] = {key: each for key, each in value.items() if key != "targets"}
        self._targets: Mapping[str, Any] = value.get("targets", {})

    @property
    def targets(self) -> tuple[str, ...]:
        """The names of the targets."""
        return tuple(self._targets)

    def target(self, name: str) -> dict[str, Any]:
        """The settings of a named target. Raises ConfigError for an unknown one."""
        if name not in self._targets:
            place = self.path or f"no {FILE} here"
            raise ConfigError(
                f"No target {name!r} ({place}); {nearest(name, self._targets) if self._targets else 'it names none.'}"
            )
        return {"name": name, **self._targets[name]}


@cache
def _schema() -> Any:
    return json.loads((spec_dir() / "config.schema.json").read_text(encoding="utf-8"))


def _mistake(value: Mapping[str, Any]) -> str:
    """The first thing that is wrong, with its place and the cure; empty where nothing is."""
    from jsonschema import Draft202012Validator

    for error in Draft202012Validator(_schema()).iter_errors(value):
        where = ".".join(map(str, error.absolute_path)) or "top level"
        if error.validator == "additionalProperties":
            known = error.schema["properties"]
            stray = next(key for key in error.instance if key not in known)
            return f"{where}: unknown key {stray!r}; {nearest(stray, known)}"
        if error.validator == "required":
            return f"{where}: {error.message}."
        return f"{where} is {error.instance!r}; {_expected_form(error.validator, error.validator_value, error.schema)}."
    return ""


def _expected_form(keyword: Any, value: Any, schema: Any) -> str:
    match keyword:
        case "type":
            return f"it takes a {_WORDS[value]}"
        case "minimum" | "exclusiveMinimum":
            return f"give a number {'above' if keyword == 'exclusiveMinimum' else 'from'} {value}"
        case "maximum":
            return f"give a number up to {value}"
    says = str(schema.get("description", "")).rstrip(".")
    return f"it is: {says[:1].lower()}{says[1:]}"


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
    for name in values.get("capabilities", {}):
        known = contract().capabilities
        if name not in known:
            raise ConfigError(f"No capability {name!r}; {nearest(name, known)}")
    values["limits"] = Limits(**values.pop("limits", {}))
    return Target(**values)


LIMIT_OPTIONS = {
    "concurrency": "concurrency", "timeout": "total", "idle_timeout": "idle", "connect_timeout": "connect",
}  # fmt: skip
"""Option → the limit that it sets."""


def with_options(settings: Mapping[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
    """Settings of a target in which options that were given take the place of those of a file."""
    limits = {LIMIT_OPTIONS[key]: value for key, value in options.items() if key in LIMIT_OPTIONS and value is not None}
    others = {key: value for key, value in options.items() if key not in LIMIT_OPTIONS and value}
    return {**settings, **others, "limits": {**settings.get("limits", {}), **limits}}


def body_fields(texts: Iterable[str], option: str) -> dict[str, Any]:
    """`NAME=JSON` texts as fields of a body. Raises ConfigError."""
    fields = {}
    for name, text in pairs(texts, "=", option).items():
        try:
            fields[name] = json.loads(text)
        except (ValueError, RecursionError):
            raise ConfigError(
                f"{option} {name}: the value is not JSON; write a text in quotes, such as {name}='\"text\"'."
            ) from None
    return fields


def pairs(texts: Iterable[str], separator: str, option: str) -> dict[str, str]:
    """`NAME: VALUE` or `NAME=VALUE` texts as a mapping. Raises ConfigError, which does not contain the value."""
    found = {}
    for text in texts:
        name, mark, value = text.partition(separator)
        if not mark or not name.strip():
            raise ConfigError(f"{option} takes NAME{separator}{' ' * (separator == ':')}VALUE, and one lacks the name.")
        found[name.strip()] = value.strip()
    return found
