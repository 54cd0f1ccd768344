"""One schema of an edition as a self-contained file for other tools, with unions in place of dispatch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from antiphon.contract.load import DEFAULT_EDITION, nearest
from antiphon.contract.schemas.bundle import COMPONENTS, components
from antiphon.contract.schemas.library import DEFS, DIALECT, component, library
from antiphon.errors import ConfigError


def standalone(kind: str, type: str | None = None, edition: str = DEFAULT_EDITION) -> dict[str, Any]:
    """The JSON Schema of a kind, or of one type of it, with all that it refers to. Raises ConfigError."""
    source = library(edition)
    if kind not in source.kinds:
        raise ConfigError(f"No kind of value {kind!r}; {nearest(kind, source.kinds)}")
    family = source.family(kind)
    if type is not None and type not in family:
        known = nearest(type, family) if family else "it has one form only."
        raise ConfigError(f"No type {type!r} of {kind}; {known}")
    every = components(edition)
    name = component(family[type]) if type else kind
    found: dict[str, Any] = {}
    wanted = [name]
    while wanted:
        current = wanted.pop()
        if current not in found:
            found[current] = _local(every[current])
            wanted.extend(_named(every[current]))
    return {"$schema": DIALECT, "$ref": DEFS + name, "$defs": dict(sorted(found.items()))}


def _named(node: Any) -> Iterator[str]:
    """The components that a schema refers to."""
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"].removeprefix(COMPONENTS)
        for each in node.values():
            yield from _named(each)
    elif isinstance(node, list):
        for each in node:
            yield from _named(each)


def _local(node: Any) -> Any:
    """A copy that refers into `$defs`, without the hint of OpenAPI that tells the types apart."""
    if isinstance(node, list):
        return [_local(each) for each in node]
    if not isinstance(node, dict):
        return node
    copy = {key: _local(value) for key, value in node.items() if not (key == "discriminator" and "anyOf" in node)}
    if isinstance(node.get("$ref"), str):
        copy["$ref"] = node["$ref"].replace(COMPONENTS, DEFS)
    return copy
