"""Inventory of an OpenAPI document."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from antiphon.contract.openapi import operations
from antiphon.drift.inventory import Inventory, InventoryEntry, survey
from antiphon.drift.shapes import shape_of
from antiphon.drift.source_map import own_names, source_map
from antiphon.errors import ConfigError

LARGEST = 64 * 1024 * 1024


def read_document(path: Path) -> Mapping[str, Any]:
    """An OpenAPI document, YAML or JSON. Raises ConfigError."""
    try:
        if path.stat().st_size > LARGEST:
            raise ConfigError(f"{path} is larger than 64 MB; no OpenAPI document is.")
        text = path.read_text(encoding="utf-8")
        value = json.loads(text) if path.suffix == ".json" else yaml.load(text, Loader=_LOADER)
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}.") from None
    except (ValueError, yaml.YAMLError, RecursionError) as error:
        raise ConfigError(f"{path} is neither YAML nor JSON: {str(error).splitlines()[0]}.") from None
    if not isinstance(value, dict) or not isinstance(value.get("paths"), dict):
        raise ConfigError(f"{path} is not an OpenAPI document: it has no paths.")
    return value


_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def inventory(value: Mapping[str, Any]) -> Inventory:
    """Types, fields and values that the document has for our kinds and operations."""
    found = Inventory()
    schemas = (value.get("components") or {}).get("schemas") or {}

    def resolve(reference: str) -> Mapping[str, Any]:
        node: Any = value
        for step in reference.removeprefix("#/").split("/"):
            node = node.get(step.replace("~1", "/").replace("~0", "~"), {}) if isinstance(node, dict) else {}
        return node if isinstance(node, dict) else {}

    for kind, name in own_names("document").items():
        for each in [name] if isinstance(name, str) else name:
            if each in schemas:
                survey(found, kind, schemas[each], resolve, one=kind not in source_map()["unions"])
    found.kinds.add("")
    for method, path, operation in operations(value["paths"]):
        if path.startswith(tuple(source_map()["prefixes"])):
            found.add(InventoryEntry("operation", "", f"{method} {path}"))
            if id := _ours(method, path):
                _query(found, f"query.{id}", value["paths"][path], operation, resolve)
    return found


def _ours(method: str, path: str) -> str:
    from antiphon.contract.openapi import document

    for known_method, known_path, operation in operations(document()["paths"]):
        if (known_method, known_path) == (method, path):
            return str(operation["operationId"])
    return ""


def _query(inventory: Inventory, kind: str, entry: Any, operation: Any, resolve: Any) -> None:
    inventory.kinds.add(kind)
    for given in [*entry.get("parameters", ()), *operation.get("parameters", ())]:
        row = resolve(given["$ref"]) if "$ref" in given else given
        if row.get("in") == "query":
            name, schema = row["name"].removesuffix("[]"), row.get("schema", {})
            value = {"properties": {name: schema}, "required": [name] if row.get("required") else []}
            inventory.add_field(kind, name, shape_of(name, value, resolve))
