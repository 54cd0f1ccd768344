"""Lenience: the rest of a request where a fault accepts parameters unchecked."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from antiphon.server.errors import ApiError
from antiphon.server.validate.basics import Check


def without_wrong(
    body: Mapping[str, Any], fields: Mapping[str, Check], unchecked: Collection[str], models: Collection[str]
) -> dict[str, Any]:
    """The body without those of the unchecked parameters that are wrong; a model that is not served is the first."""
    kept = {}
    for name, value in body.items():
        try:
            if name in unchecked and name in fields and value is not None:
                fields[name](value, name)
        except ApiError:
            continue
        kept[name] = value
    if "model" in unchecked and kept.get("model") not in models:
        kept["model"] = next(iter(models))
    return kept
