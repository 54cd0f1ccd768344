"""Loader of scripts: YAML, checked by `spec/meta/script.schema.json`; a mistake is reported with its line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml

from antiphon.contract.paths import spec_dir
from antiphon.contract.spec_files import meta_schema
from antiphon.errors import ConfigError
from antiphon.server.scripts.answers import RequestMatcher, Script, ScriptAnswer

LARGEST = 8 * 1024 * 1024
EQUAL = ("api", "turn", "stream")
FOUND = ("model", "text", "instructions", "output")
SAID = ("say", "refuse", "json")
OUTPUT = ("think", *SAID, "call", "annotations")
LASTING = ("name", "when", "times", "delay", "error")
EXPRESSION = re.compile(r"/(.*)/(i?)", re.DOTALL)
UNEXPECTED = re.compile(r"'([^']*)' (?:was|were) unexpected")
Path_ = Sequence[str | int]


def load(path: Path) -> Script:
    """The script in a file. Raises ConfigError with line and key where it is not one."""
    source = _Source(path)
    answers = []
    for number, entry in enumerate(source.value["answers"]):
        source.check_together(entry, number)
        when = source.when(entry.get("when") or {}, ("answers", number, "when"))
        name = entry.get("name") or f"answers[{number}]"
        answers.append(ScriptAnswer(when, entry, name, entry.get("times")))
    return Script(answers, tuple(source.value.get("models") or ()))


class _Source:
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
        for mistake in meta_schema("script").iter_errors(self.value):
            raise self.mistake(list(mistake.instance_path), mistake.message)

    def mistake(self, path: Path_, message: str) -> ConfigError:
        """What to say of a mistake at this path into the value."""
        stray = UNEXPECTED.search(message)
        if stray:
            near = get_close_matches(stray[1], list(_known(_schema())), 1, 0.6)
            hint = f"; did you mean {near[0]!r}?" if near else "; docs/server.md lists what there is"
            path, message = [*path, stray[1]], f"unknown key{hint}"
        where = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")
        message = message if len(message) <= 200 else message[:199] + "…"
        end = "" if message.endswith("?") else "."
        return ConfigError(f"{self._path}, line {self._line(path)}: {where or 'the file'}: {message}{end}")

    def _line(self, path: Path_) -> int:
        node, line = self._root, 1
        for part in path:
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

    def check_together(self, entry: Mapping[str, Any], number: int) -> None:
        """Keys that exclude each other do not stand together."""
        texts = [key for key in SAID if key in entry]
        wrong = [*texts[1:], *(key for key in OUTPUT if "items" in entry and key in entry)]
        if "error" in entry:
            wrong += [key for key in entry if key not in LASTING]
        if wrong:
            first = "error" if "error" in entry else "items" if "items" in entry else texts[0]
            raise self.mistake(("answers", number, wrong[0]), f"excludes '{first}'; keep one of them")
        if "annotations" in entry and "say" not in entry:
            raise self.mistake(("answers", number, "annotations"), "belongs to 'say', which is not there")

    def when(self, given: Mapping[str, Any], path: tuple[str | int, ...]) -> RequestMatcher:
        """What must be so, with its expressions compiled."""
        return RequestMatcher(
            {name: given[name] for name in EQUAL if name in given},
            {name: self._matcher(given[name], (*path, name)) for name in FOUND if name in given},
            {name.lower(): self._matcher(text, (*path, "header", name))
             for name, text in (given.get("header") or {}).items()},
            given.get("tool"),
        )  # fmt: skip

    def _matcher(self, text: str, path: Path_) -> re.Pattern[str]:
        expression = EXPRESSION.fullmatch(text)
        if expression is None:
            return re.compile(re.escape(text), re.IGNORECASE)
        try:
            return re.compile(expression[1], re.IGNORECASE if expression[2] else 0)
        except re.error as error:
            raise self.mistake(path, f"not a regular expression: {error}") from None


def _schema() -> Any:
    return json.loads((spec_dir() / "meta" / "script.schema.json").read_text(encoding="utf-8"))


def _known(schema: Any) -> Iterator[str]:
    """Every key that a schema names."""
    if isinstance(schema, dict):
        properties = schema.get("properties")
        yield from properties if isinstance(properties, dict) else ()
        for inner in schema.values():
            yield from _known(inner)
