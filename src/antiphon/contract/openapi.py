"""The operations of `spec/openapi.yaml` with the schemas of an edition, as one document for other tools."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from antiphon.contract.load import DEFAULT_EDITION, edition, read_yaml
from antiphon.contract.model import Edition
from antiphon.contract.paths import spec_dir
from antiphon.contract.schemas.bundle import COMPONENTS, components
from antiphon.contract.schemas.library import DEFS, component

METHODS = ("get", "put", "post", "delete", "patch")
_SCHEMAS = "schemas/"


@cache
def document() -> Mapping[str, Any]:
    """`spec/openapi.yaml` as it stands, for all editions. Raises SpecError."""
    value = read_yaml(spec_dir() / "openapi.yaml")
    assert isinstance(value, dict)
    return value


def operations(paths: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Method, path and operation, for each operation of an OpenAPI document's paths."""
    for path, entry in paths.items():
        for method in METHODS:
            if method in entry:
                yield method.upper(), path, entry[method]


def bundle_document(name: str = DEFAULT_EDITION) -> dict[str, Any]:
    """One self-contained OpenAPI document: the routes of an edition, and its schemas with its relaxations applied.

    Replies let unknown fields and types through; requests are unions of the known forms. Raises ConfigError for an
    unknown edition.
    """
    reading = edition(name)
    whole = {key: _referred(value) for key, value in document().items() if key != "paths"}
    whole["info"] = {**whole["info"], "version": reading.date, "title": f"{whole['info']['title']} ({reading.title})"}
    whole["paths"] = _referred(_routes(reading))
    whole["tags"] = _used_tags(whole)
    whole["components"] = {**whole["components"], "schemas": components(name)}
    return {"openapi": whole.pop("openapi"), **whole, "x-edition": name}


def _routes(reading: Edition) -> dict[str, Any]:
    """The paths with the operations that the edition has."""
    wanted = {(route.method, route.path) for name, route in reading.routes.items() if name != "websocket"}
    found = {}
    for path, entry in document()["paths"].items():
        dropped = {method for method in METHODS if method in entry and (method.upper(), path) not in wanted}
        if "websocket" not in reading.routes:
            dropped.add("x-upgrade")
        kept = {key: value for key, value in entry.items() if key not in dropped}
        if any(method in kept for method in METHODS):
            found[path] = kept
    return found


def _used_tags(whole: Mapping[str, Any]) -> list[Any]:
    used = {tag for _, _, operation in operations(whole["paths"]) for tag in operation["tags"]}
    return [tag for tag in whole["tags"] if tag["name"] in used]


def _referred(node: Any) -> Any:
    """A copy whose references to schema files are references to components."""
    if isinstance(node, list):
        return [_referred(each) for each in node]
    if not isinstance(node, dict):
        return node
    if "x-dispatch" in node:
        return {"$ref": COMPONENTS + node["x-dispatch"]}
    copy = {key: _referred(value) for key, value in node.items()}
    reference = node.get("$ref")
    if isinstance(reference, str) and reference.startswith(_SCHEMAS):
        file, _, name = reference.removeprefix(_SCHEMAS).partition(DEFS)
        copy["$ref"] = COMPONENTS + component(f"{file}{DEFS}{name}")
    if isinstance(node.get("x-events"), str):
        copy["x-events"] = {"$ref": COMPONENTS + node["x-events"]}
    return copy
