"""The schemas of an edition as components of one OpenAPI document, for tools that know no dispatch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from antiphon.contract.load import DEFAULT_EDITION
from antiphon.contract.schemas.library import DEFS, Library, component, library, split

COMPONENTS = "#/components/schemas/"
CLOSED_KEYS = frozenset({"event.client"})
"""The families that a client sends; of what a server sends, unknown types are let through."""


def components(edition: str = DEFAULT_EDITION) -> dict[str, Any]:
    """Every schema by its component's name: each kind under its own, each definition under FILE.NAME."""
    source = library(edition)
    found: dict[str, Any] = {}
    wanted: list[str] = []
    for kind, where in source.kinds.items():
        family = source.family(kind)
        members = family.values() if family else [str(where)]
        wanted.extend(members)
        found[kind] = _union(kind, family, family) if family else {"$ref": COMPONENTS + component(str(where))}
        if family and kind not in CLOSED_KEYS:
            found[f"{kind}.other"] = _other(family)
    while wanted:
        reference = wanted.pop()
        name = component(reference)
        if name not in found:
            found[name] = _expanded(source.definition(reference), split(reference)[0], source, wanted)
    return dict(sorted(found.items()))


def _union(kind: str, family: Mapping[str, str], types: Iterable[str]) -> dict[str, Any]:
    """A union of the types of a family, told apart by `type`; one that the contract does not know may stand there."""
    mapping = {name: COMPONENTS + component(family[name]) for name in types}
    more = () if kind in CLOSED_KEYS else (f"{COMPONENTS}{kind}.other",)
    return {
        "anyOf": [{"$ref": reference} for reference in (*dict.fromkeys(mapping.values()), *more)],
        "discriminator": {"propertyName": "type", "mapping": mapping},
    }


def _other(family: Mapping[str, str]) -> dict[str, Any]:
    """An object of a type beyond a family: news, and no mistake."""
    return {
        "type": "object",
        "required": ["type"],
        "properties": {"type": {"type": "string", "not": {"enum": list(family)}}},
    }


def _expanded(node: Any, file: str, source: Library, references: list[str]) -> Any:
    """A copy of a schema that refers to components, with unions in place of dispatch."""
    if isinstance(node, list):
        return [_expanded(each, file, source, references) for each in node]
    if not isinstance(node, dict):
        return node
    if "x-dispatch" in node:
        kind = node["x-dispatch"]
        if "x-only" in node:
            return _union(kind, source.family(kind), node["x-only"])
        return {"$ref": COMPONENTS + kind}
    copy = {key: _expanded(value, file, source, references) for key, value in node.items()}
    if isinstance(node.get("$ref"), str):
        where, name = split(node["$ref"], file)
        references.append(f"{where}{DEFS}{name}")
        copy["$ref"] = COMPONENTS + component(f"{where}{DEFS}{name}")
    return copy
