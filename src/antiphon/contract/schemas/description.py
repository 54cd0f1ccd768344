"""Description of one type of object, for people to read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from antiphon.contract.schemas.library import DEFS, Relaxation


@dataclass(frozen=True, slots=True)
class SchemaField:
    """One field of an object: its name, type in words, and the sources besides the published document."""

    name: str
    required: bool
    type: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Description:
    """Description of one type of a kind; `says` is its sentence, empty where the contract has none."""

    kind: str
    type: str
    says: str
    schema: str
    fields: tuple[SchemaField, ...]
    relaxations: tuple[Relaxation, ...]


def description(
    kind: str, type: str, reference: str, closed: Mapping[str, Any], applied: Iterable[Relaxation]
) -> Description:
    """The fields of a self-contained schema, and the relaxations that touch its definition."""
    schema, says = closed, ""
    while "$ref" in schema and "properties" not in schema:
        schema = closed["$defs"][schema["$ref"].removeprefix(DEFS)]
        says = says or schema.get("description", "")
    fields = tuple(
        SchemaField(name, name in schema.get("required", ()), _type_in_words(each), tuple(each.get("x-source", ())))
        for name, each in schema.get("properties", {}).items()
    )
    touching = tuple(
        each for each in applied if any(fnmatchcase(reference, change["schema"]) for change in each.changes)
    )
    return Description(kind, type, says, reference, fields, touching)


def _type_in_words(schema: Mapping[str, Any]) -> str:
    """The type of a field in a few words."""
    if "const" in schema:
        return repr(schema["const"])
    if "enum" in schema:
        return " | ".join("null" if each is None else str(each) for each in schema["enum"])
    if "x-dispatch" in schema:
        return str(schema["x-dispatch"])
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2].rpartition(".")[2]
    if "anyOf" in schema:
        return " | ".join(_type_in_words(each) for each in schema["anyOf"])
    types = schema.get("type", "anything")
    text = types if isinstance(types, str) else " | ".join(types)
    return f"{text} of {_type_in_words(schema['items'])}" if "items" in schema else text
