"""Files of `spec/`, read and held to their meta schema. Every mistake names file, entry and what is known."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import yaml

from antiphon.contract.paths import spec_dir
from antiphon.errors import SpecError

COMMON = "common"
"""The meta schema whose definitions the others refer to."""
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(path: Path) -> Any:
    """A YAML file's value. Raises SpecError with file and line where it is not YAML."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else "?"
        raise SpecError(f"{spec_name(path)}, line {line}: not YAML: {error.problem or error}.") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SpecError(f"{spec_name(path)}: cannot be read: {error}.") from None


def read_validated(path: Path, meta: str) -> Any:
    """A YAML file's value, valid under `spec/meta/META.schema.json`."""
    # YAML knows dates and keys that are numbers, JSON does not; the schemas speak of JSON.
    value = json.loads(json.dumps(read_yaml(path), default=str))
    for error in meta_schema(meta).iter_errors(value):
        where = "/".join(str(part) for part in error.instance_path)
        raise SpecError(f"{spec_name(path)}, entry {_entry(value, error.instance_path) or where}: {error.message}.")
    return value


@cache
def meta_schema(name: str) -> Any:
    """The validator of `spec/meta/NAME.schema.json`."""
    schema = _schema(name)
    return jsonschema_rs.validator_for(schema, registry=_common())


@cache
def _common() -> jsonschema_rs.Registry:
    schema = _schema(COMMON)
    return jsonschema_rs.Registry([(f"json-schema:///{COMMON}.schema.json", schema)])


def _schema(name: str) -> Any:
    path = spec_dir() / "meta" / f"{name}.schema.json"
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SpecError(f"{spec_name(path)}: no usable schema: {error}.") from None


def spec_name(path: Path) -> str:
    """How a message names a file: `spec/errors.yaml`."""
    try:
        return f"spec/{path.relative_to(spec_dir())}"
    except ValueError:
        return str(path)


def _entry(value: Any, path: Iterable[Any]) -> str:
    """The id of the innermost named entry on a path into a file, and what is left of the path."""
    named, rest = "", []
    for part in path:
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            break
        rest.append(str(part))
        if isinstance(value, dict) and isinstance(value.get("id"), str):
            named, rest = value["id"], []
    return "/".join([named, *rest]) if named else ""
