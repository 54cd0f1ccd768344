"""Recipes of `implementations/`: what an implementation is, how it is started, and how it is run against."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from antiphon.contract.load import nearest
from antiphon.contract.spec_files import meta_schema
from antiphon.errors import ConfigError

FILE, SCRIPT = "recipe.yaml", "start.sh"


@dataclass(frozen=True)
class Recipe:
    """One implementation."""

    name: str
    folder: Path
    values: Mapping[str, Any]
    """The file, as `spec/meta/recipe.schema.json` describes it."""

    @property
    def versions(self) -> Sequence[str]:
        """Versions of the package, the oldest first."""
        return tuple(self.values["versions"])

    @property
    def script(self) -> Path:
        """The script that installs and starts it: `start.sh PORT`."""
        return self.folder / SCRIPT

    @property
    def port(self) -> int:
        """Its port on loopback."""
        return int(self.values["port"])

    @property
    def base_url(self) -> str:
        """Where its API is."""
        return f"http://127.0.0.1:{self.port}{self.values['path']}"

    def seconds(self, step: str) -> float:
        """The longest that a step may take: install, start, run."""
        return float(self.values["seconds"][step])

    def package(self, version: str) -> str:
        """The package with its version, as its registry names it."""
        package = self.values["package"]
        return f"`{package['name']}` {version} ({package['registry']})"


@dataclass(frozen=True)
class Subject:
    """An implementation in one version."""

    recipe: Recipe
    version: str

    @property
    def name(self) -> str:
        """`litellm@1.106.2`, the name of its folder and of its result."""
        return f"{self.recipe.name}@{self.version}"


def recipes(folder: Path) -> dict[str, Recipe]:
    """The recipes of a folder by name. Raises ConfigError for one that is not as it must be."""
    found = {path.parent.name: _recipe(path) for path in sorted(folder.glob(f"*/{FILE}"))}
    if not found:
        raise ConfigError(f"{folder}: no NAME/{FILE} is there; name the folder with --implementations.")
    ports: dict[int, str] = {}
    for name, recipe in found.items():
        if ports.setdefault(recipe.port, name) != name:
            raise ConfigError(f"{recipe.folder / FILE}: port {recipe.port} is that of {ports[recipe.port]} as well.")
    return found


def subjects(known: Mapping[str, Recipe], names: Sequence[str]) -> list[Subject]:
    """The implementations that `NAME` and `NAME@VERSION` choose, all without any. Raises ConfigError."""
    found = []
    for text in names or known:
        name, _, version = text.partition("@")
        if name not in known:
            raise ConfigError(f"No implementation {name!r}; {nearest(name, known)}.")
        versions = known[name].versions
        if version and version not in versions:
            raise ConfigError(f"No version {version!r} of {name}; {nearest(version, versions)}.")
        found += [Subject(known[name], each) for each in ([version] if version else versions)]
    return found


def _recipe(path: Path) -> Recipe:
    values = read_yaml(path, "recipe")
    recipe = Recipe(path.parent.name, path.parent.resolve(), values)
    if not recipe.script.is_file():
        raise ConfigError(f"{path}: there is no {SCRIPT} beside it.")
    if values["package"]["registry"] == "pip":
        missing = [each for each in recipe.versions if not (recipe.folder / "locks" / f"{each}.txt").is_file()]
        if missing:
            raise ConfigError(f"{path}: version {missing[0]} has no locks/{missing[0]}.txt.")
    return recipe


def read_yaml(path: Path, schema: str) -> Mapping[str, Any]:
    """The content of a YAML file that a meta schema describes. Raises ConfigError."""
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read ({error}).") from None
    except yaml.YAMLError as error:
        raise ConfigError(f"{path}: not YAML ({' '.join(str(error).split())}).") from None
    found: Mapping[str, Any] = json.loads(json.dumps(values, default=str))  # YAML knows dates, JSON does not
    check_values(path, schema, found)
    return found


def check_values(path: Path, schema: str, values: Mapping[str, Any]) -> None:
    """Hold what a file says to a meta schema. Raises ConfigError with the place of the first mistake."""
    for mistake in meta_schema(schema).iter_errors(values):
        where = ".".join(map(str, mistake.instance_path)) or "top level"
        raise ConfigError(f"{path}, {where}: {' '.join(mistake.message.split())[:300]}.")
