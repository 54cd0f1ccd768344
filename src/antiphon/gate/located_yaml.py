"""YAML with the line of every value, so that an error can point at it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from antiphon.errors import ConfigError

MOST_BYTES: Final = 5_000_000
DEPTH: Final = 20

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WHOLE = re.compile(r"[-+]?[0-9]{1,18}")
Place = tuple[str | int, ...]


@dataclass
class LocatedYaml:
    """A YAML value, and the first line, from 1, of each part of it. Dates stay text."""

    path: Path
    value: Any = None
    lines: dict[Place, int] = field(default_factory=dict)

    def line(self, place: Place) -> int:
        """The line of the innermost part on a way into the value that has one."""
        for length in range(len(place), -1, -1):
            if place[:length] in self.lines:
                return self.lines[place[:length]]
        return 1

    def wrong(self, place: Place, why: str) -> ConfigError:
        """The error for a part of the file."""
        return ConfigError(f"{self.path}, line {self.line(place)}: {why}{'' if why.endswith(('.', '?')) else '.'}")


def read_located(path: Path) -> LocatedYaml:
    """A YAML file without aliases. Raises ConfigError, with the line, for what cannot be read."""
    text = _text(path)
    try:
        _check_form(path, text)
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else "?"
        raise ConfigError(f"{path}, line {line}: not YAML ({error.problem or error.context}).") from None
    except yaml.YAMLError as error:
        raise ConfigError(f"{path}: not YAML ({' '.join(str(error).split())}).") from None
    located = LocatedYaml(path)
    located.value = _value(node, (), located) if node is not None else None
    return located


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ConfigError(f"{path}: over {MOST_BYTES // 1_000_000} MB, which no file of this kind is.")
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError(f"{path}: there is no such file.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read ({getattr(error, 'strerror', None) or error}).") from None


def _check_form(path: Path, text: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        line = event.start_mark.line + 1 if event.start_mark else "?"
        if isinstance(event, yaml.AliasEvent):
            raise ConfigError(f"{path}, line {line}: an alias; write out what it stands for.")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEPTH:
            raise ConfigError(f"{path}, line {line}: nested more than {DEPTH} deep.")


def _value(node: yaml.Node, place: Place, located: LocatedYaml) -> Any:
    located.lines.setdefault(place, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, place, located)
    if isinstance(node, yaml.SequenceNode):
        return [_value(each, (*place, number), located) for number, each in enumerate(node.value)]
    text = str(node.value)
    match str(node.tag).rpartition(":")[2]:
        case "null":
            return None
        case "bool":
            return text.lower() in ("yes", "true", "on")
        case "int" if _WHOLE.fullmatch(text):
            return int(text)
    return text


def _mapping(node: yaml.MappingNode, place: Place, located: LocatedYaml) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else "?"
        located.lines[(*place, key)] = key_node.start_mark.line + 1
        if key in found:
            raise located.wrong((*place, key), f"the key {key!r} stands twice")
        found[key] = _value(value_node, (*place, key), located)
    return found
