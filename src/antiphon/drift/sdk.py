"""Inventory of the installed `openai` package: its models and parameter types, read as JSON Schemas."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from antiphon.drift.inventory import BETA, Inventory, InventoryEntry, survey
from antiphon.drift.source_map import own_names, source_map

PACKAGE = "openai"
DEFS = "#/$defs/"


def installed_version() -> str | None:
    """The version of the installed package; None when there is none."""
    try:
        return version(PACKAGE)
    except PackageNotFoundError:
        return None


def inventory() -> Inventory:
    """Types, fields and values that the package has for our kinds; a type that it lacks is left out."""
    found = Inventory()
    for kind, name in own_names("sdk").items():
        for each in [name] if isinstance(name, str) else name:
            schema = _schema(each)
            if schema is None:
                continue
            survey(found, kind, schema, _resolver(schema), one=kind not in source_map()["unions"])
    _betas(found)
    return found


def _betas(inventory: Inventory) -> None:
    """The types below `openai.types.beta` that are ours under another name, as one kind that we have nothing of."""
    try:
        names = dir(import_module(f"{PACKAGE}.types.beta"))
    except ImportError:
        return
    inventory.kinds.add(BETA)
    for name in names:
        if name.startswith("Beta"):
            inventory.add(InventoryEntry("type", BETA, name))


def _schema(name: str) -> Mapping[str, Any] | None:
    """The JSON Schema of a type of the package, named MODULE.TYPE below `openai.types`."""
    module, _, type = name.rpartition(".")
    try:
        wanted = getattr(import_module(f"{PACKAGE}.types.{module}" if module else f"{PACKAGE}.types"), type)
    except (ImportError, AttributeError):
        return None
    from pydantic import TypeAdapter

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made: Mapping[str, Any] = TypeAdapter(wanted).json_schema()
    return made


def _resolver(schema: Mapping[str, Any]) -> Any:
    def resolve(reference: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = schema.get("$defs", {}).get(reference.removeprefix(DEFS), {})
        return found

    return resolve
