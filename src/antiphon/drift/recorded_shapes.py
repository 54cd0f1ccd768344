"""`spec/shapes.json`: the shapes of the fields of each source when the contract was read from it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from antiphon.contract.paths import spec_dir
from antiphon.drift.inventory import Inventory
from antiphon.drift.shapes import in_words
from antiphon.errors import SpecError
from antiphon.report.files import write_atomically

Shapes = Mapping[str, Mapping[str, str]]
"""By kind and field, as `FieldShape` is written."""


def shapes_of(inventory: Inventory) -> dict[str, dict[str, str]]:
    """The shapes of an inventory, in order."""
    found: dict[str, dict[str, str]] = {}
    for entry, shape in sorted(inventory.shapes.items()):
        found.setdefault(entry.kind, {})[entry.name] = str(shape)
    return found


def changed_shapes(recorded: Shapes, inventory: Inventory) -> Iterator[tuple[str, str, str]]:
    """Kind, field, and what changed, of each field that was recorded and is of another shape now."""
    now = shapes_of(inventory)
    for kind, fields in recorded.items():
        for name, was in fields.items():
            is_now = now.get(kind, {}).get(name, was)
            if is_now != was:
                yield kind, name, f"{in_words(was)} → {in_words(is_now)}"


def recorded_shapes(source: str) -> Shapes:
    """The recorded shapes of a source; none where they were never recorded."""
    shapes: Shapes = recordings().get(source, {}).get("kinds", {})
    return shapes


def recorded_version(source: str) -> str:
    """The version of a source that the contract was read from."""
    return str(recordings().get(source, {}).get("version", "?"))


def record_shapes(theirs: Mapping[str, Inventory], versions: Mapping[str, str]) -> None:
    """Write the shapes of sources in place of those that were recorded. Raises AntiphonError."""
    new = {source: {"version": versions[source], "kinds": shapes_of(each)} for source, each in theirs.items()}
    write_atomically(spec_dir() / "shapes.json", as_text({**recordings(), **new}))
    recordings.cache_clear()


@cache
def recordings() -> Mapping[str, Mapping[str, Any]]:
    """The whole file: a version and shapes by kind for each source. Raises SpecError."""
    path = spec_dir() / "shapes.json"
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SpecError(f"spec/shapes.json: cannot be read: {error}.") from None
    if not isinstance(value, dict):
        raise SpecError("spec/shapes.json: not an object of sources.")
    return value


def as_text(recorded: Mapping[str, Mapping[str, Any]]) -> str:
    """The file with a line for each kind, so that a change of one can be read."""
    sources = []
    for source, each in sorted(recorded.items()):
        kinds = [f"  {json.dumps(kind)}: {json.dumps(fields)}" for kind, fields in sorted(each["kinds"].items())]
        head = f' {json.dumps(source)}: {{"version": {json.dumps(each["version"])}, "kinds": {{\n'
        sources.append(head + ",\n".join(kinds) + "\n }}")
    return "{\n" + ",\n".join(sources) + "\n}\n"
