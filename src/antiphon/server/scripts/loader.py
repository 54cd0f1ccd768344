"""Loader of scripts: from a YAML file, whose mistakes are reported with their line, or from values in code."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from antiphon.errors import ConfigError
from antiphon.server.scripts.answers import Script, ScriptAnswer
from antiphon.server.scripts.entries import Place, describe_place, read_answers
from antiphon.server.settings import ScriptSource

LARGEST = 8 * 1024 * 1024


def load(source: ScriptSource) -> Script:
    """The script in a file or a value. Raises ConfigError with the place where it is not one."""
    if isinstance(source, Path):
        file = _File(source)
        return Script(read_answers(file.value, file.mistake), tuple(file.value.get("models") or ()))
    value = _as_json(source if isinstance(source, Mapping) else {"answers": source})
    return Script(read_answers(value, _mistake), tuple(value.get("models") or ()))


def load_answers(entries: Sequence[Mapping[str, Any]]) -> list[ScriptAnswer]:
    """Answers that are given in code or over HTTP; there may be none. Raises ConfigError."""
    value = _as_json({"answers": entries})
    return [] if value["answers"] == [] else read_answers(value, _mistake)


def _as_json(value: Any) -> Any:
    try:
        return json.loads(json.dumps(value, default=dict))
    except (ValueError, TypeError, RecursionError) as error:
        raise ConfigError(f"script: is no JSON value: {error}.") from None


def _mistake(place: Place, message: str) -> ConfigError:
    return ConfigError(f"script: {_sentence(place, message)}")


def _sentence(place: Place, message: str) -> str:
    return f"{describe_place(place) or 'the whole'}: {message}{'' if message.endswith('?') else '.'}"


class _File:
    """The value of a file, and where in the file each part of it stands."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            if path.stat().st_size > LARGEST:
                raise ConfigError(f"{path}: a script has at most {LARGEST} bytes.")
            text = path.read_text(encoding="utf-8")
        except OSError as error:
            raise ConfigError(f"{path}: cannot be read: {error.strerror}; --script takes a YAML file.") from None
        except UnicodeDecodeError:
            raise ConfigError(f"{path}: is not UTF-8; --script takes a YAML file.") from None
        try:
            self._root = yaml.compose(text, Loader=yaml.SafeLoader)
            value = yaml.safe_load(text)
            # YAML knows dates and keys that are numbers, JSON does not; the schema speaks of JSON.
            self.value = json.loads(json.dumps(value, default=str))
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else "?"
            raise ConfigError(f"{path}, line {line}: not YAML: {error.problem or error}.") from None
        except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
            raise ConfigError(f"{path}: not YAML as a script may have it: {str(error).splitlines()[0]}.") from None

    def mistake(self, place: Place, message: str) -> ConfigError:
        """What to raise for a mistake at a place."""
        sentence = _sentence(place, message) if place else f"the file: {message}."
        return ConfigError(f"{self._path}, line {self._line(place)}: {sentence}")

    def _line(self, place: Place) -> int:
        node, line = self._root, 1
        for part in place:
            if isinstance(node, yaml.MappingNode):
                pairs = [(key, value) for key, value in node.value if str(key.value) == str(part)]
                if not pairs:
                    break
                key, node = pairs[0]
                line = key.start_mark.line + 1
            elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
                node = node.value[part]
                line = node.start_mark.line + 1
            else:
                break
        return line
