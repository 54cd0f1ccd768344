"""Inventory of our own contract."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from antiphon.contract.load import DEFAULT_EDITION
from antiphon.contract.openapi import document, operations
from antiphon.contract.schemas.library import DEFS
from antiphon.contract.schemas.validation import Schemas
from antiphon.drift.inventory import BETA, Inventory, InventoryEntry, survey
from antiphon.drift.shapes import Resolve
from antiphon.drift.source_map import source_map


@cache
def ours() -> Inventory:
    """The inventory of the default edition, with its relaxations."""
    found, schemas = Inventory(), Schemas(DEFAULT_EDITION)
    for kind in source_map()["kinds"]:
        if kind.startswith("query."):
            continue
        types = schemas.types(kind)
        for type in types or [None]:
            closed = schemas.schema(kind, type)
            schema: Mapping[str, Any] = closed
            if type is None:
                survey(found, kind, schema, _local(closed), one=kind not in UNIONS)
                continue
            source = schemas.library.definition(schemas.library.family(kind)[type])
            found.add(InventoryEntry("type", kind, type), tuple(source.get("x-source", ())))
            found.kinds |= {kind, f"{kind}:{type}"}
            survey(found, f"{kind}:{type}", closed, _local(closed), one=True)
    _queries(found)
    found.kinds.add(BETA)
    return found


UNIONS = ("request.item", "request.tool", "request.tool-choice", "chat.tool-call")
"""Kinds with one schema that is a union of types."""


def _local(closed: Mapping[str, Any]) -> Resolve:
    def resolve(reference: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = closed["$defs"][reference.removeprefix(DEFS)]
        return found

    return resolve


def _queries(inventory: Inventory) -> None:
    inventory.kinds.add("")
    parts = document()["components"]["parameters"]
    for method, path, each in operations(document()["paths"]):
        name = f"query.{each['operationId']}"
        seed = ("seed",) if "x-editions" in each else ()
        inventory.add(InventoryEntry("operation", "", f"{method} {path}"), seed)
        inventory.kinds.add(name)
        for given in each.get("parameters", ()):
            row = parts[given["$ref"].rpartition("/")[2]] if "$ref" in given else given
            inventory.add(InventoryEntry("field", name, row["name"]), tuple(row.get("x-source", ())))
